//! SimpleNet: a small discriminator tells adapted patch features from the same features with noise on them.
//!
//! Liu et al., "SimpleNet: A Simple Network for Image Anomaly Detection and Localization", CVPR 2023.
//!
//! As released: PatchCore's patch features with 1536 values on Wide ResNet-50-2, one linear adaptor, noise of
//! standard deviation 0.015 after it, a discriminator of two layers, hinge loss with margin 0.5, 160 passes in
//! batches of 8, the central 288 of 329 pixels. The released code tests after every fourth pass and reports the
//! pass that was best *on the test set*; here training ends where its steps end, so scores may be lower than
//! published ones, and mean something under shift.
//!
//! Nothing is augmented, so features are computed once and kept (`cache`); the weights are the same without.
//! On other backbones a patch has half again as many values as the coarser map has channels, our choice: 1536
//! on Wide ResNet-50-2.

mod head;
mod options;
mod train;

use self::head::Head;
use self::options::Options;
use crate::device;
use crate::layer::Init;
use crate::patch_features::{Extractor, Neighbourhood, Patches, anomaly_map, centre_crop};
use crate::trained::{ModuleMethod, Trained};
use burn::module::Module;
use burn::tensor::Tensor;
use harness::prelude::*;

/// Pictures that are scored at once.
const BATCH: usize = 8;

/// The finer of the two feature maps has this stride.
const STRIDE: u32 = 8;

/// The detector.
pub struct SimpleNet {
    options: Options,
    geometry: Geometry,
    extractor: Extractor,
}

impl ModuleMethod for SimpleNet {
    const FILE: &'static str = "head.safetensors";
    type Model = Head;

    fn geometry(&self) -> Geometry {
        self.geometry
    }

    fn blank(&self) -> Result<Head, DetectorError> {
        let init = Init::blank(self.extractor.device());
        Ok(Head::new(&init, self.extractor.dimension(), self.options.hidden))
    }

    fn train(&self, train: &TrainingSet, context: &FitContext<'_>) -> Result<Head, DetectorError> {
        let differentiating = self.extractor.device().clone().autodiff();
        let init = Init::random(&context.random, &differentiating);
        let head = Head::new(&init, self.extractor.dimension(), self.options.hidden);
        Ok(train::run(&self.options, &self.extractor, head, &train.pictures, context)?.valid())
    }

    fn score(&self, head: &Head, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let mut anomalies = Vec::with_capacity(pictures.len());
        for batch in pictures.chunks(BATCH) {
            let Patches { vectors, height, width } = self.extractor.patches(batch);
            let vectors: Tensor<2> = vectors.flatten(0, 1);
            let scores = device::download(head.discriminate(head.adapt(vectors)).neg())?;
            anomalies.extend(scores.chunks_exact(height * width).map(|scores| {
                let map = anomaly_map(scores, (height, width), self.geometry.side(), self.options.sigma);
                Anomaly { score: scores.iter().copied().fold(f32::NEG_INFINITY, f32::max), map: Some(map) }
            }));
        }
        Ok(anomalies)
    }
}

impl DetectorPlugin for SimpleNet {
    const NAME: &'static str = "simplenet";
    const SUMMARY: &'static str = "a discriminator learns to tell patch features from their noisy copies";
    const PAPER: &'static str =
        "Liu et al., SimpleNet: A Simple Network for Image Anomaly Detection and Localization, CVPR 2023";
    const REVISION: u32 = 2;
    const STATE: &'static str = "an adaptor and a discriminator, 16 MB";
    /// Its discriminator, untrained, is a random direction in features that tell a lot.
    const SEPARATION: Option<Separation> = Some(Separation { steps: 30, gain: 0.05, ..Separation::DEFAULT });
    const NEEDS_BACKBONE: bool = true;
    type Options = Options;

    fn budget(options: &Options, schedule: &Schedule, pictures: usize) -> Option<Budget> {
        Some(options.budget(schedule, pictures))
    }

    fn accepts(options: &Options, facts: &Facts<'_>) -> Result<(), Refusal> {
        Ok(centre_crop(facts.image_size, options.crop, STRIDE).map(drop)?)
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        let geometry = centre_crop(context.image_size, options.crop, STRIDE)?;
        let (patch, dimension) = (options.patch, options.dimension);
        let extractor = Extractor::new(context, |channels| Neighbourhood {
            patch,
            dimension: dimension.unwrap_or(channels + channels / 2),
        })?;
        Ok(Trained::not_yet(Self { options, geometry, extractor }))
    }
}

inventory::submit! { DetectorEntry::of::<SimpleNet>() }

#[cfg(test)]
mod tests;
