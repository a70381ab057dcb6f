//! The options of Deep SVDD.

use super::network::SMALLEST;
use crate::rules;
use harness::contract::error::DetectorError;
use harness::contract::schedule::{Budget, Schedule};
use harness::options;
use serde::{Deserialize, Serialize};

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
    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first option that makes no sense, and what would.
    pub fn check(&self) -> Result<(), DetectorError> {
        let fits = self.side.is_multiple_of(SMALLEST) && (self.side / SMALLEST).is_power_of_two();
        rules::check(&[("side", fits, "must be 32, 64, 128, 256, ... up to 4096")])
    }

    /// Steps and batch: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule, pictures: usize) -> Budget {
        schedule.budget(pictures, self.batch, |_| self.pretrain_epochs + self.epochs)
    }
}
