//! FiCo's distribution-specific compensation (DiSCo): what the student adds to each decoder output.
//!
//! Per scale, `f_F = f + C(f)`, where the branch `C` is four layers of dynamic convolution, instance
//! normalisation and leaky ReLU with channels `c -> c/2 -> c/4 -> c/2 -> c`. The plain `f` feeds the next
//! decoder stage; only `f_F` is compared with the teacher (Chen et al., "Filter or Compensate", AAAI 2025).

use crate::backbone::Features;
use crate::kernel::{dynamic_conv2d, instance_norm_leaky};
use crate::layer::Init;
use burn::module::{Module, Param};
use burn::tensor::Tensor;
use burn::tensor::activation::{relu, softmax};

/// Slope of the leaky ReLU below zero; PyTorch's default.
const SLOPE: f64 = 0.01;
/// Added to variances; PyTorch's default.
const EPSILON: f64 = 1e-5;

/// The branches of the three scales, finest first.
#[derive(Module, Debug)]
pub struct Compensation {
    branches: Vec<Branch>,
}

impl Compensation {
    /// For features of these channels; `kernels` and `temperature` are those of every convolution.
    pub fn new(init: &Init<'_>, channels: [usize; 3], kernels: usize, temperature: f64) -> Self {
        let init = init.at("branches");
        let branch = |index| Branch::new(&init.at(index), channels[index], kernels, temperature);
        Self { branches: (0..3).map(branch).collect() }
    }

    /// What is to be added to the decoder's outputs, in their shapes.
    pub fn forward(&self, [fine, middle, coarse]: Features) -> Features {
        let branch = |scale: usize, features| self.branches[scale].forward(features);
        [branch(0, fine), branch(1, middle), branch(2, coarse)]
    }
}

/// The branch of one scale.
#[derive(Module, Debug)]
struct Branch {
    layers: Vec<DynamicConvolution>,
}

impl Branch {
    fn new(init: &Init<'_>, channels: usize, kernels: usize, temperature: f64) -> Self {
        let (half, quarter) = ((channels / 2).max(1), (channels / 4).max(1));
        let widths = [(channels, half), (half, quarter), (quarter, half), (half, channels)];
        let layer = |(index, (input, output))| {
            let init = init.at("layers").at(index);
            DynamicConvolution::new(&init, input, output, kernels, temperature)
        };
        Self { layers: widths.into_iter().enumerate().map(layer).collect() }
    }

    fn forward(&self, features: Tensor<4>) -> Tensor<4> {
        let layer = |x, layer: &DynamicConvolution| instance_norm_leaky(layer.forward(x), EPSILON, SLOPE);
        self.layers.iter().fold(features, layer)
    }
}

/// A 3x3 convolution whose kernel is a mixture chosen per picture (Chen et al., "Dynamic Convolution:
/// Attention over Convolution Kernels", CVPR 2020).
#[derive(Module, Debug)]
struct DynamicConvolution {
    /// `[hidden, in, 1, 1]`, with `in / 4 + 1` hidden units.
    squeeze: Param<Tensor<4>>,
    /// `[kernels, hidden, 1, 1]`.
    select: Param<Tensor<4>>,
    /// `[kernels]`.
    select_bias: Param<Tensor<1>>,
    /// `[kernels, out, in, 3, 3]`.
    weight: Param<Tensor<5>>,
    /// `[kernels, out]`.
    bias: Param<Tensor<2>>,
    temperature: f64,
}

impl DynamicConvolution {
    fn new(init: &Init<'_>, input: usize, output: usize, kernels: usize, temperature: f64) -> Self {
        let hidden = input / 4 + 1;
        Self {
            squeeze: init.at("squeeze").kaiming([hidden, input, 1, 1]),
            select: init.at("select").kaiming([kernels, hidden, 1, 1]),
            select_bias: init.constant([kernels], 0.0),
            // Kaiming uniform by fan-in, each kernel for itself.
            weight: init
                .at("weight")
                .uniform([kernels, output, input, 3, 3], (6.0 / (9 * input) as f64).sqrt()),
            bias: init.constant([kernels, output], 0.0),
            temperature,
        }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let [batch, _, _, _] = input.dims();
        let [_, output] = self.bias.dims();
        let share = self.attention(input.clone());
        let bias = share.clone().matmul(self.bias.val());
        dynamic_conv2d(input, share, self.weight.val()) + bias.reshape([batch, output, 1, 1])
    }

    /// Share of each kernel for each picture: `[batch, kernels]`, rows sum to 1.
    fn attention(&self, input: Tensor<4>) -> Tensor<2> {
        let matrix = |weight: &Param<Tensor<4>>| weight.val().flatten::<2>(1, 3).transpose();
        let pooled: Tensor<2> = input.flatten::<3>(2, 3).mean_dim(2).squeeze_dim(2);
        let hidden = relu(pooled.matmul(matrix(&self.squeeze)));
        let logits = hidden.matmul(matrix(&self.select)) + self.select_bias.val().unsqueeze();
        softmax(logits / self.temperature, 1)
    }
}
