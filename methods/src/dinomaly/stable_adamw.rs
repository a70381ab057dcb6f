//! StableAdamW (Wortsman et al., "Stable and low-precision training for large-scale vision-language models",
//! NeurIPS 2023): AdamW whose steps shrink where gradients outgrow their second moment, as in AdaFactor.

use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use std::collections::BTreeMap;

const BETAS: [f64; 2] = [0.9, 0.999];
const EPSILON: f64 = 1e-10;
const DECAY: f64 = 1e-4;

/// The moments of every parameter that ever had a gradient.
#[derive(Debug, Default)]
pub struct StableAdamW {
    steps: i32,
    /// First moment, second moment, and the largest second moment so far (AMSGrad); flattened.
    moments: BTreeMap<ParamId, [Tensor<1>; 3]>,
}

impl StableAdamW {
    /// Moves every parameter of `module` that has a gradient, with this step size.
    pub fn step<M: Module>(&mut self, module: M, gradients: GradientsParams, rate: f64) -> M {
        self.steps += 1;
        // Moments whose start needs no correction: the decays themselves grow.
        let decay = |beta: f64| beta * (1.0 - beta.powi(self.steps - 1)) / (1.0 - beta.powi(self.steps));
        let betas = BETAS.map(decay);
        module.map(&mut Walk { rate, betas, gradients, moments: &mut self.moments })
    }
}

struct Walk<'a> {
    rate: f64,
    betas: [f64; 2],
    gradients: GradientsParams,
    moments: &'a mut BTreeMap<ParamId, [Tensor<1>; 3]>,
}

impl ModuleMapper for Walk<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, value, mapper) = param.consume();
        let Some(gradient) = self.gradients.remove::<D>(id) else {
            return Param::from_mapped_value(id, value, mapper);
        };
        let (shape, wanted) = (value.dims(), value.is_require_grad());
        let gradient: Tensor<1> = gradient.flatten(0, D - 1);
        let zeros = || Tensor::zeros(gradient.shape(), &gradient.device());
        let [first, second, largest] =
            self.moments.remove(&id).unwrap_or_else(|| [zeros(), zeros(), zeros()]);
        let [beta1, beta2] = self.betas;
        let square = gradient.clone().square();
        let first = first * beta1 + gradient * (1.0 - beta1);
        let second = second * beta2 + square.clone() * (1.0 - beta2);
        let largest = largest.max_pair(second.clone());
        // Root mean square of the gradient relative to its second moment: 1 while gradients are steady.
        let excess = (square / second.clone().clamp_min(EPSILON * EPSILON)).mean().sqrt().clamp_min(1.0);
        let flat: Tensor<1> = value.inner().flatten(0, D - 1);
        let towards = first.clone() / (largest.clone().sqrt() + EPSILON) + flat.clone() * DECAY;
        let flat = flat - towards * self.rate / excess;
        self.moments.insert(id, [first, second, largest]);
        let value = Tensor::from_inner(flat.reshape(shape)).set_require_grad(wanted);
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

    #[test]
    fn three_steps_by_hand() {
        let device = Device::flex().autodiff();
        let mut point = Point { at: Param::from_tensor(Tensor::from_data([1.0, -2.0], &device)) };
        let (mut optimiser, mut expected) = (StableAdamW::default(), [1.0_f64, -2.0]);
        let (mut first, mut second, mut largest) = ([0.0_f64; 2], [0.0_f64; 2], [0.0_f64; 2]);
        // The loss is this multiple of the sum of squares; the third gradient outgrows the moments.
        for (step, multiple) in [(1, 1.0), (2, 0.5), (3, 20.0)] {
            let gradients = (point.at.val().square().sum() * multiple).backward();
            point = optimiser.step(point.clone(), GradientsParams::from_grads(gradients, &point), 0.1);
            let decay = |beta: f64| beta * (1.0 - beta.powi(step - 1)) / (1.0 - beta.powi(step));
            let mut excess = 0.0;
            for axis in 0..2 {
                let gradient = 2.0 * multiple * expected[axis];
                first[axis] = decay(0.9) * first[axis] + (1.0 - decay(0.9)) * gradient;
                second[axis] = decay(0.999) * second[axis] + (1.0 - decay(0.999)) * gradient.powi(2);
                largest[axis] = largest[axis].max(second[axis]);
                excess += gradient.powi(2) / second[axis] / 2.0;
            }
            let rate = 0.1 / excess.sqrt().max(1.0);
            assert_eq!(step == 3, rate < 0.09, "only the third step is held back");
            for axis in 0..2 {
                expected[axis] -= rate * (first[axis] / largest[axis].sqrt() + 1e-4 * expected[axis]);
            }
            let got = point.at.val().try_to_vec_as::<f32>().unwrap();
            let near = got.iter().zip(expected).all(|(got, wanted)| (f64::from(*got) - wanted).abs() < 1e-5);
            assert!(near, "step {step}: {got:?} {expected:?}");
        }
    }
}
