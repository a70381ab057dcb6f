//! Batch normalisation without learned scale and offset.

use super::Init;
use super::batch_norm::average;
use crate::kernel::{Follow, normalise, normalise_frozen};
use burn::module::{Module, RunningState};
use burn::tensor::Tensor;

/// Normalisation per channel over batch and positions, with PyTorch's bookkeeping; see
/// [`BatchNorm`](super::BatchNorm) for when it trains.
#[derive(Module, Debug)]
pub struct UnscaledNorm {
    /// Running mean `[channels]`, 0 at first.
    pub running_mean: RunningState<Tensor<1>>,
    /// Running unbiased variance `[channels]`, 1 at first.
    pub running_var: RunningState<Tensor<1>>,
    epsilon: f64,
    momentum: f64,
}

impl UnscaledNorm {
    /// For `channels` channels, with `epsilon` added to the variance and `momentum` the share of the newest
    /// batch in the running averages.
    pub fn new(init: &Init<'_>, channels: usize, epsilon: f64, momentum: f64) -> Self {
        Self {
            running_mean: RunningState::new(Tensor::zeros([channels], init.device())),
            running_var: RunningState::new(Tensor::ones([channels], init.device())),
            epsilon,
            momentum,
        }
    }

    /// `[batch, channels, height, width]` to the same shape.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = input.dims();
        let ones = Tensor::ones([channels], &input.device());
        let zeros = Tensor::zeros([channels], &input.device());
        if !input.is_autodiff() {
            let (mean, variance) = (self.running_mean.value(), self.running_var.value());
            return normalise_frozen(input, [ones, zeros, mean, variance], self.epsilon, Follow::nothing());
        }
        let count = (batch * height * width) as f64;
        let result = normalise(input, ones, zeros, self.epsilon, Follow::nothing());
        average(&self.running_mean, result.mean, self.momentum);
        average(&self.running_var, result.variance * (count / (count - 1.0).max(1.0)), self.momentum);
        result.output
    }
}
