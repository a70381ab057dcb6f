//! What SimpleNet learns: the adaptor and the discriminator.

use crate::kernel::Epilogue;
use crate::layer::{BatchNorm, Init, Linear};
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::activation::leaky_relu;

/// Factor of the hidden layer's negative values.
const SLOPE: f64 = 0.2;

/// A linear adaptor and a discriminator with one hidden layer, Xavier-normal weights.
#[derive(Module, Debug)]
pub struct Head {
    /// From features to features, with bias.
    pub adaptor: Linear,
    /// The discriminator.
    pub discriminator: Discriminator,
}

/// Linear, batch normalisation, leaky ReLU, linear without bias.
#[derive(Module, Debug)]
pub struct Discriminator {
    /// To the hidden layer, with bias.
    pub hidden: Linear,
    /// Over all patches of a batch, true and noisy ones together.
    pub norm: BatchNorm,
    /// To one answer: high for normal patches.
    pub answer: Linear,
}

impl Head {
    /// For patches of `dimension` values; `hidden` values, or two thirds of `dimension`: the released 1024 of
    /// 1536. Biases start as PyTorch starts them.
    pub fn new(init: &Init<'_>, dimension: usize, hidden: Option<usize>) -> Self {
        let hidden = hidden.unwrap_or(dimension * 2 / 3);
        let weight = |place: &str, from: usize, to: usize| {
            init.at(place).normal([to, from], (2.0 / (from + to) as f64).sqrt())
        };
        let biased = |place: &str, from: usize, to: usize| {
            let bias = init.at(place).at("bias").uniform([to], Init::bound(from));
            Linear { weight: weight(place, from, to), bias: Some(bias) }
        };
        Self {
            adaptor: biased("adaptor", dimension, dimension),
            discriminator: Discriminator {
                hidden: biased("hidden", dimension, hidden),
                norm: BatchNorm::new(init, hidden),
                answer: Linear { weight: weight("answer", hidden, 1), bias: None },
            },
        }
    }

    /// Patches `[count, dimension]` to the space that the discriminator sees.
    pub fn adapt(&self, patches: Tensor<2>) -> Tensor<2> {
        self.adaptor.forward(patches)
    }

    /// Adapted patches `[count, dimension]` to answers `[count, 1]`.
    pub fn discriminate(&self, adapted: Tensor<2>) -> Tensor<2> {
        let Discriminator { hidden, norm, answer } = &self.discriminator;
        // One picture whose pixels are the patches: values of a channel then lie side by side.
        let planes: Tensor<4> = hidden.forward(adapted).transpose().unsqueeze_dims(&[0, 3]);
        let normal: Tensor<2> = norm.forward(planes, Epilogue::nothing()).flatten::<3>(2, 3).squeeze_dim(0);
        answer.forward(leaky_relu(normal, SLOPE).transpose())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use harness::contract::seed::Root;

    #[test]
    fn the_published_size_has_the_published_parameters() {
        let head = Head::new(&Init::blank(&Device::flex()), 1536, None);
        let statistics = 2 * 1024;
        assert_eq!(head.num_params(), 3_937_792 + statistics);
    }

    /// The released code leaves them to PyTorch: uniform up to one over the root of the number of inputs.
    #[test]
    fn biases_start_where_pytorch_starts_them() {
        let (root, device) = (Root::new(0, "", ""), Device::flex());
        let head = Head::new(&Init::random(&root, &device), 1536, None);
        let biases = [&head.adaptor.bias, &head.discriminator.hidden.bias];
        let biases = biases.map(|bias| bias.as_ref().unwrap().val().try_to_vec_as::<f32>().unwrap());
        for bias in &biases {
            let largest = bias.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
            assert!((0.98..=1.0).contains(&(largest * 1536.0_f32.sqrt())), "{largest}");
        }
        assert_ne!(biases[0][..9], biases[1][..9]);
    }

    /// Hidden values 1 and 3 have mean 2 and deviation 1: normalised to -1 and 1.
    #[test]
    fn the_hidden_layer_is_normalised_over_patches() {
        let device = Device::flex().autodiff();
        let mut head = Head::new(&Init::blank(&device), 1, Some(1));
        head.discriminator.hidden.weight = Init::blank(&device).constant([1, 1], 1.0);
        head.discriminator.answer.weight = Init::blank(&device).constant([1, 1], 2.0);
        let answers = head.discriminate(Tensor::from_data([[1.0], [3.0]], &device));
        let answers = answers.try_to_vec_as::<f32>().unwrap();
        assert!((answers[0] + 0.4).abs() < 1e-4 && (answers[1] - 2.0).abs() < 1e-4, "{answers:?}");
    }
}
