//! The options of RealNet.

use super::source::Source;
use crate::rules;
use harness::contract::error::DetectorError;
use harness::contract::schedule::{Budget, Schedule};
use serde::{Deserialize, Serialize};

/// What RealNet decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Passes over the training pictures; at least 1.
    pub epochs: usize,
    /// Pictures per step; at least 1.
    pub batch: usize,
    /// Adam's step size.
    pub learning_rate: f64,
    /// Where the content of synthetic anomalies comes from.
    pub source: Source,
    /// Probability that a training picture gets one, 0 to 1.
    pub anomalies: f64,
    /// Batches on which channels are selected; at least 1.
    pub selection_batches: usize,
    /// Weight of the reconstruction in the loss, beside 1 for finding the masks; at least 0.
    pub reconstruction: f64,
    /// Width of the reconstructing networks relative to the published.
    pub width_ratio: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            epochs: 1000,
            batch: 16,
            learning_rate: 1e-4,
            source: Source::Procedural,
            anomalies: 0.5,
            selection_batches: 64,
            reconstruction: 1.0,
            width_ratio: 1.0,
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
            ("epochs", self.epochs > 0, "must be at least 1"),
            ("batch", self.batch > 0, "must be at least 1"),
            ("learning_rate", self.learning_rate > 0.0, "must be above 0"),
            ("anomalies", (0.0..=1.0).contains(&self.anomalies), "must be 0 to 1"),
            ("selection_batches", self.selection_batches > 0, "must be at least 1"),
            ("reconstruction", self.reconstruction >= 0.0, "must be at least 0"),
            ("width_ratio", self.width_ratio > 0.0, "must be above 0"),
        ])
    }

    /// Steps and batch: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule, pictures: usize) -> Budget {
        schedule.budget(pictures, self.batch, |_| self.epochs)
    }
}
