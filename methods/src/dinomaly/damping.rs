//! Hard-point mining: what is restored well hardly teaches any more.

use burn::tensor::{Tensor, TensorData};

/// Factor of the gradients of well-restored points.
const FACTOR: f32 = 0.1;

/// The same values; but the gradients of the `share` of points with the lowest distances count a tenth. The others
/// are a whole number, rounded down. `points` is `[batch, points, width]`, `distances` holds one value per point of
/// the batch.
pub fn damp(points: Tensor<3>, distances: &[f32], share: f64) -> Tensor<3> {
    let kept = (distances.len() as f64 * (1.0 - share)) as usize;
    let damped = distances.len() - kept;
    if damped == 0 {
        return points;
    }
    let mut order: Vec<usize> = (0..distances.len()).collect();
    order.sort_by(|&a, &b| distances[a].total_cmp(&distances[b]));
    let mut factors = vec![1.0; distances.len()];
    order[..damped].iter().for_each(|&point| factors[point] = FACTOR);
    let [batch, count, _] = points.dims();
    let factors = Tensor::<3>::from_data(TensorData::new(factors, [batch, count, 1]), &points.device());
    let rest = factors.clone().neg() + 1.0;
    points.clone() * factors + points.detach() * rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn a_tenth_of_fifteen_points_keeps_one() {
        let device = Device::flex().autodiff();
        let points = Tensor::<3>::ones([1, 15, 1], &device).require_grad();
        let distances: Vec<f32> = (0..15).map(|point| point as f32).collect();
        let gradients = damp(points.clone(), &distances, 0.9).sum().backward();
        let values = points.grad(&gradients).unwrap().try_to_vec_as::<f32>().unwrap();
        assert_eq!(values.iter().filter(|value| **value > 0.5).count(), 1);
        assert!(values[14] > 0.5);
    }

    #[test]
    fn values_stay_and_gradients_of_the_easy_half_shrink() {
        let device = Device::flex().autodiff();
        let points = Tensor::<3>::from_data([[[1.0], [2.0], [3.0], [4.0]]], &device).require_grad();
        let damped = damp(points.clone(), &[0.4, 0.1, 0.3, 0.2], 0.5);
        let near = |values: Vec<f32>, expected: [f32; 4]| {
            assert!(values.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{values:?}");
        };
        near(damped.clone().try_to_vec_as().unwrap(), [1.0, 2.0, 3.0, 4.0]);
        let gradients = damped.sum().backward();
        near(points.grad(&gradients).unwrap().try_to_vec_as().unwrap(), [1.0, 0.1, 1.0, 0.1]);
    }
}
