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
use crate::trained::{ModuleMethod, Trained};
use crate::{device, rules};
use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};
use harness::prelude::*;

/// What Deep SVDD decides; defaults as released for CIFAR-10.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Epochs of the autoencoder; 0 leaves it out.
    pub pretrain_epochs: usize,
    /// Epochs of the encoder; at least 1.
    pub epochs: usize,
    /// Pictures per step; at least 1.
    pub batch: usize,
    /// Adam's step size.
    pub learning_rate: f64,
    /// Factor of half the squared weights in the loss.
    pub weight_decay: f64,
    /// Share of the autoencoder's steps after which the step size is a tenth; 1 for never.
    pub pretrain_lower_after: f64,
    /// Share of the encoder's steps after which the step size is a tenth; 1 for never.
    pub lower_after: f64,
    /// What the encoder minimises.
    pub objective: Objective,
    /// Share of training pictures that may lie outside a soft boundary, 0 to 1 (both excluded).
    pub nu: f64,
    /// Share of the encoder's steps before a soft boundary's radius is fitted.
    pub warm_up: f64,
    /// Side of the input in pixels: 32 times a power of two.
    pub side: u32,
    /// How pixels become numbers.
    pub pre: Preprocessing,
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

impl Default for Options {
    fn default() -> Self {
        Self {
            pretrain_epochs: 350,
            epochs: 150,
            batch: 200,
            learning_rate: 1e-4,
            weight_decay: 5e-7,
            pretrain_lower_after: 250.0 / 350.0,
            lower_after: 50.0 / 150.0,
            objective: Objective::OneClass,
            nu: 0.1,
            warm_up: 10.0 / 150.0,
            side: SMALLEST,
            pre: Preprocessing::Gcn,
        }
    }
}

impl Options {
    fn check(&self) -> Result<(), DetectorError> {
        let share = |value: f64| (0.0..=1.0).contains(&value);
        let fits = self.side.is_multiple_of(SMALLEST) && (self.side / SMALLEST).is_power_of_two();
        rules::check(&[
            ("epochs", self.epochs > 0, "must be at least 1"),
            ("batch", self.batch > 0, "must be at least 1"),
            ("learning_rate", self.learning_rate > 0.0, "must be above 0"),
            ("weight_decay", self.weight_decay >= 0.0, "must be at least 0"),
            ("pretrain_lower_after", share(self.pretrain_lower_after), "must be 0 to 1"),
            ("lower_after", share(self.lower_after), "must be 0 to 1"),
            ("nu", self.nu > 0.0 && self.nu < 1.0, "must be above 0 and below 1"),
            ("warm_up", share(self.warm_up), "must be 0 to 1"),
            ("side", fits && self.side <= 4096, "must be 32, 64, 128, 256, ... up to 4096"),
        ])
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
}

impl ModuleMethod for DeepSvdd {
    const FILE: &'static str = "sphere.safetensors";
    type Model = Sphere;

    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.options.side)
    }

    fn blank(&self) -> Result<Sphere, DetectorError> {
        Ok(Sphere::blank(&self.options, &self.device))
    }

    fn train(&self, train: &TrainingSet, context: &FitContext<'_>) -> Result<Sphere, DetectorError> {
        training::run(&self.options, &train.pictures, &self.device, context)
    }

    fn score(&self, sphere: &Sphere, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let range = device::download(sphere.range.val())?;
        let planes = |picture: &RgbImage| spread(self.options.pre.planes(picture), [range[0], range[1]]);
        let input = device::upload_pictures(pictures, planes, &self.device);
        let distances = distances(sphere.encoder.forward(input), sphere.centre.val());
        let scores = device::download(distances - sphere.radius.val().square())?;
        Ok(scores.into_iter().map(|score| Anomaly { score, map: None }).collect())
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
    const BUDGET_OPTIONS: &'static [&'static str] = &["pretrain_epochs", "epochs", "batch"];
    type Options = Options;

    fn budget(options: &Options, schedule: &Schedule, pictures: usize) -> Option<Budget> {
        Some(options.budget(schedule, pictures))
    }

    fn check(options: &Options) -> Result<(), DetectorError> {
        options.check()
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Trained::not_yet(DeepSvdd { options, device: device::open(context.device)? }))
    }
}

inventory::submit! { DetectorEntry::of::<DeepSvddPlugin>() }
