//! The networks: a LeNet without any bias, and a decoder that mirrors it for pretraining.
//!
//! A bias, or a learned scale and offset after normalisation, would let the encoder map everything to the
//! centre (Ruff et al., proposition 2), so there is none.

use crate::kernel::{Epilogue, conv2d};
use crate::layer::{BatchNorm, Init, pool};
use burn::module::{Module, Param};
use burn::tensor::Tensor;
use burn::tensor::activation::{leaky_relu, sigmoid};
use burn::tensor::module::interpolate;
use burn::tensor::ops::{InterpolateMode, InterpolateOptions};

/// Length of an embedding.
pub const EMBEDDING: usize = 128;
/// Side of the input of the published network; every doubling of it adds a stage.
pub const SMALLEST: u32 = 32;
/// Channels of the published stages; further ones have those of the last.
const CHANNELS: [usize; 3] = [32, 64, 128];
/// Side of the last feature map.
const FINAL: usize = 4;
/// Added to variances.
const EPSILON: f64 = 1e-4;
/// Share of the newest batch in running averages.
const MOMENTUM: f64 = 0.1;
/// Slope of the leaky ReLU below zero.
const SLOPE: f64 = 0.01;

/// Channels of the stages for pictures of this side.
fn channels(side: u32) -> Vec<usize> {
    let further = (side / SMALLEST).max(1).ilog2() as usize;
    CHANNELS.into_iter().chain(std::iter::repeat_n(CHANNELS[2], further)).collect()
}

/// A 5x5 convolution's weights as released: Xavier-uniform with the gain of a leaky ReLU.
fn weights(init: &Init<'_>, output: usize, input: usize) -> Param<Tensor<4>> {
    init.xavier([output, input, 5, 5], (2.0 / (1.0 + SLOPE * SLOPE)).sqrt())
}

/// 5x5 convolution, normalisation, leaky ReLU.
#[derive(Module, Debug)]
struct Stage {
    /// `[out, in, 5, 5]`.
    weight: Param<Tensor<4>>,
    norm: BatchNorm,
}

impl Stage {
    fn new(init: &Init<'_>, input: usize, output: usize) -> Self {
        Self {
            weight: weights(&init.at("weight"), output, input),
            norm: BatchNorm::unscaled(init, output, EPSILON, MOMENTUM),
        }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let convolved = conv2d(input, self.weight.val(), 1, 2);
        leaky_relu(self.norm.forward(convolved, Epilogue::nothing()), SLOPE)
    }
}

/// `phi`: pictures to embeddings.
#[derive(Module, Debug)]
pub struct Encoder {
    stages: Vec<Stage>,
    /// `[128, in]`.
    last: Param<Tensor<2>>,
}

impl Encoder {
    /// For pictures of this side: 32 times a power of two.
    pub fn new(init: &Init<'_>, side: u32) -> Self {
        let mut input = 3;
        let stage = |(index, output)| {
            let stage = Stage::new(&init.at("stages").at(index), input, output);
            input = output;
            stage
        };
        let stages = channels(side).into_iter().enumerate().map(stage).collect();
        let inputs = CHANNELS[2] * FINAL * FINAL;
        // PyTorch's default, as released.
        let last = init.at("last").uniform([EMBEDDING, inputs], 1.0 / (inputs as f64).sqrt());
        Self { stages, last }
    }

    /// `[batch, 3, side, side]` to `[batch, 128]`.
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<2> {
        let features = self.stages.iter().fold(pictures, |features, stage| pool(stage.forward(features)));
        features.flatten::<2>(1, 3).matmul(self.last.val().transpose())
    }
}

/// Embeddings back to pictures; used for pretraining only. It normalises embeddings over the batch first, so the
/// encoder alone never sees what that makes of them.
///
/// The released decoder has transposed 5x5 convolutions of stride 1, which are convolutions with the mirrored
/// kernels; here they are written as such.
#[derive(Module, Debug)]
pub struct Decoder {
    /// Of embeddings.
    norm: BatchNorm,
    stages: Vec<Stage>,
    /// `[3, 32, 5, 5]`.
    last: Param<Tensor<4>>,
}

impl Decoder {
    /// For pictures of this side.
    pub fn new(init: &Init<'_>, side: u32) -> Self {
        let mut input = EMBEDDING / (FINAL * FINAL);
        let stage = |(index, output)| {
            let stage = Stage::new(&init.at("stages").at(index), input, output);
            input = output;
            stage
        };
        let stages = channels(side).into_iter().rev().enumerate().map(stage).collect();
        let norm = BatchNorm::unscaled(init, EMBEDDING, EPSILON, MOMENTUM);
        Self { norm, stages, last: weights(&init.at("last"), 3, CHANNELS[0]) }
    }

    /// `[batch, 128]` to `[batch, 3, side, side]`, 0 to 1.
    pub fn forward(&self, embeddings: Tensor<2>) -> Tensor<4> {
        let [batch, _] = embeddings.dims();
        let embeddings = embeddings.unsqueeze_dims(&[2, 3]);
        let features = leaky_relu(self.norm.forward(embeddings, Epilogue::nothing()), SLOPE);
        let start = features.reshape([batch, EMBEDDING / (FINAL * FINAL), FINAL, FINAL]);
        let upsample = |features| {
            let options = InterpolateOptions::new(InterpolateMode::Nearest).with_scale_factor([2.0; 2]);
            interpolate(features, options)
        };
        let features = self.stages.iter().fold(start, |features, stage| upsample(stage.forward(features)));
        sigmoid(conv2d(features, self.last.val(), 1, 2))
    }
}

#[cfg(test)]
mod tests;
