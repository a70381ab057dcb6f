//! Deep SVDD (Ruff et al., "Deep One-Class Classification", ICML 2018): a network without biases maps normal
//! pictures near a fixed centre; the squared distance to it is the score.
//!
//! As released for CIFAR-10: 32 px, global contrast normalisation, an autoencoder pretrained for 350 epochs
//! whose encoder goes on for 150; convolutions start Xavier-uniform with the gain of a leaky ReLU. There is no published
//! recipe for larger pictures: `side: 256` adds three stages of 128 channels, and is our choice. The constants that
//! bring pictures to 0 to 1 are measured on the training pictures of the category.
//!
//! Both stages count as steps. A protocol of equal steps divides them as the published epochs are (7 to 3),
//! and keeps the published shares of each stage after which the step size falls.

pub mod network;
pub mod preprocessing;
pub mod sphere;
mod training;

use self::network::{Encoder, SMALLEST};
use self::preprocessing::spread;
use self::sphere::distances;
use crate::layer::Init;
use crate::view::Planes;
use crate::{device, module_file, rules};
use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};
use harness::prelude::*;
use rayon::prelude::*;
use std::path::Path;

/// The name of the only state file.
const STATE: &str = "sphere.safetensors";

options! {
    /// What Deep SVDD decides; defaults as released for CIFAR-10.
    pub struct Options {
        /// Epochs of the autoencoder; 0 leaves it out.
        pub pretrain_epochs: usize = 350 => length().small("1"),
        /// Epochs of the encoder.
        pub epochs: usize = 150 => length().at_least(1).small("1"),
        /// Pictures per step.
        pub batch: usize = 200 => length().at_least(1),
        /// Adam's step size.
        pub learning_rate: f64 = 1e-4 => training().above(0),
        /// Factor of half the squared weights in the loss.
        pub weight_decay: f64 = 5e-7 => training().at_least(0),
        /// Share of the autoencoder's steps after which the step size is a tenth; 1 for never.
        pub pretrain_lower_after: f64 = 250.0 / 350.0 => training().share(),
        /// Share of the encoder's steps after which the step size is a tenth; 1 for never.
        pub lower_after: f64 = 50.0 / 150.0 => training().share(),
        /// What the encoder minimises.
        pub objective: Objective = Objective::OneClass => training(),
        /// Share of training pictures that may lie outside a soft boundary.
        pub nu: f64 = 0.1 => training().above(0).below(1),
        /// Share of the encoder's steps before a soft boundary's radius is fitted.
        pub warm_up: f64 = 10.0 / 150.0 => training().share(),
        /// Side of the input in pixels: 32 times a power of two.
        pub side: u32 = SMALLEST => training().at_least(32).at_most(4096),
        /// How pixels become numbers.
        pub pre: Preprocessing = Preprocessing::Gcn => training(),
    }
}

/// What the encoder minimises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// The mean squared distance to the centre.
    OneClass,
    /// The radius of a sphere that leaves out a share `nu` of the pictures.
    SoftBoundary,
}

/// How pixels become numbers, before training pictures are brought to 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preprocessing {
    /// Global contrast normalisation with the L1 norm, as released. It undoes shifts of brightness and contrast.
    Gcn,
    /// None.
    Minmax,
    /// By the mean and standard deviation of ImageNet.
    Imagenet,
}

impl Options {
    fn check(&self) -> Result<(), DetectorError> {
        let fits = self.side.is_multiple_of(SMALLEST) && (self.side / SMALLEST).is_power_of_two();
        rules::check(&[("side", fits, "must be 32, 64, 128, 256, ... up to 4096")])
    }

    fn budget(&self, schedule: &Schedule, pictures: usize) -> Budget {
        schedule.budget(pictures, self.batch, |_| self.pretrain_epochs + self.epochs)
    }
}

/// What training leaves behind, on a plain device.
#[derive(Module, Debug)]
pub struct Sphere {
    encoder: Encoder,
    /// `[128]`.
    centre: Param<Tensor<1>>,
    /// `[1]`; 0 with the objective `one_class`.
    radius: Param<Tensor<1>>,
    /// What becomes 0 and 1: `[2]`.
    range: Param<Tensor<1>>,
}

impl Sphere {
    fn blank(options: &Options, device: &Device) -> Self {
        let init = Init::blank(device);
        let encoder = Encoder::new(&init, options.side);
        let vector = |length: usize| init.constant([length], 0.0);
        Self { encoder, centre: vector(network::EMBEDDING), radius: vector(1), range: vector(2) }
    }
}

struct DeepSvdd {
    options: Options,
    device: Device,
    /// The trained sphere and its range in host memory.
    learned: Option<(Sphere, [f32; 2])>,
}

impl DeepSvdd {
    fn learn(&mut self, sphere: Sphere) -> Result<(), DetectorError> {
        let range = device::download(sphere.range.val())?;
        self.learned = Some((sphere, [range[0], range[1]]));
        Ok(())
    }
}

/// Pictures as `[batch, 3, side, side]`.
fn upload(pictures: &[&RgbImage], pre: Preprocessing, range: [f32; 2], device: &Device) -> Tensor<4> {
    let planes: Vec<Planes> = pictures.par_iter().map(|picture| spread(pre.planes(picture), range)).collect();
    device::upload(&planes, device)
}

impl Detector for DeepSvdd {
    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.options.side)
    }

    fn fit(&mut self, train: &TrainingSet, context: &FitContext<'_>) -> Result<(), DetectorError> {
        let sphere = training::run(&self.options, &train.pictures, &self.device, context)?;
        self.learn(sphere)
    }

    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let (sphere, range) = self.learned.as_ref().ok_or_else(rules::untrained)?;
        if pictures.is_empty() {
            return Ok(Vec::new());
        }
        let input = upload(&pictures.iter().collect::<Vec<_>>(), self.options.pre, *range, &self.device);
        let distances = distances(sphere.encoder.forward(input), sphere.centre.val());
        let scores = device::download(distances - sphere.radius.val().square())?;
        Ok(scores.into_iter().map(|score| Anomaly { score, map: None }).collect())
    }

    fn save(&self, folder: &Path) -> Result<(), DetectorError> {
        let (sphere, _) = self.learned.as_ref().ok_or_else(rules::untrained)?;
        module_file::save(&folder.join(STATE), sphere)
    }

    fn load(&mut self, folder: &Path) -> Result<(), DetectorError> {
        let mut sphere = Sphere::blank(&self.options, &self.device);
        module_file::load(&folder.join(STATE), &mut sphere)?;
        self.learn(sphere)
    }

    fn parameters(&self) -> Option<u64> {
        self.learned.as_ref().map(|(sphere, _)| sphere.num_params() as u64)
    }
}

/// Deep SVDD as a plugin.
pub struct DeepSvddPlugin;

impl DetectorPlugin for DeepSvddPlugin {
    const NAME: &'static str = "deep-svdd";
    const SUMMARY: &'static str =
        "distance to the centre of a hypersphere that a network without biases maps to";
    const PAPER: &'static str = "Ruff et al., Deep One-Class Classification, ICML 2018";
    const REVISION: u32 = 2;
    const STATE: &'static str = "the network and its centre, 2.1 MB";
    type Options = Options;

    fn budget(options: &Options, schedule: &Schedule, pictures: usize) -> Option<Budget> {
        Some(options.budget(schedule, pictures))
    }

    fn check(options: &Options) -> Result<(), DetectorError> {
        options.check()
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Box::new(DeepSvdd { options, device: device::open(context.device)?, learned: None }))
    }
}

inventory::submit! { DetectorEntry::of::<DeepSvddPlugin>() }
