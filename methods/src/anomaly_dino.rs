//! AnomalyDINO: the cosine distance of each patch token to the nearest one of normal pictures; nothing is trained.
//!
//! Damm et al., "AnomalyDINO: Boosting Patch-based Few-shot Anomaly Detection with DINOv2", WACV 2025.
//!
//! As released: DINOv2's ViT-S/14 without registers at 448 pixels, to which pictures are resized bicubically; tokens
//! after the last normalisation, brought to length 1; cosine distance to the one nearest token in memory; mean of the
//! highest 1 % of a picture's patches as its score; maps smoothed with sigma 4.
//!
//! Differently from the released code (`docs/deviations.md` has the effects): all training pictures are remembered (the
//! full-shot setting; `shots` takes fewer); the whole picture is stretched to a square, a whole number of patches wide,
//! where the released code keeps the aspect ratio. Left out: rotated copies of the remembered pictures, and the mask of
//! the foreground by the first principal component, which the paper uses for objects only, not for textures that fill
//! the picture.

use crate::backbone::{self, TokenBackbone};
use crate::device;
use crate::memory_bank::MemoryBank;
use crate::patch_features::{anomaly_map, top_mean};
use crate::trained::{Method, Trained};
use crate::view::Planes;
use burn::tensor::{Device, Tensor};
use harness::prelude::*;
use rand::seq::index::sample;
use std::borrow::Borrow;
use std::path::Path;

/// Pictures that go through the network at once.
const BATCH: usize = 4;

/// Share of the patches whose mean distance is the picture's score.
const TOP: f64 = 0.01;

/// The detector.
pub struct AnomalyDino {
    options: Options,
    side: u32,
    device: Device,
    backbone: Box<dyn TokenBackbone>,
}

options! {
    /// The default is full-shot.
    pub struct Options {
        /// Training pictures that are remembered, drawn by the seed; none for all.
        pub shots: Option<usize> = None => training().at_least(1),
        /// Standard deviation of the map's smoothing, in pixels of the network's input; 0 for none.
        pub sigma: f64 = 4.0 => test().at_least(0).at_most(1000),
    }
}

impl AnomalyDino {
    /// Patch tokens of length 1: `[pictures, patches, width]`.
    fn tokens<P: Borrow<RgbImage> + Sync>(&self, pictures: &[P]) -> Tensor<3> {
        let pictures = device::upload_pictures(pictures, Planes::normalise, &self.device);
        let tokens = self.backbone.patches(pictures);
        let norms = tokens.clone().square().sum_dim(2).sqrt().clamp_min(1e-12);
        tokens / norms
    }
}

impl Method for AnomalyDino {
    type Model = MemoryBank;

    fn geometry(&self) -> Geometry {
        Geometry::StretchBicubic(self.side)
    }

    fn train(&self, train: &TrainingSet, context: &FitContext<'_>) -> Result<MemoryBank, DetectorError> {
        let count = train.pictures.len();
        let mut chosen: Vec<usize> = match self.options.shots {
            Some(shots) if shots < count => {
                sample(&mut context.random.stream("shots", ""), count, shots).into_vec()
            }
            _ => (0..count).collect(),
        };
        chosen.sort_unstable();
        let mut values = Vec::new();
        for batch in chosen.chunks(BATCH) {
            let pictures: Vec<&RgbImage> = batch.iter().map(|&index| &train.pictures[index]).collect();
            values.extend(device::download(self.tokens(&pictures))?);
        }
        Ok(MemoryBank::new(values, self.backbone.width(), &self.device))
    }

    fn score(&self, bank: &MemoryBank, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let patches = self.side as usize / self.backbone.patch();
        let mut anomalies = Vec::with_capacity(pictures.len());
        for batch in pictures.chunks(BATCH) {
            for tokens in self.tokens(batch).iter_dim(0) {
                let nearest = bank.nearest(tokens.flatten(0, 1))?;
                // Of vectors of length 1: 1 - cos is half the squared distance.
                let distances: Vec<f32> = nearest.squared.iter().map(|squared| squared / 2.0).collect();
                let map = anomaly_map(&distances, (patches, patches), self.side, self.options.sigma);
                anomalies.push(Anomaly { score: top_mean(&distances, TOP), map: Some(map) });
            }
        }
        Ok(anomalies)
    }

    fn save(&self, bank: &MemoryBank, folder: &Path) -> Result<(), DetectorError> {
        bank.save(folder)
    }

