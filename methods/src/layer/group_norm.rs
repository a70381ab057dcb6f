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
}
