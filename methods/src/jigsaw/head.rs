//! What names the order of tiles from features.

use super::orders::ORDERS;
use crate::layer::Init;
use burn::module::{Module, Param};
use burn::tensor::activation::log_softmax;
use burn::tensor::{Int, Tensor, TensorData};

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

/// Cross-entropy: minus the mean logarithm of the probability of each picture's own order.
pub fn cross_entropy(logarithms: Tensor<2>, orders: &[usize]) -> Tensor<1> {
    surprise(logarithms, orders).mean()
}

/// Minus the logarithm of the probability of each picture's own order, `[batch]`.
pub fn surprise(logarithms: Tensor<2>, orders: &[usize]) -> Tensor<1> {
    let indices: Vec<i64> = orders.iter().map(|&order| order as i64).collect();
    let indices = TensorData::new(indices, [orders.len(), 1]);
    let indices = Tensor::<2, Int>::from_data(indices, &logarithms.device());
    logarithms.gather(1, indices).neg().squeeze_dim(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn a_head_that_knows_nothing_finds_all_orders_equally_likely() {
        let device = Device::flex();
        let head = Head::new(&Init::blank(&device), 4);
        let loss = cross_entropy(head.forward(Tensor::ones([3, 4, 2, 2], &device)), &[0, 7, 30]);
        assert!((loss.try_to_vec_as::<f32>().unwrap()[0] - 3.433_99).abs() < 1e-5);
    }

    #[test]
    fn the_order_asked_for_is_the_one_that_counts() {
        let device = Device::flex();
        let logarithms = Tensor::<2>::from_data([[-1.0, -2.0, -3.0], [-4.0, -5.0, -6.0]], &device);
        assert_eq!(surprise(logarithms, &[2, 0]).try_to_vec_as::<f32>().unwrap(), [3.0, 4.0]);
    }
}