    fn load(&self, folder: &Path) -> Result<MemoryBank, DetectorError> {
        MemoryBank::load(folder, self.backbone.width(), &self.device)
    }

    fn parameters(&self, bank: &MemoryBank) -> u64 {
        bank.numbers()
    }
}

impl DetectorPlugin for AnomalyDino {
    const NAME: &'static str = "anomaly-dino";
    const SUMMARY: &'static str = "cosine distance of each DINOv2 patch token to the nearest normal one";
    const PAPER: &'static str = "Damm et al., AnomalyDINO: Boosting Patch-based Few-shot Anomaly Detection with \
                                 DINOv2, WACV 2025";
    const REVISION: u32 = 2;
    const NEEDS_BACKBONE: bool = true;
    const BACKBONE: BackboneKind = BackboneKind::Tokens;
    const OWN_BACKBONE: Option<&'static str> = Some("dinov2_vits14");
    const COST: Cost = Cost::Light;
    const STATE: &'static str = "every training patch, 1.6 MB a picture at 448 px";
    type Options = Options;

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        let device = device::open(context.device)?;
        let backbone: Box<dyn TokenBackbone> =
            backbone::load(&context.backbone, &context.data_root, &device)?;
        let side = whole_patches(context.image_size, &*backbone)?;
        Ok(Trained::not_yet(Self { options, side, device, backbone }))
    }
}

/// The largest side up to `image_size` that is a whole number of patches.
fn whole_patches(image_size: u32, backbone: &dyn TokenBackbone) -> Result<u32, DetectorError> {
    let patch = backbone.patch() as u32;
    let side = image_size / patch * patch;
    let reason = format!("is {image_size}, but a patch has {patch} pixels; make it larger");
    if side > 0 { Ok(side) } else { Err(DetectorError::Option { option: "image_size", reason }) }
}

inventory::submit! { DetectorEntry::of::<AnomalyDino>() }

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::backbone::{BackboneChoice, Weights};
    use harness::contract::device::DeviceChoice;
    use harness::contract::seed::Root;

    fn fitted(options: Options, pictures: &[RgbImage]) -> Box<dyn Detector> {
        let context = BuildContext {
            image_size: 64,
            backbone: BackboneChoice { name: "tiny_vit".into(), weights: Weights::Random(0) },
            device: DeviceChoice::Cpu,
            data_root: "none".into(),
        };
        let mut detector = AnomalyDino::build(options, &context).unwrap();
        let schedule = Schedule::Own { category: "toy".into() };
        let context = FitContext { random: Root::new(0, "toy", "toy"), schedule, progress: &|_, _, _| {} };
        let train = TrainingSet { pictures: pictures.to_vec(), references: Vec::new() };
        detector.fit(&train, &context).unwrap();
        detector
    }

    fn pictures(count: u8) -> Vec<RgbImage> {
        let shade = |x: u32, y: u32, index: u8| (x * x + y * 7 * u32::from(index + 1)) as u8;
        let picture =
            |index| RgbImage::from_fn(56, 56, |x, y| image::Rgb([shade(x, y, index), shade(y, x, index), 9]));
        (0..count).map(picture).collect()
    }

    #[test]
    fn remembered_pictures_score_zero_and_shots_are_fewer() {
        let mut all = fitted(Options::default(), &pictures(4));
        assert_eq!(all.geometry(), Geometry::StretchBicubic(56));
        assert!(all.score(&pictures(4)).unwrap().iter().all(|anomaly| anomaly.score == 0.0));
        let mut few = fitted(Options { shots: Some(2), ..Options::default() }, &pictures(4));
        assert_eq!(few.parameters(), Some(2 * 16 * 24), "two pictures of 16 tokens");
        let zero = few.score(&pictures(4)).unwrap().iter().filter(|anomaly| anomaly.score == 0.0).count();
        assert_eq!(zero, 2);
    }

    /// A distance of cosines lies in 0..=2 and does not see how long a token is.
    #[test]
    fn distances_are_those_of_cosines() {
        let mut detector = fitted(Options { sigma: 0.0, ..Options::default() }, &pictures(1));
        let anomalies = detector.score(&pictures(3)).unwrap();
        assert!(anomalies[1..].iter().all(|anomaly| anomaly.score > 0.0 && anomaly.score <= 2.0));
    }
}
