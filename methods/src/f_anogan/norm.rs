//! The three normalisations of these networks.

use crate::kernel::Epilogue;
use crate::layer::{BatchNorm, GroupNorm, Init};
use burn::module::{Module, Param};
use burn::tensor::Tensor;
use burn::tensor::activation::relu;

/// Added to variances by batch normalisation, and the share of the newest batch in its running averages: those of the
/// released program, not PyTorch's.
const BATCH: (f64, f64) = (1e-3, 0.01);

/// What a network normalises over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The batch, per channel: generator and encoder.
    Batch,
    /// Each picture by itself: the critic, whose gradient penalty is one per picture.
    Picture,
}

/// Normalisation before a convolution.
#[derive(Module, Debug)]
pub enum Norm {
    /// Over the batch.
    Batch(BatchNorm),
    /// Over channels and positions of a picture.
    Picture(GroupNorm),
    /// By constants: what batch normalisation is after training, also where gradients are wanted.
    Constant(Constant),
}

/// A factor and a summand per channel.
#[derive(Module, Debug)]
pub struct Constant {
    factor: Param<Tensor<1>>,
    summand: Param<Tensor<1>>,
}

impl Norm {
    /// For `channels` channels.
    pub fn new(init: &Init<'_>, channels: usize, over: Over) -> Self {
        match over {
            Over::Batch => Self::Batch(BatchNorm::with(init, channels, BATCH.0, BATCH.1)),
            Over::Picture => Self::Picture(GroupNorm::new(init, channels, 1)),
        }
    }

    /// `[batch, channels, height, width]` to the same shape, then ReLU.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Batch(norm) => norm.forward(input, Epilogue::relu()),
            Self::Picture(norm) => relu(norm.forward(input)),
            Self::Constant(Constant { factor, summand }) => {
                let per_channel = |vector: &Param<Tensor<1>>| vector.val().reshape([1, -1, 1, 1]);
                relu(input * per_channel(factor) + per_channel(summand))
            }
        }
    }

    /// The same for a value and how it changes along a direction. Batch normalisation stays as it is in evaluation.
    pub fn along(&self, value: Tensor<4>, change: Tensor<4>) -> [Tensor<4>; 2] {
        let scaled = |factor: Tensor<1>, summand: Tensor<1>| {
            let per_channel = |vector: Tensor<1>| vector.reshape([1, -1, 1, 1]);
            let factor = per_channel(factor);
            [value.clone() * factor.clone() + per_channel(summand), change.clone() * factor]
        };
        let [value, change] = match self {
            Self::Picture(norm) => norm.along(value, change),
            Self::Batch(norm) => {
                let [factor, summand] = norm.affine();
                scaled(factor, summand)
            }
            Self::Constant(Constant { factor, summand }) => scaled(factor.val(), summand.val()),
        };
        let passed = value.clone().greater_elem(0.0).float();
        [relu(value), change * passed]
    }

    /// The same with running statistics for good. It must live on a plain device.
    pub fn settle(self) -> Self {
        match self {
            Self::Batch(norm) => {
                let [factor, summand] = norm.affine().map(Param::from_tensor);
                Self::Constant(Constant { factor, summand })
            }
            other => other,
        }
    }
}
