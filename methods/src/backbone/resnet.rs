//! Residual networks (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016; Zagoruyko &
//! Komodakis, "Wide Residual Networks", BMVC 2016) in torchvision's layout, up to stride 16.

use super::folded_conv::{FoldedConv, Shape};
use super::{Backbone, Mirror, Parameters, backbone, published};
use crate::kernel::Epilogue;
use crate::layer::BlockKind;
use burn::tensor::module::max_pool2d;
use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{Device, Tensor};

/// Added to variances; torchvision's value.
const EPSILON: f32 = 1e-5;

/// The dimensions of a residual network.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Its blocks.
    pub block: BlockKind,
    /// Blocks per stage.
    pub blocks: [usize; 3],
    /// Channels after the stem: 64 in all published networks.
    pub stem: usize,
    /// Channels of the three feature maps.
    pub channels: [usize; 3],
}

/// A frozen residual network.
#[derive(Debug)]
pub struct ResNet {
    plan: Plan,
    stem: FoldedConv,
    stages: [Vec<Block>; 3],
}

/// `relu(layers(x) + shortcut(x))`.
#[derive(Debug)]
struct Block {
    layers: Vec<FoldedConv>,
    shortcut: Option<FoldedConv>,
}

impl ResNet {
    /// Builds the network of this plan.
    pub fn load(plan: Plan, parameters: &mut Parameters, device: &Device) -> Self {
        let stem = Shape::centred(3, plan.stem, 7, 2);
        let stem = FoldedConv::load(parameters, ("conv1", "bn1"), stem, EPSILON, device);
        let mut input = plan.stem;
        let stages = std::array::from_fn(|stage| {
            let block = |index| {
                let stride = if stage > 0 && index == 0 { 2 } else { 1 };
                let path = format!("layer{}.{index}", stage + 1);
                let block =
                    Block::load(&plan, parameters, &path, (input, plan.channels[stage]), stride, device);
                input = plan.channels[stage];
                block
            };
            (0..plan.blocks[stage]).map(block).collect()
        });
        Self { plan, stem, stages }
    }
}

impl Block {
    fn load(
        plan: &Plan,
        parameters: &mut Parameters,
        path: &str,
        (input, output): (usize, usize),
        stride: usize,
        device: &Device,
    ) -> Self {
        let mut folded = |conv: &str, norm: &str, shape| {
            let names = (&*format!("{path}.{conv}"), &*format!("{path}.{norm}"));
            FoldedConv::load(parameters, names, shape, EPSILON, device)
        };
        let layers = match plan.block {
            BlockKind::Basic => vec![
                folded("conv1", "bn1", Shape::centred(input, output, 3, stride)),
                folded("conv2", "bn2", Shape::centred(output, output, 3, 1)),
            ],
            // The stride sits in the 3x3 layer: torchvision's variant, also called ResNet v1.5.
            BlockKind::Bottleneck { narrowing } => vec![
                folded("conv1", "bn1", Shape::centred(input, output / narrowing, 1, 1)),
                folded("conv2", "bn2", Shape::centred(output / narrowing, output / narrowing, 3, stride)),
                folded("conv3", "bn3", Shape::centred(output / narrowing, output, 1, 1)),
            ],
        };
        let shortcut = (stride != 1 || input != output)
            .then(|| folded("downsample.0", "downsample.1", Shape::centred(input, output, 1, stride)));
        Self { layers, shortcut }
    }

    fn with_layers(&self, change: &mut dyn FnMut(&FoldedConv) -> FoldedConv) -> Self {
        let layers = self.layers.iter().map(&mut *change).collect();
        Self { layers, shortcut: self.shortcut.as_ref().map(change) }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let identity = match &self.shortcut {
            Some(shortcut) => shortcut.forward(input.clone(), Epilogue::nothing()),
            None => input.clone(),
        };
        let (last, first) = self.layers.split_last().expect("a block has layers");
        let inner = first.iter().fold(input, |output, layer| layer.forward(output, Epilogue::relu()));
        last.forward(inner, Epilogue::join(identity))
    }
}

impl Backbone for ResNet {
    fn channels(&self) -> [usize; 3] {
        self.plan.channels
    }

