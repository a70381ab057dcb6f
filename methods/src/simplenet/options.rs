//! What SimpleNet lets one choose.

use crate::rules;
use harness::contract::error::DetectorError;
use harness::contract::schedule::{Budget, Schedule};
use serde::{Deserialize, Serialize};

/// The default is the released code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Passes over the training pictures; at least 1.
    pub epochs: usize,
    /// Pictures per step; at least 1. The last batch of an epoch may be smaller.
    pub batch: usize,
    /// AdamW's step size for the adaptor.
    pub adaptor_rate: f64,
    /// Adam's step size for the discriminator.
    pub discriminator_rate: f64,
    /// Standard deviation of the noise on every adapted value.
    pub noise: f64,
    /// What the discriminator's answers are to be away from 0.
    pub margin: f64,
    /// Values of the discriminator's hidden layer; none for two thirds of a patch's.
    pub hidden: Option<usize>,
    /// Whether features are kept in memory while training; the weights are the same without.
    pub cache: bool,

    /// Whether only the central seven eighths of a picture are seen.
    pub crop: bool,
    /// Side of a patch in locations of the feature map; odd.
    pub patch: usize,
    /// Values of a patch; none for half again as many as the coarser map has channels.
    pub dimension: Option<usize>,
    /// Standard deviation of the map's smoothing, in pixels of the network's input; 0 for none.
    pub sigma: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            epochs: 160,
            batch: 8,
            adaptor_rate: 1e-4,
            discriminator_rate: 2e-4,
            noise: 0.015,
            margin: 0.5,
            hidden: None,
            cache: true,
            crop: true,
            patch: 3,
            dimension: None,
            sigma: 4.0,
        }
    }
}

impl Options {
    /// Steps and batch for so many training pictures: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule, pictures: usize) -> Budget {
        schedule.budget(pictures, self.batch, |_| self.epochs)
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first option that makes no sense, and what would.
    pub fn check(&self) -> Result<(), DetectorError> {
        rules::check(&[
            ("epochs", self.epochs > 0, "must be at least 1"),
            ("batch", self.batch > 0, "must be at least 1"),
            ("adaptor_rate", self.adaptor_rate > 0.0, "must be above 0"),
            ("discriminator_rate", self.discriminator_rate > 0.0, "must be above 0"),
            ("noise", self.noise >= 0.0, "must be at least 0"),
            ("margin", self.margin > 0.0, "must be above 0"),
            ("hidden", self.hidden != Some(0), "must be at least 1, or None"),
            ("patch", self.patch % 2 == 1, "must be odd"),
            ("dimension", self.dimension.is_none_or(|values| values > 1), "must be at least 2, or None"),
            ("sigma", (0.0..=1000.0).contains(&self.sigma), "must be 0 to 1000 pixels"),
        ])
    }
}
