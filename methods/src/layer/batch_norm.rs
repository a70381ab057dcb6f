//! Batch normalisation with PyTorch's bookkeeping.
//!
//! burn's own layer averages the *biased* batch variance into its running variance; PyTorch, which all
//! compared methods were published with, averages the unbiased one. Outputs in evaluation differ by
//! 1e-3 after a single step, so this layer exists.

use super::Init;
use crate::kernel::{Epilogue, normalise, normalise_frozen};
use burn::module::{Module, Param, RunningState};
use burn::tensor::{Device, Tensor};

/// Added to the variance; PyTorch's default.
const EPSILON: f64 = 1e-5;
/// Share of the newest batch in the running averages; PyTorch's default.
const MOMENTUM: f64 = 0.1;

/// Normalisation per channel over batch and positions, with a learned scale and offset or without.
///
/// On a differentiating device it trains: a call normalises with the statistics of its own batch and
/// then moves the running averages once, so views that are to keep their own statistics are passed
/// one after the other, and the order of the calls matters. On a plain device it uses the averages.
#[derive(Module, Debug)]
pub struct BatchNorm {
    /// Scale `[channels]`, 1 at first.
    pub weight: Option<Param<Tensor<1>>>,
    /// Offset `[channels]`, 0 at first.
    pub bias: Option<Param<Tensor<1>>>,
    /// Running mean `[channels]`, 0 at first.
    pub running_mean: RunningState<Tensor<1>>,
    /// Running unbiased variance `[channels]`, 1 at first.
    pub running_var: RunningState<Tensor<1>>,
    epsilon: f64,
    momentum: f64,
}

impl BatchNorm {
    /// A layer for `channels` channels, with PyTorch's defaults.
    pub fn new(init: &Init<'_>, channels: usize) -> Self {
        Self::with(init, channels, EPSILON, MOMENTUM)
    }

    /// A layer for `channels` channels, with `epsilon` added to the variance and `momentum` the share of the newest
    /// batch in the running averages.
    pub fn with(init: &Init<'_>, channels: usize, epsilon: f64, momentum: f64) -> Self {
        let (weight, bias) = (init.constant([channels], 1.0), init.constant([channels], 0.0));
        let unscaled = Self::unscaled(init, channels, epsilon, momentum);
        Self { weight: Some(weight), bias: Some(bias), ..unscaled }
    }

    /// The same without scale and offset.
    pub fn unscaled(init: &Init<'_>, channels: usize, epsilon: f64, momentum: f64) -> Self {
        Self {
            weight: None,
            bias: None,
            running_mean: RunningState::new(Tensor::zeros([channels], init.device())),
            running_var: RunningState::new(Tensor::ones([channels], init.device())),
            epsilon,
            momentum,
        }
    }

    /// `[batch, channels, height, width]` to the same shape; `epilogue` is done in the same pass.
    pub fn forward(&self, input: Tensor<4>, epilogue: Epilogue) -> Tensor<4> {
        let [_, channels, ..] = input.dims();
        let [weight, bias] = self.scale(channels, &input.device());
        if !input.is_autodiff() {
            let (mean, variance) = (self.running_mean.value(), self.running_var.value());
            return normalise_frozen(input, [weight, bias, mean, variance], self.epsilon, epilogue);
        }
        let [batch, _, height, width] = input.dims();
        let count = (batch * height * width) as f64;
        let result = normalise(input, weight, bias, self.epsilon, epilogue);
        // A batch of one value per channel has no unbiased variance; PyTorch refuses, we keep 0.
        let unbiased = result.variance * (count / (count - 1.0).max(1.0));
        average(&self.running_mean, result.mean, self.momentum);
        average(&self.running_var, unbiased, self.momentum);
        result.output
    }

    /// What the layer does in evaluation: a factor and a summand per channel.
    pub fn affine(&self) -> [Tensor<1>; 2] {
        let (mean, variance) = (self.running_mean.value(), self.running_var.value());
        let [weight, bias] = self.scale(mean.dims()[0], &mean.device());
        let factor = weight / (variance + self.epsilon).sqrt();
        let summand = bias - mean * factor.clone();
        [factor, summand]
    }

    /// Scale and offset, 1 and 0 where they are not learned.
    fn scale(&self, channels: usize, device: &Device) -> [Tensor<1>; 2] {
        let value = |param: &Option<Param<Tensor<1>>>, constant: f32| match param {
            Some(param) => param.val(),
            None => Tensor::full([channels], constant, device),
        };
        [value(&self.weight, 1.0), value(&self.bias, 0.0)]
    }
}

fn average(running: &RunningState<Tensor<1>>, newest: Tensor<1>, momentum: f64) {
    running.update((running.value_sync() * (1.0 - momentum) + newest * momentum).detach());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_running_variance_is_unbiased() {
        let device = Device::flex().autodiff();
        let layer = BatchNorm::new(&Init::blank(&device), 1);
        layer.forward(Tensor::from_data([[[[1.0, 3.0]]]], &device), Epilogue::nothing());
        let layer = layer.valid();
        let value = |state: &RunningState<Tensor<1>>| state.value().try_to_vec_as::<f32>().unwrap()[0];
        assert!((value(&layer.running_mean) - 0.2).abs() < 1e-6);
        // Unbiased variance of {1, 3} is 2: 0.9 * 1 + 0.1 * 2.
        assert!((value(&layer.running_var) - 1.1).abs() < 1e-6);
    }

    #[test]
    fn epsilon_and_momentum_are_those_asked_for() {
        let device = Device::flex().autodiff();
        let layer = BatchNorm::with(&Init::blank(&device), 1, 3.0, 0.01);
        let input = Tensor::<4>::from_data([[[[1.0, 3.0]]]], &device);
        let output = layer.forward(input, Epilogue::nothing()).inner();
        // Variance 1 and 3 added to it.
        assert_eq!(output.try_to_vec_as::<f32>().unwrap(), [-0.5, 0.5]);
        let mean = layer.valid().running_mean.value().try_to_vec_as::<f32>().unwrap()[0];
        assert!((mean - 0.02).abs() < 1e-6, "{mean}");
    }
}
