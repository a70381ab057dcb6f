//! Convolutions with a bias, for networks that do not normalise right after them.

use super::Init;
use crate::kernel::conv2d;
use burn::module::{Module, Param};
use burn::tensor::Tensor;

/// Convolution of stride 1, padded by half its kernel, with a bias.
#[derive(Module, Debug)]
pub struct Convolution {
    /// `[out, in, side, side]`.
    pub weight: Param<Tensor<4>>,
    /// `[out]`.
    pub bias: Param<Tensor<1>>,
}

impl Convolution {
    /// With PyTorch's default initialisation.
    pub fn new(init: &Init<'_>, input: usize, output: usize, side: usize) -> Self {
        let bound = Init::bound(input * side * side);
        Self {
            weight: init.at("weight").uniform([output, input, side, side], bound),
            bias: init.at("bias").uniform([output], bound),
        }
    }

    /// All parameters 0.
    pub fn zero(init: &Init<'_>, input: usize, output: usize, side: usize) -> Self {
        Self { weight: init.constant([output, input, side, side], 0.0), bias: init.constant([output], 0.0) }
    }

    /// `[batch, in, height, width]` to `[batch, out, height, width]`.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        self.strided(input, 1)
    }

    /// The same with a stride: `[batch, out, height / stride, width / stride]`.
    pub fn strided(&self, input: Tensor<4>, stride: usize) -> Tensor<4> {
        let weight = self.weight.val();
        let padding = weight.dims()[3] / 2;
        conv2d(input, weight, stride, padding) + self.bias.val().reshape([1, -1, 1, 1])
    }
}
