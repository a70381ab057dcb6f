//! The names of DINOv2's parameters: as its authors publish them, or as the transformers library does.

use crate::backbone::Parameters;
use burn::tensor::{Device, Tensor, TensorData};

/// Whose names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `blocks.0.attn.qkv.weight`: the files `dinov2_*_pretrain.pth`.
    Authors,
    /// `encoder.layer.0.attention.attention.query.weight`: `model.safetensors`.
    Transformers,
}

impl Layout {
    /// That of these parameters; drawn ones have the authors' names.
    pub fn of(parameters: &Parameters) -> Self {
        if parameters.contains(Self::Transformers.class()) { Self::Transformers } else { Self::Authors }
    }

    /// The class token.
    pub fn class(self) -> &'static str {
        self.either("cls_token", "embeddings.cls_token")
    }

    /// The register tokens.
    pub fn registers(self) -> &'static str {
        self.either("register_tokens", "embeddings.register_tokens")
    }

    /// Positions of the class token and of all patches.
    pub fn positions(self) -> &'static str {
        self.either("pos_embed", "embeddings.position_embeddings")
    }

    /// The final normalisation.
    pub fn norm(self) -> &'static str {
        self.either("norm", "layernorm")
    }

    /// Weight or bias of the patch embedding.
    pub fn embedding(self, part: &str) -> String {
        format!("{}.{part}", self.either("patch_embed.proj", "embeddings.patch_embeddings.projection"))
    }

    /// A part of a block, by the authors' name.
    pub fn block(self, index: usize, part: &str) -> String {
        if self == Self::Authors {
            return format!("blocks.{index}.{part}");
        }
        let part = match part {
            "attn.proj" => "attention.output.dense",
            "ls1.gamma" => "layer_scale1.lambda1",
            "ls2.gamma" => "layer_scale2.lambda1",
            same => same,
        };
        format!("encoder.layer.{index}.{part}")
    }

    /// Weight `[to, from]` and bias of the linear layer of this name.
    pub fn linear(
        self,
        parameters: &mut Parameters,
        name: &str,
        (from, to): (usize, usize),
    ) -> (Vec<f32>, Vec<f32>) {
        let weight = parameters.weights(&format!("{name}.weight"), &[to, from], 1.0 / (from as f32).sqrt());
        (weight, parameters.vector(&format!("{name}.bias"), to, 0.0))
    }

    /// Weight `[3 width, width]` and bias of the layer that gives queries, keys and values.
    pub fn inputs(self, parameters: &mut Parameters, index: usize, width: usize) -> (Vec<f32>, Vec<f32>) {
        if self == Self::Authors {
            return self.linear(parameters, &self.block(index, "attn.qkv"), (width, 3 * width));
        }
        let parts = ["query", "key", "value"].map(|part| {
            self.linear(
                parameters,
                &self.block(index, &format!("attention.attention.{part}")),
                (width, width),
            )
        });
        let (weights, biases): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        (weights.concat(), biases.concat())
    }

    fn either(self, authors: &'static str, transformers: &'static str) -> &'static str {
        if self == Self::Authors { authors } else { transformers }
    }
}

/// Scale and offset of a normalisation.
pub fn norm(parameters: &mut Parameters, name: &str, width: usize, device: &Device) -> [Tensor<1>; 2] {
    [("weight", 1.0), ("bias", 0.0)]
        .map(|(part, neutral)| vector(parameters, &format!("{name}.{part}"), width, neutral, device))
}

/// A vector on the device.
pub fn vector(
    parameters: &mut Parameters,
    name: &str,
    length: usize,
    neutral: f32,
    device: &Device,
) -> Tensor<1> {
    let values = parameters.vector(name, length, neutral);
    Tensor::from_data(TensorData::new(values, [length]), device)
}
