//! A linear map of vectors.

use super::Init;
use burn::module::{Module, Param};
use burn::tensor::{Tensor, module};

/// `[..., in]` to `[..., out]`.
#[derive(Module, Debug)]
pub struct Linear {
    /// `[out, in]`, as PyTorch stores it.
    pub weight: Param<Tensor<2>>,
    /// `[out]`; none for a map through the origin.
    pub bias: Option<Param<Tensor<1>>>,
}

impl Linear {
    /// With PyTorch's default initialisation, and a bias.
    pub fn new(init: &Init<'_>, input: usize, output: usize) -> Self {
        let bound = Init::bound(input);
        let weight = init.at("weight").uniform([output, input], bound);
        Self { weight, bias: Some(init.at("bias").uniform([output], bound)) }
    }

    /// `input weight^T + bias`.
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        module::linear(input, self.weight.val().transpose(), self.bias.as_ref().map(Param::val))
    }
}
