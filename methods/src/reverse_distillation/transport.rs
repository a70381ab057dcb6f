//! Optimal transport between the projected features of two normal pictures (RD++, section on self-supervised
//! optimal transport).
//!
//! The released code compares the pictures of a batch, as points, with a permutation of the same points. The two
//! measures are equal, so the divergence and its gradient vanish whatever the features are: it is left out there.
//! The paper describes a transport between the features of *pairs* of pictures. What follows is our reading of it.
//!
//! The points of a picture are its locations, averaged over cells so that there are at most 8 x 8, each a softmax over
//! channels; a picture's points weigh equally. Between a picture and its partner stands the debiased entropic
//! divergence of squared distances `|x - y|^2 / 2` with blur 0.05 (Feydy et al., "Interpolating between Optimal
//! Transport and MMD using Sinkhorn Divergences", AISTATS 2019), as the cost of the entropic plans
//! (Luise et al., "Differential Properties of Sinkhorn Approximation", NeurIPS 2018):
//!
//! ```text
//! <P(x, y), C(x, y)> - <P(x, x), C(x, x)> / 2 - <P(y, y), C(y, y)> / 2
//! ```
//!
//! Plans are found without gradient: at the optimum they do not move the entropic value to first order.

use crate::backbone::Features;
use crate::device;
use burn::tensor::activation::softmax;
use burn::tensor::module::adaptive_avg_pool2d;
use burn::tensor::{Int, Tensor, TensorData};
use harness::contract::error::DetectorError;
use rayon::prelude::*;

/// Most points along a side.
const SIDE: usize = 8;
/// Scale below which points are one: the square is the entropic regularisation.
const BLUR: f64 = 0.05;
/// Factor of the blur from one iteration to the next while it sinks to [`BLUR`].
const SCALING: f64 = 0.95;
/// Iterations at the final blur.
const SETTLING: usize = 20;

/// The divergence between each picture of the batch and its partner, averaged over the batch, summed over scales.
///
/// # Errors
/// When the device fails.
pub fn between_pairs(features: &Features, partners: &[usize]) -> Result<Tensor<1>, DetectorError> {
    let [fine, middle, coarse] = features.each_ref().map(|scale| divergence(points(scale.clone()), partners));
    Ok(fine? + middle? + coarse?)
}

/// `[batch, channels, height, width]` to `[batch, points, channels]`.
fn points(features: Tensor<4>) -> Tensor<3> {
    let [_, _, height, width] = features.dims();
    let pooled = match height > SIDE || width > SIDE {
        true => adaptive_avg_pool2d(features, [height.min(SIDE), width.min(SIDE)]),
        false => features,
    };
    softmax(pooled.flatten::<3>(2, 3).swap_dims(1, 2), 2)
}

fn divergence(points: Tensor<3>, partners: &[usize]) -> Result<Tensor<1>, DetectorError> {
    let indices: Vec<i64> = partners.iter().map(|&index| index as i64).collect();
    let indices = Tensor::<1, Int>::from_data(TensorData::new(indices, [partners.len()]), &points.device());
    let others = points.clone().select(0, indices);
    let across = transport(points.clone(), others)?;
    // Every picture is once first and once partner, so the sums of both own costs are equal.
    Ok(across - transport(points.clone(), points)?)
}

/// Cost of the entropic plan from each `[points, channels]` of `from` to that of `to`, averaged over the batch.
fn transport(from: Tensor<3>, to: Tensor<3>) -> Result<Tensor<1>, DetectorError> {
    let costs = distances(from, to);
    let [batch, rows, columns] = costs.dims();
    let values = device::download(costs.clone())?;
    let plans: Vec<f32> =
        values.par_chunks_exact(rows * columns).flat_map_iter(|costs| plan(costs, rows, columns)).collect();
    let plans = Tensor::<3>::from_data(TensorData::new(plans, [batch, rows, columns]), &costs.device());
    Ok((costs * plans).sum() / batch as f64)
}

/// Half the squared distance of every point to every other, `[batch, points, points]`.
fn distances(from: Tensor<3>, to: Tensor<3>) -> Tensor<3> {
    let squares = |points: &Tensor<3>| points.clone().square().sum_dim(2);
    let product = from.clone().matmul(to.clone().swap_dims(1, 2));
    (squares(&from) + squares(&to).swap_dims(1, 2)) / 2.0 - product
}

