//! The bottleneck and the decoder.

use crate::backbone::TokenBackbone;
use crate::layer::{Dropout, Init, Linear};
use burn::module::{Module, Param};
use burn::tensor::{Tensor, activation, module};

/// Added to variances.
const EPSILON: f64 = 1e-8;
/// Deviation of weights at the start, and how far from 0 they may be.
const DEVIATION: f64 = 0.01;
const BOUND: f64 = 0.03;
/// How much wider a token is inside a perceptron.
const EXPANSION: usize = 4;

/// The teacher's middle layers, `[batch, tokens, width]` each: two thirds of all blocks, eight of twelve.
pub fn layers(teacher: &dyn TokenBackbone, pictures: Tensor<4>) -> Vec<Tensor<3>> {
    let wanted: Vec<usize> = middle(teacher.depth()).collect();
    teacher.blocks(pictures, &wanted)
}

fn middle(depth: usize) -> std::ops::Range<usize> {
    depth / 6..depth - depth / 6
}

/// What Dinomaly learns.
#[derive(Module, Debug)]
pub struct Restorer {
    /// Where noise is added.
    pub bottleneck: Perceptron,
    /// As many blocks as layers are restored.
    pub decoder: Vec<Block>,
}

/// Two linear layers with GELU between them.
#[derive(Module, Debug)]
pub struct Perceptron {
    /// To the wider layer.
    pub widen: Linear,
    /// Back.
    pub narrow: Linear,
}

/// `x += attention(norm(x))`, then `x += perceptron(norm(x))`.
#[derive(Module, Debug)]
pub struct Block {
    /// Before attention.
    pub attention_norm: Norm,
    /// To queries, keys and values, one after another.
    pub inputs: Linear,
    /// Behind attention.
    pub outputs: Linear,
    /// Before the perceptron.
    pub perceptron_norm: Norm,
    /// The perceptron.
    pub perceptron: Perceptron,
    #[module(skip)]
    heads: usize,
}

/// Normalisation of each token over its values.
#[derive(Module, Debug)]
pub struct Norm {
    /// Scale, 1 at first.
    pub weight: Param<Tensor<1>>,
    /// Offset, 0 at first.
    pub bias: Param<Tensor<1>>,
}

impl Restorer {
    /// For this teacher.
    pub fn new(init: &Init<'_>, teacher: &dyn TokenBackbone) -> Self {
        Self::sized(init, teacher.width(), teacher.heads(), middle(teacher.depth()).len())
    }

    /// For tokens of `width` values in so many heads, and so many layers.
    pub fn sized(init: &Init<'_>, width: usize, heads: usize, blocks: usize) -> Self {
        let block = |index| Block::new(&init.at("decoder").at(index), width, heads);
        Self {
            bottleneck: Perceptron::new(&init.at("bottleneck"), width),
            decoder: (0..blocks).map(block).collect(),
        }
    }

    /// Restores layers `[batch, tokens, width]`: as many, in their order. In training some values are dropped before,
    /// between and after the two layers of the bottleneck.
    pub fn forward(&self, layers: &[Tensor<3>], mut dropout: Option<&mut Dropout<'_>>) -> Vec<Tensor<3>> {
        let sum = layers.iter().cloned().reduce(|sum, layer| sum + layer).expect("a teacher has blocks");
        let mut noisy = |tokens: Tensor<3>| match &mut dropout {
            Some(dropout) => dropout.apply(tokens),
            None => tokens,
        };
        let mean = noisy(sum / layers.len() as f64);
        let wide = noisy(activation::gelu(self.bottleneck.widen.forward(mean)));
        let mut tokens = noisy(self.bottleneck.narrow.forward(wide));
        let mut restored = Vec::with_capacity(layers.len());
        for block in &self.decoder {
            tokens = block.forward(tokens);
            restored.push(tokens.clone());
        }
        // The first block restores the deepest layer.
        restored.reverse();
        restored
    }
}

