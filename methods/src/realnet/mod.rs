//! RealNet (Zhang et al., "RealNet: A Feature Selection Network with Realistic Synthetic Anomaly for Anomaly
//! Detection", CVPR 2024): channels of a frozen network that react to synthetic anomalies are reconstructed as if
//! there were none, and a head finds anomalies in what differs.
//!
//! Synthetic anomalies decide which method this is. The paper's come from a diffusion model trained for each
//! category, or from a data set of textures. Here they are procedural textures, so that nothing need be fetched;
//! then the paper's first contribution is missing, hence the name. With `source: sdas("folder")` or
//! `source: dtd("folder")` it is RealNet as published on such pictures; a suite then labels the row so:
//! `(name: "realnet-p", label: "realnet", options: (source: sdas("folder")))`. Pictures of a folder are not hashed:
//! who changes them must train again.
//!
//! Reconstruction: a U-Net for each scale, with residual blocks that halve (by averages) and double (by two transposed
//! convolutions). Selection and head: channels whose changes, brought to 0 to 1, are most like the mask; of the squared
//! residuals a sixth each with the highest maximum and the highest mean, which is 256 of the published 1536.
//!
//! Deviations, whose effects are in `docs/deviations.md`: the backbone is the suite's (torchvision's weights, three scales;
//! published: timm's, four scales with 256, 512, 512 and 256 channels kept); which ten operations alter a texture is our
//! choice, as are the activations between the head's convolutions and the place of batch normalisation at the end of its
//! residuals; the whole picture counts as foreground. The released evaluation turns an AUROC below one half round and keeps
//! the best checkpoint on test data; neither happens here, so numbers are lower than they would be.
//!
//! The released loss is a sum, in which the reconstruction grows with the square of the features: on EfficientNet-Lite0 it is
//! some 240 where the cross-entropy of undecided logits is 0.7. `reconstruction` weighs it; as released it
//! is 1.
//!
//! At the published widths four scales have 518 million parameters, three 466; `width_ratio: 0.25` is a light mode.

mod anomaly;
mod block;
pub mod discrimination;
mod network;
mod options;
mod perlin;
pub mod reconstruction;
mod resample;
pub mod selection;
mod source;
mod texture;
mod train;

pub use self::options::Options;
pub use self::source::Source;

use self::network::{Learned, Network, Selection};
use self::source::Contents;
use self::train::Training;
use crate::anomalies::with_maps;
use crate::backbone::{self, Backbone};
use crate::device;
use crate::layer::Init;
use crate::rules;
use crate::trained::{ModuleMethod, Trained};
use crate::view::Planes;
use burn::tensor::activation::softmax;
use burn::tensor::module::avg_pool2d;
use burn::tensor::ops::AvgPoolOptions;
use burn::tensor::{Device, Tensor};
use harness::prelude::*;

/// The coarsest features have stride 16.
const STRIDE: u32 = 16;
/// Side of the window whose mean is a picture's score at its highest.
const WINDOW: usize = 16;

struct RealNet {
    options: Options,
    side: u32,
    device: Device,
    teacher: Box<dyn Backbone>,
}

impl RealNet {
    fn new(options: Options, context: &BuildContext) -> Result<Self, DetectorError> {
        let side = rules::whole_strides(context.image_size, STRIDE)?;
        let device = device::open(context.device)?;
        let teacher = backbone::load(&context.backbone, &context.data_root, &device)?;
        Ok(Self { options, side, device, teacher })
    }
}

/// The highest mean of a window of 16 by 16 pixels in each map of `[batch, 1, side, side]`: `[batch]`.
fn image_scores(maps: Tensor<4>) -> Tensor<1> {
    let [_, _, side, _] = maps.dims();
    let options = AvgPoolOptions { stride: [1; 2], ..AvgPoolOptions::new([side.min(WINDOW); 2]) };
    avg_pool2d(maps, options).flatten::<2>(1, 3).max_dim(1).squeeze_dim(1)
}

impl ModuleMethod for RealNet {
    const FILE: &'static str = "network.safetensors";
    type Model = Learned;

    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.side)
    }

    fn blank(&self) -> Result<Learned, DetectorError> {
        let kept = Selection::kept(self.teacher.channels());
        let network = Network::new(&Init::blank(&self.device), kept, self.options.width_ratio);
        let blank = Selection(kept.map(|count| vec![0; count]));
        Ok(Learned::new(network, &blank, &self.device))
    }

    fn train(&self, train: &TrainingSet, context: &FitContext<'_>) -> Result<Learned, DetectorError> {
        let training = Training {
            options: &self.options,
            teacher: &*self.teacher,
            pictures: &train.pictures,
            contents: &Contents::open(&self.options.source)?,
            device: &self.device,
            context,
        };
        training.run()
    }

    fn score(&self, learned: &Learned, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let pictures = device::upload_pictures(pictures, Planes::normalise, &self.device);
        let features = learned.selection()?.apply(self.teacher.features(pictures));
        let answer = learned.network.forward(features, self.side as usize)?;
        let maps = softmax(answer.logits, 1).narrow(1, 1, 1);
        let scores = device::download(image_scores(maps.clone()))?;
        let maps = device::download(maps)?;
        Ok(with_maps(scores, &maps, self.side))
    }
}

/// RealNet as a plugin.
pub struct RealNetPlugin;

impl DetectorPlugin for RealNetPlugin {
    const NAME: &'static str = "realnet-p";
    const SUMMARY: &'static str =
        "RealNet on procedural textures: residuals of features that react to synthetic anomalies";
    const PAPER: &'static str = "Zhang et al., RealNet: A Feature Selection Network with Realistic Synthetic Anomaly \
                                 for Anomaly Detection, CVPR 2024";
    const REVISION: u32 = 2;
    const NEEDS_BACKBONE: bool = true;
    const COST: Cost = Cost::Heavy;
    const STATE: &'static str = "reconstruction networks and a head, some 1.9 GB at width_ratio 1";
    const SEPARATION: Option<Separation> = Some(Separation {
        options: "(width_ratio: 1, selection_batches: 8, learning_rate: 3e-3)",
        steps: 100,
        ..Separation::DEFAULT
    });
    type Options = Options;

    fn budget(options: &Options, schedule: &Schedule, pictures: usize) -> Option<Budget> {
        Some(options.budget(schedule, pictures))
    }

    fn accepts(_: &Options, facts: &Facts<'_>) -> Result<(), Refusal> {
        Ok(rules::whole_strides(facts.image_size, STRIDE).map(drop)?)
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Trained::not_yet(RealNet::new(options, context)?))
    }
}

inventory::submit! { DetectorEntry::of::<RealNetPlugin>() }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_hot_pixel_scores_a_256th() {
        let device = Device::flex();
        let mut values = vec![0.0; 2 * 32 * 32];
        values[32 * 32 + 17 * 32 + 9] = 1.0;
        let maps = Tensor::from_data(burn::tensor::TensorData::new(values, [2, 1, 32, 32]), &device);
        let scores = image_scores(maps).try_to_vec_as::<f32>().unwrap();
        assert!(scores[0] == 0.0 && (scores[1] - 1.0 / 256.0).abs() < 1e-8, "{scores:?}");
    }
}
