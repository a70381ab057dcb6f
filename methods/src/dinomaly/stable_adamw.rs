//! StableAdamW (Wortsman et al., "Stable and low-precision training for large-scale vision-language models",
//! NeurIPS 2023): AdamW whose steps shrink where gradients outgrow their second moment, as in AdaFactor. With the
//! largest second moment so far (Reddi et al., "On the Convergence of Adam and Beyond", ICLR 2018), and evaluated as
//! PyTorch's `AdamW(amsgrad=True)`: the largest of the raw moments is kept, and corrected for its start afterwards.

use super::clipping;
use crate::optimiser::walk;
use burn::module::{Module, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use harness::contract::error::DetectorError;
use std::collections::BTreeMap;

const BETAS: [f64; 2] = [0.9, 0.999];
const EPSILON: f64 = 1e-8;
const DECAY: f64 = 1e-4;

/// The moments of every parameter that ever had a gradient.
#[derive(Debug)]
pub struct StableAdamW {
    /// How long all gradients of a step may be together.
    longest: f64,
    steps: i32,
    /// First moment, second moment, and the largest second moment so far; flattened.
    moments: BTreeMap<ParamId, [Tensor<1>; 3]>,
}

impl StableAdamW {
    /// For gradients that are shortened to this length, infinite for none.
    pub fn clipping(longest: f64) -> Self {
        Self { longest, steps: 0, moments: BTreeMap::new() }
    }

    /// Moves every parameter of `module` that has a gradient, with this step size.
    ///
    /// # Errors
    /// When the device fails.
    pub fn step<M: Module>(
        &mut self,
        module: M,
        mut gradients: GradientsParams,
        rate: f64,
    ) -> Result<M, DetectorError> {
        self.steps += 1;
        let corrections = BETAS.map(|beta| 1.0 - beta.powi(self.steps));
        let factor = clipping::factor(&module, &gradients, self.longest)?;
        let moments = &mut self.moments;
        Ok(walk(module, &mut gradients, |id, value, gradient| {
            let gradient = gradient * factor;
            let zeros = || Tensor::zeros(gradient.shape(), &gradient.device());
            let [first, second, largest] = moments.remove(&id).unwrap_or_else(|| [zeros(), zeros(), zeros()]);
            let [[beta1, beta2], [correction1, correction2]] = [BETAS, corrections];
            let first = first * beta1 + gradient.clone() * (1.0 - beta1);
            let second = second * beta2 + gradient.clone().square() * (1.0 - beta2);
            let largest = largest.max_pair(second.clone());
            let denominator = largest.clone().sqrt() / correction2.sqrt() + EPSILON;
            // Root mean square of the gradient relative to its second moment: 1 while gradients are steady.
            let excess = (gradient / denominator.clone()).square().mean().sqrt().clamp_min(1.0);
            let step = first.clone() / denominator * (rate / correction1) / excess;
            moments.insert(id, [first, second, largest]);
            value * (1.0 - rate * DECAY) - step
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{close, golden};
    use super::*;
    use burn::module::Param;
    use burn::tensor::{Device, TensorData};

    #[derive(Module, Debug)]
    struct Points {
        one: Param<Tensor<1>>,
        other: Param<Tensor<2>>,
    }

    /// As `tests/reference/dinomaly.py` has them: large at first, then vanishing, and outgrowing their moments once.
    fn gradient<const D: usize>(step: usize, first: usize, shape: [usize; D], device: &Device) -> Tensor<D> {
        let size = if step == 60 { 20.0 } else { 5.0 * (step as f64 / -10.0).exp() + 0.1 };
        let value = |place: usize| (1.3 * step as f64 + (first + place) as f64).sin() * size;
        let values: Vec<f32> = (0..shape.iter().product()).map(|place| value(place) as f32).collect();
        Tensor::from_data(TensorData::new(values, shape), device)
    }

    #[test]
    fn a_hundred_steps_are_those_of_pytorch() {
        let device = Device::flex().autodiff();
        let mut points = Points {
            one: Param::from_tensor(Tensor::from_data([1.0, -2.0, 0.5], &device)),
            other: Param::from_tensor(Tensor::from_data([[0.3], [-0.4]], &device)),
        };
        let mut optimiser = StableAdamW::clipping(f64::INFINITY);
        let trajectory = golden().trajectory;
        for step in 1..=100 {
            let [one, other] =
                [gradient(step, 0, [3], &device).reshape([3, 1]), gradient(step, 3, [2, 1], &device)];
            let loss = (points.one.val() * one.reshape([3])).sum() + (points.other.val() * other).sum();
            let gradients = GradientsParams::from_grads(loss.backward(), &points);
            points = optimiser.step(points, gradients, 0.01).unwrap();
            let Some(expected) = trajectory.get(&step) else { continue };
            let flat =
                |one: Tensor<1>, other: Tensor<1>| Tensor::cat(vec![one, other], 0).try_to_vec_as().unwrap();
            let at: Vec<f32> = flat(points.one.val(), points.other.val().flatten(0, 1));
            close(&format!("position at {step}"), &at, &expected.at, 2e-5);
            let correction = optimiser.steps;
            let denominator = |id: ParamId| {
                let [_, _, largest] = optimiser.moments[&id].clone();
                largest.sqrt() / (1.0 - BETAS[1].powi(correction)).sqrt() + EPSILON
            };
            let denominators = flat(denominator(points.one.id), denominator(points.other.id));
            close(&format!("denominators at {step}"), &denominators, &expected.denominators, 2e-5);
        }
    }
}