impl Perceptron {
    fn new(init: &Init<'_>, width: usize) -> Self {
        let inner = width * EXPANSION;
        Self { widen: linear(init, "widen", width, inner), narrow: linear(init, "narrow", inner, width) }
    }
}

impl Norm {
    fn new(init: &Init<'_>, width: usize) -> Self {
        Self { weight: init.constant([width], 1.0), bias: init.constant([width], 0.0) }
    }

    fn forward(&self, tokens: Tensor<3>) -> Tensor<3> {
        module::layer_norm(tokens, self.weight.val(), Some(self.bias.val()), EPSILON)
    }
}

impl Block {
    fn new(init: &Init<'_>, width: usize, heads: usize) -> Self {
        Self {
            attention_norm: Norm::new(init, width),
            inputs: linear(init, "inputs", width, 3 * width),
            outputs: linear(init, "outputs", width, width),
            perceptron_norm: Norm::new(init, width),
            perceptron: Perceptron::new(&init.at("perceptron"), width),
            heads,
        }
    }

    fn forward(&self, tokens: Tensor<3>) -> Tensor<3> {
        let attended = self.attend(self.attention_norm.forward(tokens.clone()));
        let tokens = tokens + attended;
        let wide = self.perceptron.widen.forward(self.perceptron_norm.forward(tokens.clone()));
        tokens + self.perceptron.narrow.forward(activation::gelu(wide))
    }

    fn attend(&self, tokens: Tensor<3>) -> Tensor<3> {
        let [batch, count, width] = tokens.dims();
        let parts = self.inputs.forward(tokens);
        let part = |index: usize| {
            let part = parts.clone().narrow(2, index * width, width);
            part.reshape([batch, count, self.heads, width / self.heads]).swap_dims(1, 2)
        };
        let mixed = linear_attention(part(0), part(1), part(2));
        self.outputs.forward(mixed.swap_dims(1, 2).reshape([batch, count, width]))
    }
}

/// `f(q) (f(k)^T v) / (f(q) sum f(k))` with `f(x) = elu(x) + 1` (Katharopoulos et al., "Transformers are RNNs", ICML
/// 2020): it cannot attend to single tokens, so it does not pass anomalies on as they are. `[batch, heads, tokens,
/// values]` each.
fn linear_attention(queries: Tensor<4>, keys: Tensor<4>, values: Tensor<4>) -> Tensor<4> {
    let positive = |x: Tensor<4>| activation::elu(x, 1.0) + 1.0;
    let (queries, keys) = (positive(queries), positive(keys));
    let total = (queries.clone() * keys.clone().sum_dim(2)).sum_dim(3);
    queries.matmul(keys.swap_dims(2, 3).matmul(values)) / total
}

fn linear(init: &Init<'_>, name: &str, from: usize, to: usize) -> Linear {
    let weight = init.at(name).truncated_normal([to, from], DEVIATION, BOUND);
    Linear { weight, bias: Some(init.constant([to], 0.0)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn the_published_size_has_sixty_one_million_parameters() {
        let restorer = Restorer::sized(&Init::blank(&Device::flex()), 768, 12, 8);
        assert_eq!(restorer.num_params(), 61_425_408);
        assert_eq!(middle(12).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7, 8, 9]);
    }

    /// Weights of the two tokens: f(1) f(0) = 2 and f(1) f(1) = 4.
    #[test]
    fn linear_attention_by_hand() {
        let tensor =
            |values: [[f32; 1]; 2]| Tensor::<2>::from_data(values, &Device::flex()).unsqueeze_dims(&[0, 0]);
        let mixed = linear_attention(tensor([[1.0], [1.0]]), tensor([[0.0], [1.0]]), tensor([[3.0], [9.0]]));
        for value in mixed.try_to_vec_as::<f32>().unwrap() {
            assert!((value - (2.0 * 3.0 + 4.0 * 9.0) / 6.0).abs() < 1e-5);
        }
    }
}
