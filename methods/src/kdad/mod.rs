//! KDAD (Salehi et al., "Multiresolution Knowledge Distillation for Anomaly Detection", CVPR 2021): a cloner
//! that is much narrower than its teacher VGG-16 learns to have its features on normal pictures, and fails
//! elsewhere.
//!
//! Defaults are those released for MVTec AD, whose pictures are *not* normalised as the teacher was trained;
//! for CIFAR-10: `geometry: centre_crop(resize: 256, crop: 224), normalise: imagenet, lambda: 0.01,
//! epochs: 201`. The released loops run one epoch more than they are set to, so 601 and 201.
//!
//! Training compares four poolings (2 to 5), testing three (3 to 5), as released. Not here: SmoothGrad maps,
//! and the morphological opening of thresholded maps, which belongs to an evaluation of its own.

pub mod cloner;
pub mod discrepancy;
mod localisation;

use self::cloner::Cloner;
use self::discrepancy::discrepancy;
use crate::backbone::vgg;
use crate::device;
use crate::layer::{Chain, Init};
use crate::module_file;
use crate::optimiser::Adam;
use crate::training::Course;
use crate::view::Planes;
use burn::module::Module;
use burn::tensor::{Device, Tensor};
use harness::prelude::*;
use rayon::prelude::*;
use std::path::Path;

/// The first pooling (from 0) that training compares.
const TRAINED: usize = 1;
/// The first pooling (from 0) that scoring compares.
const SCORED: usize = 2;
/// Stride of the last pooling.
const STRIDE: u32 = 32;
/// The name of the only state file.
const STATE: &str = "cloner.safetensors";

/// What KDAD decides; defaults as released for MVTec AD.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Passes over the training pictures; at least 1.
    pub epochs: usize,
    /// Pictures per step; at least 1.
    pub batch: usize,
    /// Adam's step size.
    pub learning_rate: f64,
    /// Weight of the squared difference beside the cosine; at least 0.
    pub lambda: f64,
    /// The frame of the input; its side must be a multiple of 32.
    pub geometry: Geometry,
    /// How pixels become numbers.
    pub normalise: Normalisation,
    /// How anomalies are located.
    pub map: Localisation,
    /// Standard deviation of the map's Gaussian smoothing, in pixels of the input; 0 for none.
    pub sigma: f64,
}

/// How pixels become numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalisation {
    /// 0 to 1.
    None,
    /// By the mean and standard deviation of ImageNet.
    Imagenet,
}

/// How anomalies are located.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Localisation {
    /// Guided back-propagation of the score.
    Guided,
    /// The gradient of the score.
    Gradient,
    /// Not at all, which saves two thirds of the time.
    None,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            epochs: 601,
            batch: 64,
            learning_rate: 1e-3,
            lambda: 0.5,
            geometry: Geometry::Stretch(128),
            normalise: Normalisation::None,
            map: Localisation::Guided,
            sigma: 4.0,
        }
    }
}

impl Options {
    fn check(&self) -> Result<(), DetectorError> {
        let side = self.geometry.side();
        let rules = [
            ("epochs", self.epochs > 0, "must be at least 1"),
            ("batch", self.batch > 0, "must be at least 1"),
            ("learning_rate", self.learning_rate > 0.0, "must be above 0"),
            ("lambda", self.lambda >= 0.0, "must be at least 0"),
            (
                "geometry",
                side > 0 && side <= 4096 && side.is_multiple_of(STRIDE),
                "must have a side that is a multiple of 32, at most 4096",
            ),
            ("sigma", (0.0..=1000.0).contains(&self.sigma), "must be 0 to 1000 pixels"),
        ];
        crate::rules::check(&rules)
    }

    fn planes(&self, picture: &RgbImage) -> Planes {
        match self.normalise {
            Normalisation::None => Planes::scaled(picture, 0.0, 1.0),
            Normalisation::Imagenet => Planes::normalise(picture),
        }
    }
}

struct Kdad {
    options: Options,
    device: Device,
    teacher: Chain,
    /// The trained cloner on a plain device, and the form of it that scores.
    cloner: Option<(Cloner, Chain)>,
}

impl Kdad {
    fn upload(&self, pictures: &[&RgbImage]) -> Tensor<4> {
        let planes: Vec<Planes> = pictures.par_iter().map(|picture| self.options.planes(picture)).collect();
        device::upload(&planes, &self.device)
    }

    fn learn(&mut self, cloner: Cloner) {
        let frozen = cloner.chain();
        self.cloner = Some((cloner, frozen));
    }

    fn cloner(&self) -> Result<&(Cloner, Chain), DetectorError> {
        self.cloner.as_ref().ok_or_else(crate::rules::untrained)
    }
}

