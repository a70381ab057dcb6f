//! A convolution without bias followed by batch normalisation: the one trainable building block.

use super::{BatchNorm, Init};
use crate::kernel::{Epilogue, conv_transpose2d, conv2d};
use burn::module::{Module, Param};
use burn::tensor::Tensor;

/// What a layer does to the size of a feature map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resample {
    /// Nothing.
    Keep,
    /// Halves it, with a stride of 2.
    Halve,
    /// Doubles it, with a transposed convolution of side 2 and stride 2.
    Double,
}

/// Convolution (no bias) and batch normalisation, `[batch, in, h, w]` to `[batch, out, h', w']`.
#[derive(Module, Debug)]
pub struct ConvNorm {
    /// `[out, in, side, side]`; transposed: `[in, out, 2, 2]`.
    pub weight: Param<Tensor<4>>,
    /// Over the output channels.
    pub norm: BatchNorm,
    #[module(skip)]
    resample: Resample,
}

impl ConvNorm {
    /// From `input` to `output` channels with a kernel of `side` pixels; a doubling layer's kernel
    /// always has side 2.
    ///
    /// Initialisation as released with RD4AD: Kaiming normal by fan-out; transposed convolutions keep
    /// PyTorch's default, uniform with bound `1 / sqrt(fan_in)`, where PyTorch counts `4 * out` as the
    /// fan-in of a weight `[in, out, 2, 2]`.
    pub fn new(init: &Init<'_>, input: usize, output: usize, side: usize, resample: Resample) -> Self {
        let place = init.at("weight");
        let weight = match resample {
            Resample::Double => place.uniform([input, output, 2, 2], 1.0 / ((4 * output) as f64).sqrt()),
            Resample::Keep | Resample::Halve => place.kaiming([output, input, side, side]),
        };
        Self { weight, norm: BatchNorm::new(&init.at("norm"), output), resample }
    }

    /// `[batch, in, h, w]` to `[batch, out, h', w']`, then what follows.
    pub fn forward(&self, input: Tensor<4>, epilogue: Epilogue) -> Tensor<4> {
        let weight = self.weight.val();
        let padding = weight.dims()[3] / 2;
        let convolved = match self.resample {
            Resample::Keep => conv2d(input, weight, 1, padding),
            Resample::Halve => conv2d(input, weight, 2, padding),
            Resample::Double => conv_transpose2d(input, weight),
        };
        self.norm.forward(convolved, epilogue)
    }
}
