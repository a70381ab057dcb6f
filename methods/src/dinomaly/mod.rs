//! Dinomaly: a decoder of linear attention restores the middle layers of a frozen vision transformer from a noisy
//! bottleneck.
//!
//! Guo et al., "Dinomaly: The Less Is More Philosophy in Multi-Class Unsupervised Anomaly Detection", CVPR 2025.
//!
//! As released: DINOv2's ViT-B/14 with registers on the central 392 of 448 pixels, to which a picture is stretched;
//! its middle eight layers, averaged, are what a perceptron with three dropouts passes on; eight blocks of linear
//! attention restore them, class and register tokens too, but only patches are compared: two groups of four layers,
//! by the cosine of whole maps ("loose" reconstruction). Gradients of points that are restored well are damped to a
//! tenth, in the end all but the worst 10 %; all gradients together are clipped to length 0.1. StableAdamW with
//! AMSGrad, epsilon 1e-8 and weight decay 1e-4, from 2e-3 to 2e-4 along a half cosine, batches of 16, 5000 steps for a
//! class, of which 100 warm up and 1000 extend the damping. Weights start from a normal distribution of deviation
//! 0.01, cut off at 0.03. The two groups' mean map, brought to 256 pixels, is smoothed with sigma 4 in a window of 5
//! by 5, and then the mean of its highest 1 % is a picture's score.
//!
//! Differently from the released code (`docs/deviations.md` has the effects): warm-up and damping are shares of the
//! steps; a class with fewer pictures than a batch is trained on what there is; the map of 256 pixels is brought back
//! to the frame.

mod clipping;
mod damping;
mod loss;
mod map;
mod network;
mod options;
mod stable_adamw;
mod train;

use self::network::Restorer;
use self::options::Options;
use crate::backbone::{self, TokenBackbone};
use crate::device;
use crate::layer::Init;
use crate::patch_features::stretched_crop;
use crate::trained::{ModuleMethod, Trained};
use crate::view::Planes;
use burn::module::Module;
use burn::tensor::Device;
use harness::prelude::*;

/// Pictures that are scored at once.
const BATCH: usize = 8;

/// The detector.
pub struct Dinomaly {
    options: Options,
    geometry: Geometry,
    device: Device,
    teacher: Box<dyn TokenBackbone>,
}

impl Dinomaly {
    /// Of one picture, from the mean distance of each patch over the groups.
    fn anomaly(&self, distances: &[f32]) -> Anomaly {
        let side = self.geometry.side();
        map::anomaly(distances, side as usize / self.teacher.patch(), side, self.options.sigma)
    }
}

impl ModuleMethod for Dinomaly {
    const FILE: &'static str = "restorer.safetensors";
    type Model = Restorer;

    fn geometry(&self) -> Geometry {
        self.geometry
    }

    fn blank(&self) -> Result<Restorer, DetectorError> {
        Ok(Restorer::new(&Init::blank(&self.device), &*self.teacher))
    }

    fn train(&self, train: &TrainingSet, context: &FitContext<'_>) -> Result<Restorer, DetectorError> {
        let differentiating = self.device.clone().autodiff();
        let init = Init::random(&context.random, &differentiating);
        let restorer = Restorer::new(&init, &*self.teacher);
        let restorer = train::run(&self.options, &*self.teacher, restorer, train, &self.device, context)?;
        Ok(restorer.valid())
    }

    fn score(&self, restorer: &Restorer, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let mut anomalies = Vec::with_capacity(pictures.len());
        for batch in pictures.chunks(BATCH) {
            let input = device::upload_pictures(batch, Planes::normalise, &self.device);
            let layers = network::layers(&*self.teacher, input);
            let restored = restorer.forward(&layers, None);
            let prefix = self.teacher.prefix();
            let groups = loss::groups(layers, prefix).into_iter().zip(loss::groups(restored, prefix));
            let distances = groups.map(|(teacher, student)| loss::per_point(teacher, student));
            let mean = distances.reduce(|sum, distance| sum + distance).map(|sum| sum / loss::GROUPS as f64);
            let values = mean.map(device::download).transpose()?.unwrap_or_default();
            anomalies.extend(values.chunks_exact(values.len() / batch.len()).map(|map| self.anomaly(map)));
        }
        Ok(anomalies)
    }
}

impl DetectorPlugin for Dinomaly {
    const NAME: &'static str = "dinomaly";
    const SUMMARY: &'static str =
        "a linear-attention decoder restores DINOv2's middle layers from a bottleneck with dropout";
    const PAPER: &'static str = "Guo et al., Dinomaly: The Less Is More Philosophy in Multi-Class Unsupervised \
                                 Anomaly Detection, CVPR 2025";
    const REVISION: u32 = 2;
    const NEEDS_BACKBONE: bool = true;
    const BACKBONE: BackboneKind = BackboneKind::Tokens;
    const OWN_BACKBONE: Option<&'static str> = Some("dinov2_vitb14_reg");
    const COST: Cost = Cost::Heavy;
    const STATE: &'static str = "the bottleneck and the decoder, 244 MB with dinov2_vitb14_reg";
    const SEPARATION: Option<Separation> =
        Some(Separation { options: "(crop: false)", ..Separation::DEFAULT });
    type Options = Options;

    fn budget(options: &Options, schedule: &Schedule, _pictures: usize) -> Option<Budget> {
        Some(options.budget(schedule))
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        let device = device::open(context.device)?;
        let teacher: Box<dyn TokenBackbone> = backbone::load(&context.backbone, &context.data_root, &device)?;
        let geometry = stretched_crop(context.image_size, options.crop, teacher.patch() as u32)?;
        Ok(Trained::not_yet(Self { options, geometry, device, teacher }))
    }
}

inventory::submit! { DetectorEntry::of::<Dinomaly>() }

#[cfg(test)]
mod tests;
