//! Vision transformers as DINOv2 has them (Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021; Oquab et
//! al., "DINOv2", TMLR 2024; Darcet et al., "Vision Transformers Need Registers", ICLR 2024).

mod block;
mod dinov2;
mod layout;
mod plan;
mod position;

use self::block::{Block, normalise};
use self::layout::Layout;
use self::plan::Plan;
use super::{Parameters, TokenBackbone};
use crate::kernel::{Epilogue, conv2d_frozen};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Tensor, TensorData};

/// A frozen vision transformer.
#[derive(Debug)]
struct VisionTransformer {
    plan: Plan,
    /// `[width, 3, patch, patch]` and `[width]`.
    embedding: (Tensor<4>, Tensor<1>),
    /// Class token with its position, then registers, which have none: `[1, prefix, width]`.
    prefix: Tensor<3>,
    /// Positions `[grid * grid, width]`, in host memory.
    positions: Vec<f32>,
    blocks: Vec<Block>,
    /// Scale and offset of the final normalisation.
    norm: [Tensor<1>; 2],
}

impl VisionTransformer {
    fn load(plan: Plan, parameters: &mut Parameters, device: &Device) -> Self {
        let layout = Layout::of(parameters);
        let Plan { width, depth, patch, grid, registers, .. } = plan;
        let shape = [width, 3, patch, patch];
        let deviation = 1.0 / ((3 * patch * patch) as f32).sqrt();
        let weight = parameters.weights(&layout.embedding("weight"), &shape, deviation);
        let bias = layout::vector(parameters, &layout.embedding("bias"), width, 0.0, device);
        let mut prefix = parameters.weights(layout.class(), &[1, 1, width], 1.0);
        let mut positions = parameters.weights(layout.positions(), &[1, 1 + grid * grid, width], 0.02);
        let patches = positions.split_off(width);
        prefix.iter_mut().zip(positions).for_each(|(token, position)| *token += position);
        if registers > 0 {
            prefix.extend(parameters.weights(layout.registers(), &[1, registers, width], 1.0));
        }
        let blocks = (0..depth).map(|index| Block::load(plan, &layout, index, parameters, device)).collect();
        Self {
            plan,
            embedding: (Tensor::from_data(TensorData::new(weight, shape), device), bias),
            prefix: Tensor::from_data(TensorData::new(prefix, [1, 1 + registers, width]), device),
            positions: patches,
            blocks,
            norm: layout::norm(parameters, layout.norm(), width, device),
        }
    }

    /// All tokens before the first block: `[batch, prefix + patches, width]`.
    fn embed(&self, pictures: Tensor<4>) -> Tensor<3> {
        let Plan { width, patch, grid, .. } = self.plan;
        let options = ConvOptions::new([patch; 2], [0; 2], [1; 2], 1);
        let (weight, bias) = &self.embedding;
        let map = conv2d_frozen(pictures, weight, bias, &options, Epilogue::nothing());
        let [batch, _, rows, columns] = map.dims();
        let positions = position::resize(&self.positions, width, grid, (rows, columns));
        let positions = TensorData::new(positions, [1, rows * columns, width]);
        let patches = map.flatten::<3>(2, 3).swap_dims(1, 2);
        let patches = patches + Tensor::<3>::from_data(positions, &self.prefix.device());
        Tensor::cat(vec![self.prefix.clone().repeat_dim(0, batch), patches], 1)
    }
}

impl TokenBackbone for VisionTransformer {
    fn patch(&self) -> usize {
        self.plan.patch
    }

    fn width(&self) -> usize {
        self.plan.width
    }

    fn heads(&self) -> usize {
        self.plan.heads
    }

    fn depth(&self) -> usize {
        self.plan.depth
    }

    fn prefix(&self) -> usize {
        1 + self.plan.registers
    }

    fn blocks(&self, pictures: Tensor<4>, wanted: &[usize]) -> Vec<Tensor<3>> {
        let count = wanted.iter().max().map_or(0, |last| last + 1);
        let mut tokens = self.embed(pictures);
        let mut found = Vec::with_capacity(wanted.len());
        for (index, block) in self.blocks.iter().enumerate().take(count) {
            tokens = block.forward(tokens);
            if wanted.contains(&index) {
                found.push(tokens.clone());
            }
        }
        found
    }

    fn patches(&self, pictures: Tensor<4>) -> Tensor<3> {
        let tokens = self.blocks.iter().fold(self.embed(pictures), |tokens, block| block.forward(tokens));
        let patches = tokens.dims()[1] - self.prefix();
        normalise(tokens.narrow(1, self.prefix(), patches), &self.norm)
    }
}

#[cfg(test)]
mod tests;
