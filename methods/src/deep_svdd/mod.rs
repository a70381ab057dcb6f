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
mod options;
pub mod preprocessing;
pub mod sphere;
mod train;

pub use self::options::{Objective, Options, Preprocessing};

use self::preprocessing::spread;
use self::sphere::{Sphere, distances};
use crate::device;
use crate::trained::{ModuleMethod, Trained};
use burn::tensor::Device;
use harness::prelude::*;

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
        Ok(Sphere::blank(self.options.side, &self.device))
    }

    fn train(&self, train: &TrainingSet, context: &FitContext<'_>) -> Result<Sphere, DetectorError> {
        train::run(&self.options, &train.pictures, &self.device, context)
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
    const SEPARATION: Option<Separation> = Some(Separation { steps: 200, ..Separation::DEFAULT });
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
