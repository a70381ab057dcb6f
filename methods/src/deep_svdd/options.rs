//! The options of Deep SVDD.

use super::network::SMALLEST;
use crate::rules;
use harness::contract::error::DetectorError;
use harness::contract::schedule::{Budget, Schedule};
use serde::{Deserialize, Serialize};

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
    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first option that makes no sense, and what would.
    pub fn check(&self) -> Result<(), DetectorError> {
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

    /// Steps and batch: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule, pictures: usize) -> Budget {
        schedule.budget(pictures, self.batch, |_| self.pretrain_epochs + self.epochs)
    }
}
