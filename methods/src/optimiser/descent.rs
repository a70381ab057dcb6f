//! Gradient descent as PyTorch evaluates it.

use super::walk;
use burn::module::{Module, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use std::collections::BTreeMap;

/// Share of the sum of gradients that lasts from step to step.
const MOMENTUM: f64 = 0.9;
/// Share of each value that is added to its gradient.
const DECAY: f64 = 5e-4;

/// Stochastic gradient descent with momentum 0.9 and weight decay 5e-4.
#[derive(Debug)]
pub struct Descent {
    /// Step size; may be changed between steps.
    pub rate: f64,
    /// The running sum of gradients of every parameter that ever had one, flattened.
    velocities: BTreeMap<ParamId, Tensor<1>>,
}

impl Descent {
    /// With this step size.
    pub fn new(rate: f64) -> Self {
        Self { rate, velocities: BTreeMap::new() }
    }

    /// Moves every parameter of `module` that has a gradient, which is taken out of `gradients`.
    pub fn step<M: Module>(&mut self, module: M, gradients: &mut GradientsParams) -> M {
        walk(module, gradients, |id, value, gradient| {
            let gradient = gradient + value.clone() * DECAY;
            let velocity = match self.velocities.remove(&id) {
                Some(velocity) => velocity * MOMENTUM + gradient,
                None => gradient,
            };
            self.velocities.insert(id, velocity.clone());
            value - velocity * self.rate
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Point;
    use super::*;
    use burn::module::Param;
    use burn::tensor::Device;

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
