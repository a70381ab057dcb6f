//! Optimisers: one walk over the parameters of a module, and rules for how each moves.

mod adam;
mod descent;

pub use adam::{Adam, Decay};
pub use descent::Descent;

use crate::device;
use burn::module::{Module, ModuleMapper, Param, ParamId};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use harness::contract::error::DetectorError;

/// A loss `[1]` as a number, and the gradients of the parameters of `module`, with which it was computed.
///
/// # Errors
/// When the device fails.
pub fn loss_and_gradients<M: Module>(
    loss: &Tensor<1>,
    module: &M,
) -> Result<(f64, GradientsParams), DetectorError> {
    let value = device::download(loss.clone())?[0];
    Ok((f64::from(value), GradientsParams::from_grads(loss.backward(), module)))
}

/// Moves every parameter of `module` that has a gradient, which is taken out of `gradients`, to what `rule` makes of its
/// identity, its value and the gradient, both plain and flattened.
pub fn walk<M: Module>(
    module: M,
    gradients: &mut GradientsParams,
    rule: impl FnMut(ParamId, Tensor<1>, Tensor<1>) -> Tensor<1>,
) -> M {
    module.map(&mut Walk { gradients, rule })
}

struct Walk<'a, R> {
    gradients: &'a mut GradientsParams,
    rule: R,
}

impl<R: FnMut(ParamId, Tensor<1>, Tensor<1>) -> Tensor<1>> ModuleMapper for Walk<'_, R> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, value, mapper) = param.consume();
        let Some(gradient) = self.gradients.remove::<D>(id) else {
            return Param::from_mapped_value(id, value, mapper);
        };
        let (shape, wanted) = (value.dims(), value.is_require_grad());
        let moved = (self.rule)(id, value.inner().flatten(0, D - 1), gradient.flatten(0, D - 1));
        let value = Tensor::from_inner(moved.reshape(shape)).set_require_grad(wanted);
        Param::from_mapped_value(id, value, mapper)
    }
}

/// What the tests of the rules move.
#[cfg(test)]
#[derive(Module, Debug)]
pub(crate) struct Point {
    pub at: Param<Tensor<1>>,
}
