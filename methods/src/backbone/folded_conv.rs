//! A frozen convolution with the batch normalisation after it folded in.

use super::Parameters;
use crate::kernel::{Epilogue, conv2d_frozen};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Tensor, TensorData};

/// Convolution and batch normalisation as one affine map.
///
/// With running mean `m` and variance `v`, scale `g` and offset `b`, the normalised output of a
/// convolution with weight `w` is that of weight `w * g / sqrt(v + epsilon)` with bias
/// `b - m * g / sqrt(v + epsilon)`.
#[derive(Clone, Debug)]
pub struct FoldedConv {
    weight: Tensor<4>,
    bias: Tensor<1>,
    options: ConvOptions<2>,
}

/// Shape of a convolution before folding.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Input channels.
    pub input: usize,
    /// Output channels.
    pub output: usize,
    /// Side of the kernel in pixels.
    pub side: usize,
    /// Stride in pixels.
    pub stride: usize,
    /// Zeros added before and after each dimension, in pixels.
    pub padding: (usize, usize),
    /// Groups of channels; equal to the channels in a depthwise convolution.
    pub groups: usize,
}

impl Shape {
    /// An ordinary convolution padded by half its kernel.
    pub fn centred(input: usize, output: usize, side: usize, stride: usize) -> Self {
        Self { input, output, side, stride, padding: (side / 2, side / 2), groups: 1 }
    }
}

impl FoldedConv {
    /// Folds the parameters `<norm>.{weight,bias,running_mean,running_var}` into `<conv>.weight`.
    pub fn load(
        parameters: &mut Parameters,
        (conv, norm): (&str, &str),
        shape: Shape,
        epsilon: f32,
        device: &Device,
    ) -> Self {
        let Shape { input, output, side, stride, padding, groups } = shape;
        let dimensions = [output, input / groups, side, side];
        let mut weight = parameters.convolution(&format!("{conv}.weight"), dimensions);
        let mut vector = |name, default| parameters.vector(&format!("{norm}.{name}"), output, default);
        let (scale, offset) = (vector("weight", 1.0), vector("bias", 0.0));
        let (mean, variance) = (vector("running_mean", 0.0), vector("running_var", 1.0));
        let mut bias = Vec::with_capacity(output);
        for (channel, weight) in weight.chunks_exact_mut(input / groups * side * side).enumerate() {
            let factor = scale[channel] / (variance[channel] + epsilon).sqrt();
            weight.iter_mut().for_each(|value| *value *= factor);
            bias.push(offset[channel] - mean[channel] * factor);
        }
        Self {
            weight: Tensor::from_data(TensorData::new(weight, dimensions), device),
            bias: Tensor::from_data(TensorData::new(bias, [output]), device),
            options: ConvOptions { stride: [stride; 2], padding: [padding; 2], dilation: [1; 2], groups },
        }
    }

    /// Weight `[out, in / groups, side, side]` and bias `[out]`.
    pub fn parameters(&self) -> (Tensor<4>, Tensor<1>) {
        (self.weight.clone(), self.bias.clone())
    }

    /// The layer of another weight and bias.
    pub fn with_parameters(&self, weight: Tensor<4>, bias: Tensor<1>) -> Self {
        Self { weight, bias, options: self.options.clone() }
    }

    /// `[batch, in, h, w]` to `[batch, out, h', w']`, then what follows.
    pub fn forward(&self, input: Tensor<4>, epilogue: Epilogue) -> Tensor<4> {
        conv2d_frozen(input, &self.weight, &self.bias, &self.options, epilogue)
    }
}
