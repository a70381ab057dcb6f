//! Gradients of bounded length (Pascanu et al., "On the difficulty of training recurrent neural networks", ICML 2013).

use crate::device::download;
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use harness::contract::error::DetectorError;

/// Added to the length before one divides by it; PyTorch's `clip_grad_norm_`.
const EPSILON: f64 = 1e-6;

/// What the gradients of `module` are multiplied with so that all of them together are at most `longest` long: at
/// most 1.
///
/// # Errors
/// When the device fails.
pub fn factor<M: Module>(
    module: &M,
    gradients: &GradientsParams,
    longest: f64,
) -> Result<f64, DetectorError> {
    let mut squares = Squares { gradients, sum: None };
    module.visit(&mut squares);
    let square = squares.sum.map(download).transpose()?.map_or(0.0, |sum| f64::from(sum[0]));
    Ok((longest / (square.sqrt() + EPSILON)).min(1.0))
}

/// The sum of the squares of all gradients.
struct Squares<'a> {
    gradients: &'a GradientsParams,
    sum: Option<Tensor<1>>,
}

impl ModuleVisitor for Squares<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            let square = gradient.square().sum();
            self.sum = Some(self.sum.take().map_or(square.clone(), |sum| sum + square));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[derive(Module, Debug)]
    struct Points {
        one: Param<Tensor<1>>,
        other: Param<Tensor<2>>,
    }

    #[test]
    fn the_length_is_that_of_all_gradients_together() {
        let device = Device::flex().autodiff();
        let points = Points {
            one: Param::from_tensor(Tensor::from_data([3.0], &device)),
            other: Param::from_tensor(Tensor::from_data([[4.0], [0.0]], &device)),
        };
        let squares = points.one.val().square().sum() + points.other.val().square().sum();
        let gradients = GradientsParams::from_grads((squares / 2.0).backward(), &points);
        assert!((factor(&points, &gradients, 1.0).unwrap() - 0.2).abs() < 1e-6);
        assert_eq!(factor(&points, &gradients, 6.0).unwrap(), 1.0, "short enough");
    }
}
