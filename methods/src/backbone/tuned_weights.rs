//! The weights of a backbone as something that can be trained.

use super::{Backbone, FoldedConv};
use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};

/// Weight and bias of every layer, normalisation folded in: fine-tuning leaves the statistics of ImageNet as they
/// are and moves what is made of them, so a picture's features do not depend on its batch.
#[derive(Module, Debug)]
pub struct TunedWeights {
    weights: Vec<Param<Tensor<4>>>,
    biases: Vec<Param<Tensor<1>>>,
}

impl TunedWeights {
    /// The weights of `backbone`, on `device`, which differentiates if they are to be trained. Nothing where they
    /// cannot be.
    pub fn new(backbone: &dyn Backbone, device: &Device) -> Option<Self> {
        let (mut weights, mut biases) = (Vec::new(), Vec::new());
        backbone.with_layers(&mut |layer| {
            let (weight, bias) = layer.parameters();
            weights.push(Param::from_tensor(to(weight, device)));
            biases.push(Param::from_tensor(to(bias, device)));
            layer.clone()
        })?;
        Some(Self { weights, biases })
    }

    /// `backbone` with these weights. It wants pictures on their device.
    pub fn network(&self, backbone: &dyn Backbone) -> Option<Box<dyn Backbone>> {
        let mut parameters = self.weights.iter().zip(&self.biases);
        backbone.with_layers(&mut |layer: &FoldedConv| match parameters.next() {
            Some((weight, bias)) => layer.with_parameters(weight.val(), bias.val()),
            None => layer.clone(),
        })
    }
}

fn to<const D: usize>(tensor: Tensor<D>, device: &Device) -> Tensor<D> {
    if device.is_autodiff() { tensor.autodiff() } else { tensor }
}
