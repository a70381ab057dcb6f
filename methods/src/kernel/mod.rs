//! Tensor operations that decide how long training takes, in the forms used here.
//!
//! Elsewhere than on the CPU they are the framework's. On the CPU the framework's convolution gradients and
//! batch normalisation are several times slower than the hardware, so there they are our own: the modules
//! below compute on slices, `cpu.rs` makes differentiable tensor operations of them. `methods/tests/it/kernels.rs`
//! compares every operation with the framework's own result.

mod adam;
mod convolution;
mod cpu;
mod dynamic;
mod epilogue;
mod matrix;
mod normalisation;
mod normalised;
mod recorded;
mod scratch;
mod slice_epilogue;
mod tiles;
mod upsampling;
pub(crate) mod wide;
mod winograd;

pub use adam::AdamStep;
pub use epilogue::{Activation, Epilogue};
pub use normalised::Normalised;

use burn::backend::Flex;
use burn::tensor::Tensor;
use burn::tensor::activation::leaky_relu;
use burn::tensor::module;
use burn::tensor::module::{batch_norm, batch_norm_train};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};

/// Convolution without bias: `[batch, in, h, w]` and `[out, in, side, side]` to `[batch, out, h', w']`.
pub fn conv2d(input: Tensor<4>, weight: Tensor<4>, stride: usize, padding: usize) -> Tensor<4> {
    cpu::conv2d(&input, &weight, stride, padding).unwrap_or_else(|| {
        module::conv2d(input, weight, None, ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1))
    })
}

/// Convolution with bias `[out]` and what follows it, of a backbone: in one pass on plain tensors, differentiable on
/// others.
pub fn conv2d_frozen(
    input: Tensor<4>,
    weight: &Tensor<4>,
    bias: &Tensor<1>,
    options: &ConvOptions<2>,
    epilogue: Epilogue,
) -> Tensor<4> {
    cpu::conv2d_frozen(&input, weight, bias, options, &epilogue).unwrap_or_else(|| {
        let ([stride, _], (before, after)) = (options.stride, options.padding[0]);
        // Trained, and not one of those that are the framework's on the CPU too.
        let convolved = if weight.is_autodiff() && options.groups == 1 && before == after {
            let bias = bias.clone().reshape([1, weight.dims()[0], 1, 1]);
            conv2d(input, weight.clone(), stride, before) + bias
        } else {
            module::conv2d(input, weight.clone(), Some(bias.clone()), options.clone())
        };
        epilogue.apply(convolved)
    })
}

/// Transposed convolution without bias, of side 2 and stride 2: `[batch, in, h, w]` and `[in, out, 2, 2]` to
/// `[batch, out, 2 h, 2 w]`.
pub fn conv_transpose2d(input: Tensor<4>, weight: Tensor<4>) -> Tensor<4> {
    cpu::conv_transpose2d(&input, &weight).unwrap_or_else(|| {
        let options = ConvTransposeOptions::new([2; 2], [0; 2], [0; 2], [1; 2], 1);
        module::conv_transpose2d(input, weight, None, options)
    })
}

/// Convolution of side 3 with a mixture of kernels per picture: `[batch, in, h, w]`, shares `[batch, kernels]`
/// and `[kernels, out, in, 3, 3]` to `[batch, out, h, w]`.
pub fn dynamic_conv2d(input: Tensor<4>, share: Tensor<2>, weight: Tensor<5>) -> Tensor<4> {
    cpu::dynamic_conv2d(&input, &share, &weight).unwrap_or_else(|| {
        let [batch, channels, height, width] = input.dims();
        let [kernels, output, ..] = weight.dims();
        let weight = share.matmul(weight.reshape([kernels, output * channels * 9]));
        // One group per picture: every picture is convolved with its own kernel.
        let convolved = module::conv2d(
            input.reshape([1, batch * channels, height, width]),
            weight.reshape([batch * output, channels, 3, 3]),
            None,
            ConvOptions::new([1; 2], [1; 2], [1; 2], batch),
        );
        convolved.reshape([batch, output, height, width])
    })
}

/// Batch normalisation by the batch's own statistics, and what follows it. `scale` and `offset` `[channels]`.
pub fn normalise(
    input: Tensor<4>,
    scale: Tensor<1>,
    offset: Tensor<1>,
    epsilon: f64,
    epilogue: Epilogue,
) -> Normalised {
    cpu::normalise(&input, &scale, &offset, epsilon, &epilogue).unwrap_or_else(|| {
        let result = batch_norm_train(input, scale, offset, epsilon);
        Normalised {
            output: epilogue.apply(result.output),
            mean: result.mean.detach(),
            variance: result.variance.detach(),
        }
    })
}

/// Batch normalisation by given statistics `[channels]`, and what follows it; without gradients.
pub fn normalise_frozen(
    input: Tensor<4>,
    [scale, offset, mean, variance]: [Tensor<1>; 4],
    epsilon: f64,
    epilogue: Epilogue,
) -> Tensor<4> {
    let vectors = [&scale, &offset, &mean, &variance];
    cpu::normalise_frozen(&input, vectors, epsilon, &epilogue)
        .unwrap_or_else(|| epilogue.apply(batch_norm(input, scale, offset, mean, variance, epsilon)))
}

/// Zero mean and unit variance per picture and channel, then leaky ReLU with this slope below zero.
pub fn instance_norm_leaky(input: Tensor<4>, epsilon: f64, slope: f64) -> Tensor<4> {
    cpu::instance_norm_leaky(&input, epsilon, slope).unwrap_or_else(|| {
        let shape = input.dims();
        let flat: Tensor<3> = input.flatten(2, 3);
        let centred = flat.clone() - flat.mean_dim(2);
        let variance = centred.clone().square().mean_dim(2);
        leaky_relu((centred / (variance + epsilon).sqrt()).reshape(shape), slope)
    })
}

/// One step of Adam on plain tensors `[value, gradient, first moment, second moment]`: new value and moments.
pub fn adam(step: AdamStep, tensors: [Tensor<1>; 4]) -> [Tensor<1>; 3] {
    if tensors[0].clone().try_into_primitive::<Flex>().is_ok() {
        return cpu::adam(step, tensors);
    }
    let [value, gradient, first, second] = tensors;
    let first = first * step.betas[0] + gradient.clone() * step.shares[0];
    let second = second * step.betas[1] + gradient.square() * step.shares[1];
    let value = value - first.clone() * step.rate / (second.clone().sqrt() / step.correction + step.epsilon);
    [value, first, second]
}
