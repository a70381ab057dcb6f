//! PatchCore: the distance of each patch to the nearest one remembered from normal pictures.
//!
//! Roth et al., "Towards Total Recall in Industrial Anomaly Detection", CVPR 2022.
//!
//! As released: the second and third feature map of Wide ResNet-50-2, 3x3 neighbourhoods, 1024 values a patch, a
//! greedy coreset of 10 % found in a random projection to 128 values, squared distance to the one nearest vector,
//! the highest patch as the picture's score, maps smoothed with sigma 4, the central 224 of 256 pixels. The
//! released code then stretches all scores of a test set to 0..1: that looks at the test set, and is left out.
//! The re-weighting of the paper (equation 7) is not in the released code; `reweight` brings it.
//!
//! With another backbone a patch has as many values as the coarser map has channels, our choice: 1024 on Wide
//! ResNet-50-2.

mod coreset;
mod options;
mod reweight;

use self::options::Options;
use crate::memory_bank::{MemoryBank, Nearest};
use crate::patch_features::{Extractor, Neighbourhood, Patches, anomaly_map, centre_crop};
use crate::trained::{Method, Trained};
use burn::tensor::Tensor;
use harness::prelude::*;
use std::path::Path;

/// Pictures that go through the network at once.
const BATCH: usize = 8;

/// The finer of the two feature maps has this stride.
const STRIDE: u32 = 8;

/// The detector.
pub struct PatchCore {
    options: Options,
    geometry: Geometry,
    extractor: Extractor,
}

impl PatchCore {
    /// The anomaly of one picture from its patches `[positions, dimension]`.
    fn anomaly(
        &self,
        bank: &MemoryBank,
        patches: Tensor<2>,
        size: (usize, usize),
        nearest: &Nearest,
    ) -> Result<Anomaly, DetectorError> {
        let score = if self.options.reweight {
            reweight::score(bank, patches, nearest)?
        } else {
            nearest.squared.iter().copied().fold(0.0, f32::max)
        };
        let map = anomaly_map(&nearest.squared, size, self.geometry.side(), self.options.sigma);
        Ok(Anomaly { score, map: Some(map) })
    }
}

impl Method for PatchCore {
    type Model = MemoryBank;

    fn geometry(&self) -> Geometry {
        self.geometry
    }

    fn train(&self, train: &TrainingSet, context: &FitContext<'_>) -> Result<MemoryBank, DetectorError> {
        let (dimension, device) = (self.extractor.dimension(), self.extractor.device());
        let vectors = self.extractor.values(&train.pictures, BATCH)?;
        let kept = coreset::reduce(vectors, dimension, &self.options, device, context)?;
        Ok(MemoryBank::new(kept, dimension, device))
    }

    fn score(&self, bank: &MemoryBank, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let mut anomalies = Vec::with_capacity(pictures.len());
        for batch in pictures.chunks(BATCH) {
            let Patches { vectors, height, width } = self.extractor.patches(batch);
            for patches in vectors.iter_dim(0) {
                let patches: Tensor<2> = patches.flatten(0, 1);
                let nearest = bank.nearest(patches.clone())?;
                anomalies.push(self.anomaly(bank, patches, (height, width), &nearest)?);
            }
        }
        Ok(anomalies)
    }

    fn save(&self, bank: &MemoryBank, folder: &Path) -> Result<(), DetectorError> {
        bank.save(folder)
    }

    fn load(&self, folder: &Path) -> Result<MemoryBank, DetectorError> {
        MemoryBank::load(folder, self.extractor.dimension(), self.extractor.device())
    }

    fn parameters(&self, bank: &MemoryBank) -> u64 {
        bank.numbers()
    }
}

impl DetectorPlugin for PatchCore {
    const NAME: &'static str = "patchcore";
    const SUMMARY: &'static str = "distance of each patch to the nearest of a coreset of normal patches";
    const PAPER: &'static str =
        "Roth et al., Towards Total Recall in Industrial Anomaly Detection, CVPR 2022";
    const REVISION: u32 = 2;
    const NEEDS_BACKBONE: bool = true;
    const COST: Cost = Cost::Light;
    const STATE: &'static str = "the bank of chosen patches, 19 to 126 MB on MVTec AD";
    type Options = Options;

    fn accepts(options: &Options, facts: &Facts<'_>) -> Result<(), Refusal> {
        Ok(centre_crop(facts.image_size, options.crop, STRIDE).map(drop)?)
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        let geometry = centre_crop(context.image_size, options.crop, STRIDE)?;
        let (patch, dimension) = (options.patch, options.dimension);
        let extractor = Extractor::new(context, |channels| Neighbourhood {
            patch,
            dimension: dimension.unwrap_or(channels),
        })?;
        Ok(Trained::not_yet(Self { options, geometry, extractor }))
    }
}

inventory::submit! { DetectorEntry::of::<PatchCore>() }

#[cfg(test)]
mod tests;
