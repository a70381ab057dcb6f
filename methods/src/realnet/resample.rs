//! Residual blocks that change the size of a feature map: once in front of their convolution, once in their shortcut.

use crate::layer::{Convolution, GroupNorm, Init};
use burn::module::{Module, Param};
use burn::tensor::Tensor;
use burn::tensor::activation::silu;
use burn::tensor::module::{avg_pool2d, conv_transpose2d};
use burn::tensor::ops::{AvgPoolOptions, ConvTransposeOptions};

/// `conv3x3(halve(silu(norm(x)))) + halve(x)`, where two by two positions are averaged.
#[derive(Module, Debug)]
pub struct Halving {
    norm: GroupNorm,
    convolution: Convolution,
}

impl Halving {
    /// For `channels` channels.
    pub fn new(init: &Init<'_>, channels: usize, groups: usize) -> Self {
        Self {
            norm: GroupNorm::new(init, channels, groups),
            convolution: Convolution::new(&init.at("convolution"), channels, channels, 3),
        }
    }

    /// `[batch, channels, height, width]` to half the height and width; an odd row or column makes one of its own.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let halve = |features| {
            let mut options = AvgPoolOptions::new([2; 2]);
            (options.ceil_mode, options.count_include_pad) = (true, false);
            avg_pool2d(features, options)
        };
        self.convolution.forward(halve(silu(self.norm.forward(input.clone())))) + halve(input)
    }
}

/// `conv3x3(double(silu(norm(x)))) + double'(x)`, where both doublings are learned.
#[derive(Module, Debug)]
pub struct Doubling {
    norm: GroupNorm,
    inner: Transposed,
    convolution: Convolution,
    shortcut: Transposed,
}

impl Doubling {
    /// For `channels` channels.
    pub fn new(init: &Init<'_>, channels: usize, groups: usize) -> Self {
        Self {
            norm: GroupNorm::new(init, channels, groups),
            inner: Transposed::new(&init.at("inner"), channels),
            convolution: Convolution::new(&init.at("convolution"), channels, channels, 3),
            shortcut: Transposed::new(&init.at("shortcut"), channels),
        }
    }

    /// `[batch, channels, height, width]` to twice the height and width.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let inner = self.inner.forward(silu(self.norm.forward(input.clone())));
        self.convolution.forward(inner) + self.shortcut.forward(input)
    }
}

/// Transposed 4x4 convolution of stride 2.
#[derive(Module, Debug)]
struct Transposed {
    /// `[in, out, 4, 4]`.
    weight: Param<Tensor<4>>,
    /// `[out]`.
    bias: Param<Tensor<1>>,
}

impl Transposed {
    fn new(init: &Init<'_>, channels: usize) -> Self {
        let bound = 1.0 / ((16 * channels) as f64).sqrt();
        Self {
            weight: init.at("weight").uniform([channels, channels, 4, 4], bound),
            bias: init.at("bias").uniform([channels], bound),
        }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let options = ConvTransposeOptions::new([2; 2], [1; 2], [0; 2], [1; 2], 1);
        conv_transpose2d(input, self.weight.val(), Some(self.bias.val()), options)
    }
}
