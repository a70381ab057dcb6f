//! What batch normalisation gives in training.

use burn::tensor::Tensor;

/// A normalised batch and its statistics.
#[derive(Clone, Debug)]
pub struct Normalised {
    /// `[batch, channels, height, width]`.
    pub output: Tensor<4>,
    /// Mean of every channel, without gradient.
    pub mean: Tensor<1>,
    /// Biased variance of every channel, without gradient.
    pub variance: Tensor<1>,
}
