//! How far two networks' features are apart: the loss of training and the score of testing.

use crate::loss::cosine_distance;
use burn::tensor::Tensor;

/// The first pooling (from 0) that training compares.
pub const TRAINED: usize = 1;
/// The first pooling (from 0) that scoring compares.
pub const SCORED: usize = 2;

/// For each picture the sum over taps of `1 - cos` of whole feature maps, plus `lambda` times the sum of mean
/// squared differences: `[batch]`, at least 0. Both lists must have the same shapes.
pub fn discrepancy(teacher: &[Tensor<4>], cloner: &[Tensor<4>], lambda: f64) -> Option<Tensor<1>> {
    let of_tap = |(teacher, cloner): (&Tensor<4>, &Tensor<4>)| {
        let [teacher, cloner]: [Tensor<2>; 2] = [teacher, cloner].map(|tap| tap.clone().flatten(1, 3));
        let difference = (teacher.clone() - cloner.clone()).square().mean_dim(1);
        (cosine_distance(teacher, cloner, 1) + difference * lambda).squeeze_dim::<1>(1)
    };
    teacher.iter().zip(cloner).map(of_tap).reduce(|sum, value| sum + value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn the_toy_of_three_values() {
        let device = Device::flex();
        let teacher = [Tensor::<4>::from_data([[[[1.0, 0.0, 1.0]]]], &device)];
        let cloner = [Tensor::<4>::from_data([[[[1.0, 1.0, 0.0]]]], &device)];
        let value =
            |other: &[Tensor<4>], lambda| discrepancy(&teacher, other, lambda).unwrap().into_scalar::<f32>();
        assert!((value(&cloner, 0.0) - 0.5).abs() < 1e-6);
        assert!((value(&cloner, 0.5) - 0.833_33).abs() < 1e-5);
        assert!((value(&cloner, 0.01) - 0.506_67).abs() < 1e-5);
        assert!(value(&teacher, 0.5).abs() < 1e-6);
    }
}
