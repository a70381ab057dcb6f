//! A linear map of vectors.

use burn::module::{Module, Param};
use burn::tensor::{Tensor, module};

/// `[..., in]` to `[..., out]`.
#[derive(Module, Debug)]
pub struct LinearMap {
    /// `[out, in]`, as PyTorch stores it.
    pub weight: Param<Tensor<2>>,
    /// `[out]`; none for a map through the origin.
    pub bias: Option<Param<Tensor<1>>>,
}

impl LinearMap {
    /// With these values.
    pub fn new(weight: Param<Tensor<2>>, bias: Option<Param<Tensor<1>>>) -> Self {
        Self { weight, bias }
    }

    /// `input weight^T + bias`.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        module::linear(input, self.weight.val().transpose(), self.bias.as_ref().map(Param::val))
    }
}
