//! The options of f-AnoGAN.

use crate::rules;
use harness::contract::error::DetectorError;
use harness::contract::schedule::{Budget, Schedule};
use serde::{Deserialize, Serialize};

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
    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first option that makes no sense, and what would.
    pub fn check(&self) -> Result<(), DetectorError> {
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

    /// Steps and batch: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule) -> Budget {
        let own = Budget { steps: self.gan_steps + self.encoder_steps, batch: self.batch };
        match schedule {
            Schedule::Own { .. } => own,
            Schedule::Equal { steps, batch } => Budget { steps: *steps, batch: *batch },
        }
    }
}