    fn stage(&self, index: usize, input: Tensor<4>) -> Tensor<4> {
        let input = if index == 0 {
            let options = MaxPoolOptions::new([3; 2]);
            let options = MaxPoolOptions { stride: [2; 2], padding: [(1, 1); 2], ..options };
            max_pool2d(self.stem.forward(input, Epilogue::relu()), options)
        } else {
            input
        };
        self.stages[index].iter().fold(input, |features, block| block.forward(features))
    }

    fn with_layers(&self, change: &mut dyn FnMut(&FoldedConv) -> FoldedConv) -> Option<Box<dyn Backbone>> {
        let stem = change(&self.stem);
        let stages = self
            .stages
            .each_ref()
            .map(|blocks| blocks.iter().map(|block| block.with_layers(change)).collect());
        Some(Box::new(Self { plan: self.plan, stem, stages }))
    }

    /// As RD4AD mirrors it: the embedding stands where the fourth stage would, with as many blocks.
    fn mirror(&self) -> Mirror {
        let embedding_blocks = match self.plan.block {
            BlockKind::Basic => 2,
            BlockKind::Bottleneck { .. } => 3,
        };
        Mirror { block: self.plan.block, embedding_blocks, decoder_blocks: self.plan.blocks }
    }
}

/// ResNet-18.
pub const RESNET18: Plan =
    Plan { block: BlockKind::Basic, blocks: [2, 2, 2], stem: 64, channels: [64, 128, 256] };
/// ResNet-50.
pub const RESNET50: Plan = Plan {
    block: BlockKind::Bottleneck { narrowing: 4 },
    blocks: [3, 4, 6],
    stem: 64,
    channels: [256, 512, 1024],
};
/// Wide ResNet-50-2: ResNet-50 with twice the channels inside each block.
pub const WIDE_RESNET50_2: Plan = Plan { block: BlockKind::Bottleneck { narrowing: 2 }, ..RESNET50 };
/// The same with ResNet-101's third stage.
pub const WIDE_RESNET101_2: Plan = Plan { blocks: [3, 4, 23], ..WIDE_RESNET50_2 };
/// A toy for smoke tests.
pub const TINY: Plan = Plan { block: BlockKind::Basic, blocks: [1, 1, 1], stem: 8, channels: [8, 16, 32] };

backbone! {
    Stages {
        name: "resnet18",
        summary: "ResNet-18, torchvision's first ImageNet weights",
        source: "He et al., CVPR 2016",
        weights_file: "resnet18-f37072fd.pth",
        resource: Some(&published::RESNET18),
        build: |p, d| Box::new(ResNet::load(RESNET18, p, d)),
    }
}
backbone! {
    Stages {
        name: "resnet50",
        summary: "ResNet-50, torchvision's first ImageNet weights",
        source: "He et al., CVPR 2016",
        weights_file: "resnet50-0676ba61.pth",
        resource: Some(&published::RESNET50),
        build: |p, d| Box::new(ResNet::load(RESNET50, p, d)),
    }
}
backbone! {
    Stages {
        name: "wide_resnet50_2",
        summary: "Wide ResNet-50-2, torchvision's first ImageNet weights: the teacher of the published tables",
        source: "Zagoruyko & Komodakis, BMVC 2016",
        weights_file: "wide_resnet50_2-95faca4d.pth",
        resource: Some(&published::WIDE_RESNET50_2),
        build: |p, d| Box::new(ResNet::load(WIDE_RESNET50_2, p, d)),
    }
}
backbone! {
    Stages {
        name: "wide_resnet101_2",
        summary: "Wide ResNet-101-2, torchvision's first ImageNet weights: PNI's",
        source: "Zagoruyko & Komodakis, BMVC 2016",
        weights_file: "wide_resnet101_2-32ee1156.pth",
        resource: Some(&published::WIDE_RESNET101_2),
        build: |p, d| Box::new(ResNet::load(WIDE_RESNET101_2, p, d)),
    }
}
backbone! {
    Stages {
        name: "tiny",
        summary: "a residual network of three blocks, random weights only: for smoke tests, not for results",
        source: "shiftbench",
        weights_file: "",
        resource: None,
        build: |p, d| Box::new(ResNet::load(TINY, p, d)),
    }
}
