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
use crate::trained::{ModuleMethod, Trained};
use crate::view::Planes;
use crate::{device, rules};
use burn::module::Module;
use burn::tensor::{Device, Tensor};
use harness::prelude::*;

/// Four halvings lie between a picture and its coarsest features.
const STRIDE: u32 = 16;

/// What f-AnoGAN decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Steps of the critic; at least 1.
    pub gan_steps: usize,
    /// Steps of the encoder.
    pub encoder_steps: usize,
    /// Pictures per step; at least 1.
    pub batch: usize,
    /// Steps of the critic per step of the generator; at least 1.
    pub critic_steps: usize,
    /// Adam's step size for generator and critic.
    pub learning_rate: f64,
    /// RMSProp's step size for the encoder.
    pub encoder_learning_rate: f64,
    /// Weight of the gradient penalty.
    pub penalty: f64,
    /// Weight of the features beside the pixels, in the encoder's loss and in the score.
    pub kappa: f64,
    /// Length of a latent vector.
    pub latent: usize,
    /// Channels at full size, 64 as published; the coarsest features have eight times as many.
    pub width: usize,
    /// Side of the input in pixels: a multiple of 16.
    pub side: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            gan_steps: 30_000,
            encoder_steps: 20_000,
            batch: 64,
            critic_steps: 5,
            learning_rate: 1e-4,
            encoder_learning_rate: 5e-5,
            penalty: 10.0,
            kappa: 1.0,
            latent: 128,
            width: 64,
            side: 64,
        }
    }
}

impl Options {
    fn check(&self) -> Result<(), DetectorError> {
        rules::check(&[
            ("gan_steps", self.gan_steps > 0, "must be at least 1"),
            ("batch", self.batch > 0, "must be at least 1"),
            ("critic_steps", self.critic_steps > 0, "must be at least 1"),
            ("learning_rate", self.learning_rate > 0.0, "must be above 0"),
            ("encoder_learning_rate", self.encoder_learning_rate > 0.0, "must be above 0"),
            ("penalty", self.penalty >= 0.0, "must be at least 0"),
            ("kappa", self.kappa >= 0.0, "must be at least 0"),
            ("latent", self.latent > 0, "must be at least 1"),
            ("width", self.width > 0, "must be at least 1"),
            (
                "side",
                self.side > 0 && self.side <= 4096 && self.side.is_multiple_of(STRIDE),
                "must be a multiple of 16, at most 4096",
            ),
        ])
    }

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
}

/// What a network sees of a picture: values of -1 to 1.
fn planes(picture: &RgbImage) -> Planes {
    Planes::scaled(picture, -1.0, 1.0)
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
        training::run(&self.options, &train.pictures, &self.device, context)
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
    const BUDGET_OPTIONS: &'static [&'static str] = &["gan_steps", "encoder_steps", "batch"];
    const COST: Cost = Cost::Heavy;
    const STATE: &'static str = "generator, critic and encoder, 98 MB";
    type Options = Options;

    fn budget(options: &Options, schedule: &Schedule, _pictures: usize) -> Option<Budget> {
        Some(options.budget(schedule))
    }

    fn check(options: &Options) -> Result<(), DetectorError> {
        options.check()
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Trained::not_yet(FAnoGan { options, device: device::open(context.device)? }))
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
