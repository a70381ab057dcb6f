//! What names the order of tiles from features.

use super::orders::ORDERS;
use crate::layer::Init;
use burn::module::{Module, Param};
use burn::tensor::Tensor;
use burn::tensor::activation::log_softmax;

/// A linear layer on features averaged over locations.
#[derive(Module, Debug)]
pub struct Head {
    /// `[channels, 31]`.
    weight: Param<Tensor<2>>,
    /// `[31]`.
    bias: Param<Tensor<1>>,
}

impl Head {
    /// For features of so many channels; initialised as PyTorch does, uniform with bound `1 / sqrt(channels)`.
    pub fn new(init: &Init<'_>, channels: usize) -> Self {
        let bound = 1.0 / (channels as f64).sqrt();
        Self {
            weight: init.at("weight").uniform([channels, ORDERS], bound),
            bias: init.at("bias").uniform([ORDERS], bound),
        }
    }

    /// The logarithm of each order's probability, `[batch, 31]`, from features `[batch, channels, height, width]`.
    pub fn forward(&self, features: Tensor<4>) -> Tensor<2> {
        let pooled: Tensor<2> = features.flatten::<3>(2, 3).mean_dim(2).squeeze_dim(2);
        log_softmax(pooled.matmul(self.weight.val()) + self.bias.val().unsqueeze(), 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::cross_entropy;
    use burn::tensor::Device;

    #[test]
    fn a_head_that_knows_nothing_finds_all_orders_equally_likely() {
        let device = Device::flex();
        let head = Head::new(&Init::blank(&device), 4);
        let loss = cross_entropy(head.forward(Tensor::ones([3, 4, 2, 2], &device)), &[0, 7, 30]);
        assert!((loss.try_to_vec_as::<f32>().unwrap()[0] - 3.433_99).abs() < 1e-5);
    }
}
