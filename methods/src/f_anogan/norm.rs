//! The three normalisations of these networks.

use crate::kernel::Follow;
use crate::layer::{BatchNorm, GroupNorm, Init};
use burn::module::{Module, Param};
use burn::tensor::Tensor;
use burn::tensor::activation::relu;

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
            Over::Batch => Self::Batch(BatchNorm::new(init, channels)),
            Over::Picture => Self::Picture(GroupNorm::new(init, channels, 1)),
        }
    }

    /// `[batch, channels, height, width]` to the same shape, then ReLU.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Batch(norm) => norm.forward(input, Follow::relu()),
            Self::Picture(norm) => relu(norm.forward(input)),
            Self::Constant(Constant { factor, summand }) => {
                let per_channel = |vector: &Param<Tensor<1>>| vector.val().reshape([1, -1, 1, 1]);
                relu(input * per_channel(factor) + per_channel(summand))
            }
        }
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
