//! The options of RealNet.

use super::source::Source;
use harness::contract::schedule::{Budget, Schedule};
use harness::options;

options! {
    /// What RealNet decides.
    pub struct Options {
        /// Passes over the training pictures.
        pub epochs: usize = 1000 => length().at_least(1).small("1"),
        /// Pictures per step.
        pub batch: usize = 16 => length().at_least(1),
        /// Adam's step size.
        pub learning_rate: f64 = 1e-4 => training().above(0),
        /// Where the content of synthetic anomalies comes from.
        pub source: Source = Source::Procedural => training(),
        /// Probability that a training picture gets one.
        pub anomalies: f64 = 0.5 => training().share(),
        /// Batches on which channels are selected.
        pub selection_batches: usize = 64 => training().at_least(1).small("1"),
        /// Weight of the reconstruction in the loss, beside 1 for finding the masks.
        pub reconstruction: f64 = 1.0 => training().at_least(0),
        /// Width of the reconstructing networks relative to the published.
        pub width_ratio: f64 = 1.0 => training().above(0).small("0.25"),
    }
}

impl Options {
    /// Steps and batch: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule, pictures: usize) -> Budget {
        schedule.budget(pictures, self.batch, |_| self.epochs)
    }
}
