//! What passes through the critic: pictures, or pictures together with a change of theirs.

use super::norm::Norm;
use crate::kernel::conv2d;
use burn::module::Param;
use burn::tensor::Tensor;
use burn::tensor::module::avg_pool2d;
use burn::tensor::ops::AvgPoolOptions;

/// Something that layers apply to.
pub trait Signal: Clone {
    /// Convolution of stride 1, padded by half its kernel `[out, in, side, side]`.
    fn convolve(self, weight: &Param<Tensor<4>>, bias: Option<&Param<Tensor<1>>>) -> Self;

    /// Normalisation, then ReLU.
    fn normalise(self, norm: &Norm) -> Self;

    /// The means of two by two positions.
    fn halve(self) -> Self;

    /// The sum of two.
    fn plus(self, other: Self) -> Self;
}

impl Signal for Tensor<4> {
    fn convolve(self, weight: &Param<Tensor<4>>, bias: Option<&Param<Tensor<1>>>) -> Self {
        let weight = weight.val();
        let padding = weight.dims()[3] / 2;
        let convolved = conv2d(self, weight, 1, padding);
        match bias {
            Some(bias) => convolved + bias.val().reshape([1, -1, 1, 1]),
            None => convolved,
        }
    }

    fn normalise(self, norm: &Norm) -> Self {
        norm.forward(self)
    }

    fn halve(self) -> Self {
        avg_pool2d(self, AvgPoolOptions { stride: [2; 2], ..AvgPoolOptions::new([2; 2]) })
    }

    fn plus(self, other: Self) -> Self {
        self + other
    }
}

/// A value and how it changes, to first order, when the pictures change: differentiation in forward direction
/// (Wengert, "A simple automatic derivative evaluation program", CACM 1964).
#[derive(Clone, Debug)]
pub struct Changing {
    /// `[batch, channels, height, width]`.
    pub value: Tensor<4>,
    /// Of the same shape.
    pub change: Tensor<4>,
}

impl Signal for Changing {
    fn convolve(self, weight: &Param<Tensor<4>>, bias: Option<&Param<Tensor<1>>>) -> Self {
        Self { value: self.value.convolve(weight, bias), change: self.change.convolve(weight, None) }
    }

    fn normalise(self, norm: &Norm) -> Self {
        let [value, change] = norm.along(self.value, self.change);
        Self { value, change }
    }

    fn halve(self) -> Self {
        Self { value: self.value.halve(), change: self.change.halve() }
    }

    fn plus(self, other: Self) -> Self {
        Self { value: self.value + other.value, change: self.change + other.change }
    }
}
