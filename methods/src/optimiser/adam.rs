//! Adam (Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015) as PyTorch evaluates it.
//!
//! burn's own Adam adds 1e-5 where PyTorch adds 1e-8, and passes over memory a dozen times per step.

use super::{loss_and_gradients, walk};
use crate::kernel::{self, AdamStep};
use burn::module::{Module, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use harness::contract::error::DetectorError;
use std::collections::BTreeMap;

/// Added to the root of the second moment; PyTorch's default.
const EPSILON: f64 = 1e-8;

/// What draws parameters towards 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Decay {
    /// Nothing.
    #[default]
    None,
    /// This multiple of the value is added to the gradient: PyTorch's `Adam(weight_decay)`.
    Coupled(f64),
    /// The value shrinks by this share of the step size: AdamW (Loshchilov & Hutter, ICLR 2019).
    Decoupled(f64),
}

/// The moments of every parameter that ever had a gradient.
#[derive(Debug)]
pub struct Adam {
    rate: f64,
    betas: [f64; 2],
    corrected: bool,
    decay: Decay,
    steps: i32,
    /// First and second moment, flattened.
    moments: BTreeMap<ParamId, [Tensor<1>; 2]>,
}

impl Adam {
    /// With this step size and these decays of the first and the second moment.
    pub fn new(rate: f64, betas: [f64; 2]) -> Self {
        Self { rate, betas, corrected: true, decay: Decay::None, steps: 0, moments: BTreeMap::new() }
    }

    /// With weight decay.
    pub fn decaying(self, decay: Decay) -> Self {
        Self { decay, ..self }
    }

    /// RMSProp with this step size and PyTorch's decay of 0.99: Adam without a first moment and without
    /// correction of its start.
    pub fn rms_prop(rate: f64) -> Self {
        Self { corrected: false, ..Self::new(rate, [0.0, 0.99]) }
    }

    /// Goes on with another step size.
    pub fn set_rate(&mut self, rate: f64) {
        self.rate = rate;
    }

    /// Moves `module` down a loss `[1]` that was computed with it, and gives the loss.
    ///
    /// # Errors
    /// When the device fails.
    pub fn descend<M: Module>(&mut self, module: &mut M, loss: &Tensor<1>) -> Result<f64, DetectorError> {
        let (value, mut gradients) = loss_and_gradients(loss, module)?;
        // Cloning a module shares its tensors, so this is cheap.
        *module = self.step(module.clone(), &mut gradients);
        Ok(value)
    }

    /// Moves every parameter of `module` that has a gradient, which is taken out of `gradients`.
    pub fn step<M: Module>(&mut self, module: M, gradients: &mut GradientsParams) -> M {
        self.steps += 1;
        let [beta1, beta2] = self.betas;
        let correction = |beta: f64| if self.corrected { 1.0 - beta.powi(self.steps) } else { 1.0 };
        let step = AdamStep {
            rate: (self.rate / correction(beta1)) as f32,
            betas: self.betas.map(|beta| beta as f32),
            shares: self.betas.map(|beta| (1.0 - beta) as f32),
            correction: correction(beta2).sqrt() as f32,
            epsilon: EPSILON as f32,
        };
        let (rate, decay, moments) = (self.rate, self.decay, &mut self.moments);
        walk(module, gradients, |id, value, gradient| {
            let [first, second] = moments.remove(&id).unwrap_or_else(|| {
                let zeros = || Tensor::zeros(gradient.shape(), &gradient.device());
                [zeros(), zeros()]
            });
            let (value, gradient) = match decay {
                Decay::None => (value, gradient),
                Decay::Coupled(share) => (value.clone(), gradient + value * share),
                Decay::Decoupled(share) => (value * (1.0 - rate * share), gradient),
            };
            let [value, first, second] = kernel::adam(step, [value, gradient, first, second]);
            moments.insert(id, [first, second]);
            value
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Point;
    use super::*;
    use burn::module::Param;
    use burn::tensor::Device;

    /// The first step has the size of the rate, against the sign of the gradient.
    #[test]
    fn decay_by_hand() {
        let device = Device::flex().autodiff();
        let after = |decay: Decay| {
            let point = Point { at: Param::from_tensor(Tensor::from_data([1.0, -4.0], &device)) };
            // The gradient is 1 in both places.
            let gradients = point.at.val().sum().backward();
            let mut gradients = GradientsParams::from_grads(gradients, &point);
            let moved = Adam::new(0.1, [0.9, 0.999]).decaying(decay).step(point, &mut gradients);
            moved.at.val().try_to_vec_as::<f32>().unwrap()
        };
        let near = |values: Vec<f32>, expected: [f32; 2]| {
            assert!(values.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5), "{values:?}");
        };
        near(after(Decay::None), [0.9, -4.1]);
        // 1 - 0.1 * 0.5 = 0.95 of the value, then the step.
        near(after(Decay::Decoupled(0.5)), [0.85, -3.9]);
        // Gradients 1 + 0.5 and 1 - 2: the second changes its sign.
        near(after(Decay::Coupled(0.5)), [0.9, -3.9]);
    }

    #[test]
    fn three_steps_by_hand() {
        let device = Device::flex().autodiff();
        let mut point = Point { at: Param::from_tensor(Tensor::from_data([1.0, -2.0], &device)) };
        let (mut adam, mut expected) = (Adam::new(0.1, [0.5, 0.999]), [1.0_f64, -2.0]);
        let (mut first, mut second) = ([0.0_f64; 2], [0.0_f64; 2]);
        for step in 1..=3 {
            // The loss is the sum of squares, so the gradient is twice the value.
            let gradients = point.at.val().square().sum().backward();
            point = adam.step(point.clone(), &mut GradientsParams::from_grads(gradients, &point));
            for axis in 0..2 {
                let gradient = 2.0 * expected[axis];
                first[axis] = 0.5 * first[axis] + 0.5 * gradient;
                second[axis] = 0.999 * second[axis] + 0.001 * gradient * gradient;
                let (m, v) =
                    (first[axis] / (1.0 - 0.5_f64.powi(step)), second[axis] / (1.0 - 0.999_f64.powi(step)));
                expected[axis] -= 0.1 * m / (v.sqrt() + 1e-8);
            }
            let got = point.at.val().try_to_vec_as::<f32>().unwrap();
            assert!(got.iter().zip(expected).all(|(got, wanted)| (f64::from(*got) - wanted).abs() < 1e-6));
        }
    }
}
