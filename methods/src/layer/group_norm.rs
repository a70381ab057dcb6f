//! Group normalisation (Wu & He, ECCV 2018); with one group, layer normalisation over channels and positions.

use super::Init;
use crate::kernel::instance_norm_leaky;
use burn::module::{Module, Param};
use burn::tensor::Tensor;

/// Added to variances; PyTorch's default.
const EPSILON: f64 = 1e-5;

/// Zero mean and unit variance per picture and group of channels, then a learned scale and offset per channel.
#[derive(Module, Debug)]
pub struct GroupNorm {
    /// Scale `[channels]`, 1 at first.
    pub weight: Param<Tensor<1>>,
    /// Offset `[channels]`, 0 at first.
    pub bias: Param<Tensor<1>>,
    groups: usize,
}

impl GroupNorm {
    /// For `channels` channels in the largest number of equal groups that is at most `groups`.
    pub fn new(init: &Init<'_>, channels: usize, groups: usize) -> Self {
        let groups = (1..=groups.max(1)).rev().find(|&groups| channels.is_multiple_of(groups)).unwrap_or(1);
        Self { weight: init.constant([channels], 1.0), bias: init.constant([channels], 0.0), groups }
    }

    /// `[batch, channels, height, width]` to the same shape.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = input.dims();
        // A group is one long channel of instance normalisation; slope 1 is no activation.
        let grouped = input.reshape([batch, self.groups, channels / self.groups * height, width]);
        let normalised = instance_norm_leaky(grouped, EPSILON, 1.0).reshape([batch, channels, height, width]);
        let per_channel = |vector: &Param<Tensor<1>>| vector.val().reshape([1, channels, 1, 1]);
        normalised * per_channel(&self.weight) + per_channel(&self.bias)
    }

    /// The layer's value for `input`, and how it changes when `input` changes by `change`; both of them
    /// `[batch, channels, height, width]`, and differentiable.
    pub fn along(&self, input: Tensor<4>, change: Tensor<4>) -> [Tensor<4>; 2] {
        let shape @ [batch, channels, height, width] = input.dims();
        let grouped = [batch, self.groups, channels / self.groups * height * width];
        let centre = |values: Tensor<4>| {
            let values: Tensor<3> = values.reshape(grouped);
            values.clone() - values.mean_dim(2)
        };
        let (centred, change) = (centre(input), centre(change));
        let deviation = (centred.clone().square().mean_dim(2) + EPSILON).sqrt();
        let normal = centred / deviation.clone();
        // With x = normal: d x = (d - x mean(x d)) / deviation for a change d of mean 0.
        let common = normal.clone() * (normal.clone() * change.clone()).mean_dim(2);
        let change = (change - common) / deviation;
        let per_channel = |vector: &Param<Tensor<1>>| vector.val().reshape([1, channels, 1, 1]);
        let scale = per_channel(&self.weight);
        let value = normal.reshape(shape) * scale.clone() + per_channel(&self.bias);
        [value, change.reshape(shape) * scale]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn groups_are_normalised_by_themselves() {
        let device = Device::flex();
        let layer = GroupNorm::new(&Init::blank(&device), 4, 2);
        let input = Tensor::from_data([[[[1.0]], [[3.0]], [[10.0]], [[30.0]]]], &device);
        let output = layer.forward(input).try_to_vec_as::<f32>().unwrap();
        for (got, wanted) in output.into_iter().zip([-1.0, 1.0, -1.0, 1.0]) {
            assert!((got - wanted).abs() < 1e-4, "{got}");
        }
        assert_eq!(GroupNorm::new(&Init::blank(&device), 6, 4).groups, 3);
    }

    #[test]
    fn a_change_is_the_limit_of_differences() {
        let device = Device::flex();
        let layer = GroupNorm::new(&Init::blank(&device), 4, 2);
        let input = Tensor::from_data([[[[1.0, 2.0]], [[3.0, -1.0]], [[10.0, 4.0]], [[30.0, 9.0]]]], &device);
        let change = Tensor::from_data([[[[1.0, 0.0]], [[-2.0, 0.5]], [[3.0, 1.0]], [[0.0, 2.0]]]], &device);
        let [value, slope] = layer.along(input.clone(), change.clone());
        let at = |share: f64| layer.forward(input.clone() + change.clone() * share);
        let far = |a: Tensor<4>, b: Tensor<4>| (a - b).abs().max().into_scalar::<f32>();
        assert!(far(value, at(0.0)) < 1e-5);
        assert!(far((at(0.01) - at(-0.01)) / 0.02, slope) < 1e-3);
    }
}
