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
mod norm;
pub mod penalty;
mod signal;
mod training;

use self::critic::{Critic, Encoder};
use self::generator::Generator;
use crate::anomalies::with_maps;
use crate::layer::Init;
use crate::view::Planes;
use crate::{device, module_file, rules};
use burn::module::Module;
use burn::tensor::{Device, Tensor};
use harness::prelude::*;
use rayon::prelude::*;
use std::path::Path;

/// The name of the only state file.
const STATE: &str = "networks.safetensors";

options! {
    /// What f-AnoGAN decides.
    pub struct Options {
        /// Steps of the critic.
        pub gan_steps: usize = 30_000 => length().at_least(1).small("1"),
        /// Steps of the encoder.
        pub encoder_steps: usize = 20_000 => length().small("1"),
        /// Pictures per step.
        pub batch: usize = 64 => length().at_least(1),
        /// Steps of the critic per step of the generator.
        pub critic_steps: usize = 5 => training().at_least(1),
        /// Adam's step size for generator and critic.
        pub learning_rate: f64 = 1e-4 => training().above(0),
        /// RMSProp's step size for the encoder.
        pub encoder_learning_rate: f64 = 5e-5 => training().above(0),
        /// Weight of the gradient penalty.
        pub penalty: f64 = 10.0 => training().at_least(0),
        /// Weight of the features beside the pixels, in the encoder's loss and in the score.
        pub kappa: f64 = 1.0 => training().at_least(0),
        /// Length of a latent vector.
        pub latent: usize = 128 => training().at_least(1).small("4"),
        /// Channels at full size, 64 as published; the coarsest features have eight times as many.
        pub width: usize = 64 => training().at_least(1).small("2"),
        /// Side of the input in pixels: a multiple of 16.
        pub side: u32 = 64 => training().multiple_of(16).at_least(16).at_most(4096).small("32"),
    }
}

impl Options {
    fn budget(&self, schedule: &Schedule) -> Budget {
        let own = Budget { steps: self.gan_steps + self.encoder_steps, batch: self.batch };
        match schedule {
            Schedule::Own { .. } => own,
            Schedule::Equal { steps, batch } => Budget { steps: *steps, batch: *batch },
        }
    }
}

/// The three networks.
#[derive(Module, Debug)]
pub struct Networks {
    generator: Generator,
    critic: Critic,
    encoder: Encoder,
}

impl Networks {
    fn new(init: &Init<'_>, options: &Options) -> Self {
        let Options { latent, width, side, .. } = *options;
        let side = side as usize;
        Self {
            generator: Generator::new(&init.at("generator"), latent, width, side),
            critic: Critic::new(&init.at("critic"), width, side),
            encoder: Encoder::new(&init.at("encoder"), latent, width, side),
        }
    }

    /// What the pictures `[batch, 3, side, side]` become, and how far that is from them: the squared difference of
    /// all pixels, and of the critic's features, averaged for each picture, both `[batch]`.
    fn residuals(&self, pictures: Tensor<4>) -> (Tensor<4>, Tensor<1>, Tensor<1>) {
        let restored = self.generator.forward(self.encoder.forward(pictures.clone()));
        let mean = |difference: Tensor<2>| difference.square().mean_dim(1).squeeze_dim::<1>(1);
        let features = self.critic.features(pictures.clone()) - self.critic.features(restored.clone());
        let pixels = pictures - restored.clone();
        (restored, mean(pixels.flatten(1, 3)), mean(features))
    }
}

struct FAnoGan {
    options: Options,
    device: Device,
    networks: Option<Networks>,
}

fn upload(pictures: &[&RgbImage], device: &Device) -> Tensor<4> {
    let planes: Vec<Planes> = pictures.par_iter().map(|picture| Planes::scaled(picture, -1.0, 1.0)).collect();
    device::upload(&planes, device)
}

impl Detector for FAnoGan {
    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.options.side)
    }

    fn fit(&mut self, train: &TrainingSet, context: &FitContext<'_>) -> Result<(), DetectorError> {
        self.networks = Some(training::run(&self.options, &train.pictures, &self.device, context)?);
        Ok(())
    }

    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let networks = self.networks.as_ref().ok_or_else(rules::untrained)?;
        if pictures.is_empty() {
            return Ok(Vec::new());
        }
        let input = upload(&pictures.iter().collect::<Vec<_>>(), &self.device);
        let (restored, pixels, features) = networks.residuals(input.clone());
        let scores = device::download(pixels + features * self.options.kappa)?;
        let maps = device::download((input - restored).abs().mean_dim(1))?;
        Ok(with_maps(scores, &maps, self.options.side))
    }

    fn save(&self, folder: &Path) -> Result<(), DetectorError> {
        module_file::save(&folder.join(STATE), self.networks.as_ref().ok_or_else(rules::untrained)?)
    }

    fn load(&mut self, folder: &Path) -> Result<(), DetectorError> {
        let mut networks = Networks::new(&Init::blank(&self.device), &self.options);
        networks.generator = networks.generator.settle();
        module_file::load(&folder.join(STATE), &mut networks)?;
        self.networks = Some(networks);
        Ok(())
    }

    fn parameters(&self) -> Option<u64> {
        self.networks.as_ref().map(|networks| networks.num_params() as u64)
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
    type Options = Options;

    fn budget(options: &Options, schedule: &Schedule, _pictures: usize) -> Option<Budget> {
        Some(options.budget(schedule))
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Box::new(FAnoGan { options, device: device::open(context.device)?, networks: None }))
    }
}

inventory::submit! { DetectorEntry::of::<FAnoGanPlugin>() }

#[cfg(test)]
mod tests {
    use super::*;

    /// An encoder and a generator whose last layers are 0 give back grey, which is 0.
    #[test]
    fn what_is_given_back_exactly_scores_zero() {
        let device = Device::flex();
        let options = Options { width: 2, latent: 3, side: 16, ..Options::default() };
        let root = harness::contract::seed::Root::new(0, "", "");
        let mut networks = Networks::new(&Init::random(&root, &device), &options);
        networks.generator = networks.generator.silenced();
        let grey = Tensor::zeros([1, 3, 16, 16], &device);
        let (_, pixels, features) = networks.residuals(grey.clone());
        assert_eq!((pixels.into_scalar::<f32>(), features.into_scalar::<f32>()), (0.0, 0.0));
        let (_, pixels, features) = networks.residuals(grey + 0.5);
        assert!((pixels.into_scalar::<f32>() - 0.25).abs() < 1e-6 && features.into_scalar::<f32>() > 0.0);
    }
}
