//! Trainable residual blocks: what the student is built from (He et al., CVPR 2016; mirrored by Deng & Li,
//! CVPR 2022).

use super::{ConvNorm, Init, Resample};
use crate::kernel::Epilogue;
use burn::module::Module;
use burn::tensor::Tensor;

/// The two residual blocks of ResNet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// Two 3x3 convolutions.
    Basic,
    /// 1x1, 3x3, 1x1; the middle one has `1 / narrowing` of the block's output channels.
    Bottleneck {
        /// 4 in ResNet-50, 2 in Wide ResNet-50-2.
        narrowing: usize,
    },
}

/// `relu(layers(x) + shortcut(x))`, with ReLU between the layers.
#[derive(Module, Debug)]
pub struct Residual {
    /// Two (basic) or three (bottleneck) layers.
    pub layers: Vec<ConvNorm>,
    /// The identity when absent.
    pub shortcut: Option<ConvNorm>,
}

impl Residual {
    /// A block from `input` to `output` channels.
    pub fn new(init: &Init<'_>, kind: BlockKind, input: usize, output: usize, resample: Resample) -> Self {
        let layer = |index, input, output, side, resample| {
            ConvNorm::new(&init.at("layers").at(index), input, output, side, resample)
        };
        let layers = match kind {
            BlockKind::Basic => {
                vec![layer(0, input, output, 3, resample), layer(1, output, output, 3, Resample::Keep)]
            }
            BlockKind::Bottleneck { narrowing } => {
                let inner = output / narrowing;
                vec![
                    layer(0, input, inner, 1, Resample::Keep),
                    layer(1, inner, inner, 3, resample),
                    layer(2, inner, output, 1, Resample::Keep),
                ]
            }
        };
        let needs_shortcut = resample != Resample::Keep || input != output;
        let shortcut =
            needs_shortcut.then(|| ConvNorm::new(&init.at("shortcut"), input, output, 1, resample));
        Self { layers, shortcut }
    }

    /// `count` blocks, the first of which changes channels and size.
    pub fn chain(
        init: &Init<'_>,
        kind: BlockKind,
        count: usize,
        (input, output): (usize, usize),
        resample: Resample,
    ) -> Vec<Self> {
        let block = |index| match index {
            0 => Self::new(&init.at(0), kind, input, output, resample),
            _ => Self::new(&init.at(index), kind, output, output, Resample::Keep),
        };
        (0..count).map(block).collect()
    }

    /// `[batch, in, h, w]` to `[batch, out, h', w']`.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let identity = match &self.shortcut {
            Some(shortcut) => shortcut.forward(input.clone(), Epilogue::nothing()),
            None => input.clone(),
        };
        let (last, first) = self.layers.split_last().expect("a block has layers");
        let inner = first.iter().fold(input, |output, layer| layer.forward(output, Epilogue::relu()));
        last.forward(inner, Epilogue::join(identity))
    }
}
