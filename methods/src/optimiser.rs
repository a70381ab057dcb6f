//! Adam (Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015) and gradient descent, as PyTorch
//! evaluates them.
//!
//! burn's own Adam adds 1e-5 where PyTorch adds 1e-8, and passes over memory a dozen times per step.

use crate::device;
use crate::kernel::{self, AdamStep};
use burn::module::{Module, ModuleMapper, Param, ParamId};
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
        let value = device::download(loss.clone())?[0];
        let mut gradients = GradientsParams::from_grads(loss.backward(), module);
        // Cloning a module shares its tensors, so this is cheap.
        *module = self.step(module.clone(), &mut gradients);
        Ok(f64::from(value))
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
        let (rate, decay) = (self.rate, self.decay);
        module.map(&mut Walk { step, rate, decay, gradients, moments: &mut self.moments })
    }
}

struct Walk<'a> {
    step: AdamStep,
    rate: f64,
    decay: Decay,
    gradients: &'a mut GradientsParams,
    moments: &'a mut BTreeMap<ParamId, [Tensor<1>; 2]>,
}

impl ModuleMapper for Walk<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, value, mapper) = param.consume();
        let Some(gradient) = self.gradients.remove::<D>(id) else {
            return Param::from_mapped_value(id, value, mapper);
        };
        let (shape, wanted) = (value.dims(), value.is_require_grad());
        let gradient: Tensor<1> = gradient.flatten(0, D - 1);
        let [first, second] = self.moments.remove(&id).unwrap_or_else(|| {
            let zeros = || Tensor::zeros(gradient.shape(), &gradient.device());
            [zeros(), zeros()]
        });
        let flat: Tensor<1> = value.inner().flatten(0, D - 1);
        let (flat, gradient) = match self.decay {
            Decay::None => (flat, gradient),
            Decay::Coupled(share) => (flat.clone(), gradient + flat * share),
            Decay::Decoupled(share) => (flat * (1.0 - self.rate * share), gradient),
        };
        let [value, first, second] = kernel::adam(self.step, [flat, gradient, first, second]);
        self.moments.insert(id, [first, second]);
        let value = Tensor::from_inner(value.reshape(shape)).set_require_grad(wanted);
        Param::from_mapped_value(id, value, mapper)
    }
}

/// Stochastic gradient descent with momentum 0.9 and weight decay 5e-4, as PyTorch evaluates it.
#[derive(Debug)]
pub struct Descent {
    /// Step size; may be changed between steps.
    pub rate: f64,
    /// The running sum of gradients of every parameter that ever had one, flattened.
    velocities: BTreeMap<ParamId, Tensor<1>>,
}

/// Share of the sum of gradients that lasts from step to step.
const MOMENTUM: f64 = 0.9;
/// Share of each value that is added to its gradient.
const DECAY: f64 = 5e-4;

impl Descent {
    /// With this step size.
    pub fn new(rate: f64) -> Self {
        Self { rate, velocities: BTreeMap::new() }
    }

    /// Moves every parameter of `module` that has a gradient, which is taken out of `gradients`.
    pub fn step<M: Module>(&mut self, module: M, gradients: &mut GradientsParams) -> M {
        module.map(&mut Slope { rate: self.rate, gradients, velocities: &mut self.velocities })
    }
}

struct Slope<'a> {
    rate: f64,
    gradients: &'a mut GradientsParams,
    velocities: &'a mut BTreeMap<ParamId, Tensor<1>>,
}

impl ModuleMapper for Slope<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, value, mapper) = param.consume();
        let Some(gradient) = self.gradients.remove::<D>(id) else {
            return Param::from_mapped_value(id, value, mapper);
        };
        let (shape, wanted) = (value.dims(), value.is_require_grad());
        let flat: Tensor<1> = value.inner().flatten(0, D - 1);
        let gradient: Tensor<1> = gradient.flatten(0, D - 1);
        let gradient = gradient + flat.clone() * DECAY;
        let velocity = match self.velocities.remove(&id) {
            Some(velocity) => velocity * MOMENTUM + gradient,
            None => gradient,
        };
        self.velocities.insert(id, velocity.clone());
        let value = flat - velocity * self.rate;
        let value = Tensor::from_inner(value.reshape(shape)).set_require_grad(wanted);
        Param::from_mapped_value(id, value, mapper)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[derive(Module, Debug)]
    struct Point {
        at: Param<Tensor<1>>,
    }

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

    #[test]
    fn three_steps_of_descent_by_hand() {
        let device = Device::flex().autodiff();
        let mut point = Point { at: Param::from_tensor(Tensor::from_data([1.0, -2.0], &device)) };
        let (mut descent, mut expected, mut velocity) = (Descent::new(0.1), [1.0_f64, -2.0], [0.0; 2]);
        for step in 0..3 {
            descent.rate = if step == 2 { 0.01 } else { 0.1 };
            let gradients = point.at.val().square().sum().backward();
            point = descent.step(point.clone(), &mut GradientsParams::from_grads(gradients, &point));
            for axis in 0..2 {
                velocity[axis] = 0.9 * velocity[axis] + (2.0 + 5e-4) * expected[axis];
                expected[axis] -= descent.rate * velocity[axis];
            }
            let got = point.at.val().try_to_vec_as::<f32>().unwrap();
            assert!(got.iter().zip(expected).all(|(got, wanted)| (f64::from(*got) - wanted).abs() < 1e-6));
        }
    }
}