impl Detector for Kdad {
    fn geometry(&self) -> Geometry {
        self.options.geometry
    }

    fn fit(&mut self, train: &TrainingSet, context: &FitContext<'_>) -> Result<(), DetectorError> {
        let budget =
            context.schedule.budget(train.pictures.len(), self.options.batch, |_| self.options.epochs);
        let differentiating = self.device.clone().autodiff();
        let mut cloner = Cloner::new(&Init::random(&context.random, &differentiating));
        let mut optimiser = Adam::new(self.options.learning_rate, [0.9, 0.999]);
        Course::new(context, budget.steps).stage("shuffle", train.pictures.len(), budget, |batch| {
            let pictures: Vec<_> = batch.pictures.iter().map(|&index| &train.pictures[index]).collect();
            let pictures = self.upload(&pictures);
            let targets = self.teacher.taps(pictures.clone()).split_off(TRAINED);
            let targets: Vec<_> = targets.into_iter().map(Tensor::autodiff).collect();
            let answers = cloner.taps(pictures.autodiff()).split_off(TRAINED);
            let loss = discrepancy(&targets, &answers, self.options.lambda).ok_or_else(no_taps)?.mean();
            optimiser.descend(&mut cloner, &loss)
        })?;
        self.learn(cloner.valid());
        Ok(())
    }

    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        if pictures.is_empty() {
            return Ok(Vec::new());
        }
        let (_, cloner) = self.cloner()?;
        let input = self.upload(&pictures.iter().collect::<Vec<_>>());
        let [features, answers] =
            [&self.teacher, cloner].map(|network| network.taps(input.clone()).split_off(SCORED));
        let Options { lambda, map, sigma, .. } = self.options;
        let scores = device::download(discrepancy(&features, &answers, lambda).ok_or_else(no_taps)?)?;
        let maps = localisation::gradients(&self.teacher, cloner, input, lambda, map);
        let maps = maps.map(device::download).transpose()?;
        let side = self.geometry().side();
        let size = (side * side) as usize;
        let anomaly = |(index, score): (usize, f32)| {
            let values = maps.as_ref().map(|maps| &maps[index * size..][..size]);
            let map = values.map(|values| {
                let values = localisation::finish(values, side as usize, sigma);
                AnomalyMap { width: side, height: side, values }
            });
            Anomaly { score, map }
        };
        Ok(scores.into_par_iter().enumerate().map(anomaly).collect())
    }

    fn save(&self, folder: &Path) -> Result<(), DetectorError> {
        module_file::save(&folder.join(STATE), &self.cloner()?.0)
    }

    fn load(&mut self, folder: &Path) -> Result<(), DetectorError> {
        let mut cloner = Cloner::new(&Init::blank(&self.device));
        module_file::load(&folder.join(STATE), &mut cloner)?;
        self.learn(cloner);
        Ok(())
    }

    fn parameters(&self) -> Option<u64> {
        self.cloner.as_ref().map(|(cloner, _)| cloner.num_params() as u64)
    }
}

fn no_taps() -> DetectorError {
    DetectorError::Scoring("the networks have no poolings to compare".into())
}

/// KDAD as a plugin.
pub struct KdadPlugin;

impl DetectorPlugin for KdadPlugin {
    const NAME: &'static str = "kdad";
    const SUMMARY: &'static str =
        "a narrow cloner imitates VGG-16 on normal images; their difference is the score";
    const PAPER: &'static str =
        "Salehi et al., Multiresolution Knowledge Distillation for Anomaly Detection, CVPR 2021";
    const REVISION: u32 = 1;
    const STATE: &'static str = "the cloner, 1.4 MB";
    const TEST_OPTIONS: &'static [&'static str] = &["map", "sigma"];
    const BUDGET_OPTIONS: &'static [&'static str] = &["epochs", "batch"];
    const NEEDS_BACKBONE: bool = true;
    const ACCEPTS: BackboneKind = BackboneKind::Chain;
    const OWN_BACKBONE: Option<&'static str> = Some(vgg::NAME);
    type Options = Options;

    fn budget(options: &Options, schedule: &Schedule, pictures: usize) -> Option<Budget> {
        Some(schedule.budget(pictures, options.batch, |_| options.epochs))
    }

    fn check(options: &Options) -> Result<(), DetectorError> {
        options.check()
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        let device = device::open(context.device)?;
        let teacher = vgg::load(&context.backbone, &context.data_root, &device)?;
        Ok(Box::new(Kdad { options, device, teacher, cloner: None }))
    }
}

inventory::submit! { DetectorEntry::of::<KdadPlugin>() }