/// The entropic plan between points of equal weight: `[rows, columns]`, sum 1.
fn plan(costs: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let largest = costs.iter().copied().fold(0.0, f32::max);
    let mut blur = (2.0 * f64::from(largest)).sqrt().max(BLUR);
    let (mut left, mut right) = (vec![0.0; rows], vec![0.0; columns]);
    let mut settled = 0;
    while settled < SETTLING {
        let epsilon = blur * blur;
        let cost = |row: usize, column: usize| f64::from(costs[row * columns + column]);
        left = (0..rows).map(|row| soft_minimum(epsilon, columns, |c| cost(row, c) - right[c])).collect();
        right =
            (0..columns).map(|column| soft_minimum(epsilon, rows, |r| cost(r, column) - left[r])).collect();
        settled += usize::from(blur <= BLUR);
        blur = (blur * SCALING).max(BLUR);
    }
    let share = 1.0 / (rows * columns) as f64;
    let entry = |index: usize| {
        let excess = left[index / columns] + right[index % columns] - f64::from(costs[index]);
        (share * (excess / (BLUR * BLUR)).exp()) as f32
    };
    (0..rows * columns).map(entry).collect()
}

/// `-e log mean exp(-value / e)`.
fn soft_minimum(epsilon: f64, count: usize, value: impl Fn(usize) -> f64) -> f64 {
    let least = (0..count).map(&value).fold(f64::INFINITY, f64::min);
    let sum: f64 = (0..count).map(|index| ((least - value(index)) / epsilon).exp()).sum();
    least - epsilon * (sum / count as f64).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    fn features(shift: f32) -> Vec<f32> {
        (0..4 * 3 * 3).map(|index| ((index * 7) % 11) as f32 / 3.0 + shift * (index % 5) as f32).collect()
    }

    fn batch(pictures: &[Vec<f32>], device: &Device) -> Tensor<4> {
        Tensor::from_data(TensorData::new(pictures.concat(), [pictures.len(), 4, 3, 3]), device)
    }

    fn value(pictures: &[Vec<f32>], partners: &[usize]) -> f32 {
        let points = points(batch(pictures, &Device::flex()));
        divergence(points, partners).unwrap().try_to_vec_as::<f32>().unwrap()[0]
    }

    #[test]
    fn a_plan_has_the_weights_of_both_sides() {
        let costs: Vec<f32> = (0..6).map(|index| ((index * 5) % 7) as f32 / 7.0).collect();
        let plan = plan(&costs, 2, 3);
        for column in 0..3 {
            assert!((plan[column] + plan[3 + column] - 1.0 / 3.0).abs() < 1e-5);
        }
        for row in 0..2 {
            assert!((plan[3 * row..3 * row + 3].iter().sum::<f32>() - 0.5).abs() < 1e-3);
        }
    }

    #[test]
    fn far_points_are_matched_at_the_cost_of_their_distances() {
        let (rows, costs) = (2, [0.0, 8.0, 8.0, 0.0]);
        let plan = plan(&costs, rows, 2);
        assert!((plan[0] - 0.5).abs() < 1e-6 && plan[1] < 1e-6, "{plan:?}");
    }

    #[test]
    fn equal_pictures_have_no_divergence_and_others_do() {
        let (one, other) = (features(0.0), features(0.7));
        assert!(value(&[one.clone(), one.clone()], &[1, 0]).abs() < 1e-6);
        assert!(value(&[one.clone(), other.clone()], &[0, 1]).abs() < 1e-6);
        assert!(value(&[one, other], &[1, 0]) > 1e-3);
    }

    #[test]
    fn gradients_bring_pictures_together() {
        let device = Device::flex().autodiff();
        let pictures = batch(&[features(0.0), features(0.7)], &device).require_grad();
        let loss = divergence(points(pictures.clone()), &[1, 0]).unwrap();
        let before = loss.clone().try_to_vec_as::<f32>().unwrap()[0];
        let gradient = pictures.grad(&loss.backward()).unwrap();
        let moved = points(pictures.inner() - gradient * 20.0);
        let after = divergence(moved, &[1, 0]).unwrap().try_to_vec_as::<f32>().unwrap()[0];
        assert!(after < before, "{after} is not below {before}");
    }
}
