//! f-AnoGAN (Schlegl et al., "f-AnoGAN: Fast Unsupervised Anomaly Detection with Generative Adversarial
//! Networks", Medical Image Analysis 2019): a generator learns normal pictures, then an encoder learns to find the
//! latent vector that gives a picture back; what it cannot give back is anomalous.
//!
//! The released networks and their published training ("izi_f"), with three channels instead of one, and the batch
//! normalisation of the released program (1e-3 added to variances, running averages that keep 0.99).
//!
//! Deviations, whose effects are in `docs/deviations.md`: how long the tables of GNL and FiCo trained it, and on which of
//! two implementations, is not known: 30,000 steps of the critic and 20,000 of the encoder are our choice (the authors: 7
//! epochs of their own data and 50,000); PyTorch's default initialisation; PyTorch's RMSProp.
//!
//! A step is one of the critic, or one of the encoder; the generator moves with every fifth step of the critic.
//! A protocol of equal steps divides them between the two stages as 30,000 to 20,000.
//!
//! Scores of shifted normal pictures are often higher than those of defects. That is the method, and is not
//! turned round.

pub mod critic;
pub mod generator;
mod networks;
mod norm;
mod options;
pub mod penalty;
mod signal;
mod train;

pub use self::networks::Networks;
pub use self::options::Options;

use self::networks::planes;
use crate::anomalies::with_maps;
use crate::device;
use crate::layer::Init;
use crate::trained::{ModuleMethod, Trained};
use burn::tensor::Device;
use harness::prelude::*;

struct FAnoGan {
    options: Options,
    device: Device,
}

impl ModuleMethod for FAnoGan {
    const FILE: &'static str = "networks.safetensors";
    type Model = Networks;

    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.options.side)
    }

    fn blank(&self) -> Result<Networks, DetectorError> {
        let networks = Networks::new(&Init::blank(&self.device), &self.options);
        Ok(Networks { generator: networks.generator.settle(), ..networks })
    }

    fn train(&self, train: &TrainingSet, context: &FitContext<'_>) -> Result<Networks, DetectorError> {
        train::run(&self.options, &train.pictures, &self.device, context)
    }

    fn score(&self, networks: &Networks, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let input = device::upload_pictures(pictures, planes, &self.device);
        let (restored, pixels, features) = networks.residuals(input.clone());
        let scores = device::download(pixels + features * self.options.kappa)?;
        let maps = device::download((input - restored).abs().mean_dim(1))?;
        Ok(with_maps(scores, &maps, self.options.side))
    }
}

/// f-AnoGAN as a plugin.
pub struct FAnoGanPlugin;

impl DetectorPlugin for FAnoGanPlugin {
    const NAME: &'static str = "f-anogan";
    const SUMMARY: &'static str = "what a generator of normal images cannot give back";
    const PAPER: &'static str = "Schlegl et al., f-AnoGAN: Fast Unsupervised Anomaly Detection with Generative \
                                 Adversarial Networks, Medical Image Analysis 2019";
    const REVISION: u32 = 2;
    const COST: Cost = Cost::Heavy;
    const STATE: &'static str = "generator, critic and encoder, 98 MB";
    /// It learns for thousands of steps.
    const SEPARATION: Option<Separation> = None;
    type Options = Options;

    fn budget(options: &Options, schedule: &Schedule, _pictures: usize) -> Option<Budget> {
        Some(options.budget(schedule))
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Trained::not_yet(FAnoGan { options, device: device::open(context.device)? }))
    }
}

inventory::submit! { DetectorEntry::of::<FAnoGanPlugin>() }
