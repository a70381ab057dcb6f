//! One block of a frozen vision transformer.

use super::layout::{self, Layout};
use super::plan::Plan;
use crate::backbone::Parameters;
use burn::tensor::ops::AttentionModuleOptions;
use burn::tensor::{Device, Tensor, TensorData, activation, module};

/// Added to variances; DINOv2's value.
const EPSILON: f64 = 1e-6;

/// How much wider a token is between the two layers of the perceptron.
const EXPANSION: usize = 4;

/// `x += attention(norm(x))`, then `x += perceptron(norm(x))`. The scale that DINOv2 learns for each branch
/// (LayerScale) is folded into the branch's last layer.
#[derive(Debug)]
pub struct Block {
    heads: usize,
    attention_norm: [Tensor<1>; 2],
    /// To queries, keys and values, one after another.
    inputs: Layer,
    outputs: Layer,
    perceptron_norm: [Tensor<1>; 2],
    widen: Layer,
    narrow: Layer,
}

/// A linear layer: weight `[in, out]` and bias `[out]`.
#[derive(Debug)]
struct Layer {
    weight: Tensor<2>,
    bias: Tensor<1>,
}

impl Block {
    /// The block of this index.
    pub fn load(
        plan: Plan,
        layout: &Layout,
        index: usize,
        parameters: &mut Parameters,
        device: &Device,
    ) -> Self {
        let Plan { width, heads, .. } = plan;
        let name = |part: &str| layout.block(index, part);
        let inner = width * EXPANSION;
        let mut layer = |part: &str, (from, to): (usize, usize), scale: Option<&str>| {
            let (mut weight, mut bias) = layout.linear(parameters, &name(part), (from, to));
            if let Some(scale) = scale {
                let scale = parameters.vector(&name(scale), to, 1.0);
                for ((row, bias), scale) in weight.chunks_exact_mut(from).zip(&mut bias).zip(scale) {
                    row.iter_mut().chain([bias]).for_each(|value| *value *= scale);
                }
            }
            Layer::new(weight, bias, (from, to), device)
        };
        let outputs = layer("attn.proj", (width, width), Some("ls1.gamma"));
        let widen = layer("mlp.fc1", (width, inner), None);
        let narrow = layer("mlp.fc2", (inner, width), Some("ls2.gamma"));
        let (weight, bias) = layout.inputs(parameters, index, width);
        Self {
            heads,
            attention_norm: layout::norm(parameters, &name("norm1"), width, device),
            inputs: Layer::new(weight, bias, (width, 3 * width), device),
            outputs,
            perceptron_norm: layout::norm(parameters, &name("norm2"), width, device),
            widen,
            narrow,
        }
    }

    /// `[batch, tokens, width]` to the same shape.
    pub fn forward(&self, tokens: Tensor<3>) -> Tensor<3> {
        let attended = self.attend(normalise(tokens.clone(), &self.attention_norm));
        let tokens = tokens + attended;
        let wide = self.widen.forward(normalise(tokens.clone(), &self.perceptron_norm));
        tokens + self.narrow.forward(activation::gelu(wide))
    }

    fn attend(&self, tokens: Tensor<3>) -> Tensor<3> {
        let [batch, count, width] = tokens.dims();
        let parts = self.inputs.forward(tokens);
        let part = |index: usize| {
            let part = parts.clone().narrow(2, index * width, width);
            part.reshape([batch, count, self.heads, width / self.heads]).swap_dims(1, 2)
        };
        let mixed =
            module::attention(part(0), part(1), part(2), None, None, AttentionModuleOptions::default());
        self.outputs.forward(mixed.swap_dims(1, 2).reshape([batch, count, width]))
    }
}

impl Layer {
    /// From a weight `[out, in]`.
    fn new(weight: Vec<f32>, bias: Vec<f32>, (from, to): (usize, usize), device: &Device) -> Self {
        let mut turned = vec![0.0; weight.len()];
        for (output, row) in weight.chunks_exact(from).enumerate() {
            row.iter().enumerate().for_each(|(input, value)| turned[input * to + output] = *value);
        }
        Self {
            weight: Tensor::from_data(TensorData::new(turned, [from, to]), device),
            bias: Tensor::from_data(TensorData::new(bias, [to]), device),
        }
    }

    fn forward(&self, input: Tensor<3>) -> Tensor<3> {
        module::linear(input, self.weight.clone(), Some(self.bias.clone()))
    }
}

/// Normalises each token over its values; scale and offset.
pub fn normalise(tokens: Tensor<3>, [scale, offset]: &[Tensor<1>; 2]) -> Tensor<3> {
    module::layer_norm(tokens, scale.clone(), Some(offset.clone()), EPSILON)
}
