//! Losses that several methods share.

use burn::tensor::{Int, Tensor, TensorData};

/// Keeps a cosine finite where a vector vanishes, as PyTorch's `cosine_similarity` does.
const SMALLEST_NORM: f64 = 1e-8;

/// `1 - cos` along a dimension, which is kept with size 1; 0 to 2.
pub fn cosine_distance<const D: usize>(a: Tensor<D>, b: Tensor<D>, dimension: usize) -> Tensor<D> {
    // Clamping the square, not the root: the root has no gradient at 0.
    let norm = |x: Tensor<D>| x.square().sum_dim(dimension).clamp_min(SMALLEST_NORM * SMALLEST_NORM).sqrt();
    let product = (a.clone() * b.clone()).sum_dim(dimension);
    (product / (norm(a) * norm(b))).neg() + 1.0
}

/// Cross-entropy: minus the mean logarithm of the probability of the right class.
pub fn cross_entropy(logarithms: Tensor<2>, classes: &[usize]) -> Tensor<1> {
    surprise(logarithms, classes).mean()
}

/// Minus the logarithm of the probability of the right class, `[batch]`.
pub fn surprise(logarithms: Tensor<2>, classes: &[usize]) -> Tensor<1> {
    let indices: Vec<i64> = classes.iter().map(|&class| class as i64).collect();
    let indices = TensorData::new(indices, [classes.len(), 1]);
    let indices = Tensor::<2, Int>::from_data(indices, &logarithms.device());
    logarithms.gather(1, indices).neg().squeeze_dim(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn a_vanishing_vector_has_a_finite_gradient() {
        let device = Device::flex().autodiff();
        let zero = Tensor::<2>::zeros([1, 4], &device).require_grad();
        let gradients = cosine_distance(Tensor::ones([1, 4], &device), zero.clone(), 1).sum().backward();
        let gradient = zero.grad(&gradients).unwrap().try_to_vec_as::<f32>().unwrap();
        assert!(gradient.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn the_class_asked_for_is_the_one_that_counts() {
        let device = Device::flex();
        let logarithms = Tensor::<2>::from_data([[-1.0, -2.0, -3.0], [-4.0, -5.0, -6.0]], &device);
        assert_eq!(surprise(logarithms, &[2, 0]).try_to_vec_as::<f32>().unwrap(), [3.0, 4.0]);
    }
}
