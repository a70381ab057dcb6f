//! Residual blocks and attention with normalisation in front, as in diffusion models.

use crate::layer::{Convolution, GroupNorm, Init};
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::activation::{silu, softmax};

/// Channels of one attention head.
const HEAD: usize = 64;

/// `conv3x3(silu(norm(x))) + shortcut(x)`.
#[derive(Module, Debug)]
pub struct Residual {
    norm: GroupNorm,
    convolution: Convolution,
    /// 1x1; the identity when absent.
    shortcut: Option<Convolution>,
}

impl Residual {
    /// From `input` to `output` channels; the shortcut is a convolution only where these differ.
    pub fn new(init: &Init<'_>, input: usize, output: usize, groups: usize) -> Self {
        Self {
            norm: GroupNorm::new(init, input, groups),
            convolution: Convolution::new(&init.at("convolution"), input, output, 3),
            shortcut: (input != output).then(|| Convolution::new(&init.at("shortcut"), input, output, 1)),
        }
    }

    /// `[batch, in, height, width]` to `[batch, out, height, width]`.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let inner = self.convolution.forward(silu(self.norm.forward(input.clone())));
        match &self.shortcut {
            Some(shortcut) => inner + shortcut.forward(input),
            None => inner + input,
        }
    }
}

/// Self-attention of positions, added to its input (Vaswani et al., NeurIPS 2017). It adds nothing at first.
#[derive(Module, Debug)]
pub struct Attention {
    norm: GroupNorm,
    /// 1x1, to queries, keys and values.
    mixed: Convolution,
    /// 1x1.
    out: Convolution,
    heads: usize,
}

impl Attention {
    /// For `channels` channels, in heads of 64 channels, or one head where that does not divide them.
    pub fn new(init: &Init<'_>, channels: usize, groups: usize) -> Self {
        Self {
            norm: GroupNorm::new(init, channels, groups),
            mixed: Convolution::new(&init.at("mixed"), channels, 3 * channels, 1),
            out: Convolution::zero(&init.at("out"), channels, channels, 1),
            heads: if channels.is_multiple_of(HEAD) { channels / HEAD } else { 1 },
        }
    }

    /// `[batch, channels, height, width]` to the same shape.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = input.dims();
        let (depth, positions) = (channels / self.heads, height * width);
        let mixed = self.mixed.forward(self.norm.forward(input.clone()));
        let part = |index: usize| {
            let part = mixed.clone().narrow(1, index * channels, channels);
            part.reshape([batch * self.heads, depth, positions])
        };
        let (queries, keys, values) = (part(0), part(1), part(2));
        let likeness = queries.transpose().matmul(keys) / (depth as f64).sqrt();
        let attended: Tensor<3> = values.matmul(softmax(likeness, 2).transpose());
        input + self.out.forward(attended.reshape([batch, channels, height, width]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use harness::contract::seed::Root;

    /// Positions that are all alike get their own value back, whatever the weights.
    #[test]
    fn attention_over_equal_positions_is_the_mean_of_values() {
        let device = Device::flex();
        let root = Root::new(0, "", "");
        let init = Init::random(&root, &device);
        let mut attention = Attention::new(&init, 128, 1);
        assert_eq!(attention.heads, 2);
        let vector = Tensor::<4>::from_data([[[[0.5]], [[-1.0]]]], &device).repeat_dim(1, 64);
        let change = |a: Tensor<4>, b: Tensor<4>| (a - b).abs().max().into_scalar::<f32>();
        assert_eq!(change(attention.forward(vector.clone()), vector.clone()), 0.0, "untrained");
        attention.out = Convolution::new(&init.at("trained"), 128, 128, 1);
        let alone = attention.forward(vector.clone());
        assert!(change(alone.clone(), vector.clone()) > 0.1, "trained");
        let together = attention.forward(vector.expand([1, 128, 3, 3]));
        let difference = change(together, alone.expand([1, 128, 3, 3]));
        assert!(difference < 1e-5, "{difference}");
    }
}
