//! What SimpleNet lets one choose.

use harness::contract::schedule::{Budget, Schedule};
use harness::options;

options! {
    /// The default is the released code.
    pub struct Options {
        /// Passes over the training pictures.
        pub epochs: usize = 160 => length().at_least(1).small("1"),
        /// Pictures per step. The last batch of an epoch may be smaller.
        pub batch: usize = 8 => length().at_least(1),
        /// AdamW's step size for the adaptor.
        pub adaptor_rate: f64 = 1e-4 => training().above(0),
        /// Adam's step size for the discriminator.
        pub discriminator_rate: f64 = 2e-4 => training().above(0),
        /// Standard deviation of the noise on every adapted value.
        pub noise: f64 = 0.015 => training().at_least(0),
        /// What the discriminator's answers are to be away from 0.
        pub margin: f64 = 0.5 => training().above(0),
        /// Values of the discriminator's hidden layer; none for two thirds of a patch's.
        pub hidden: Option<usize> = None => training().at_least(1),
        /// Whether features are kept in memory while training; the weights are the same without.
        pub cache: bool = true => training(),

        /// Whether only the central seven eighths of a picture are seen.
        pub crop: bool = true => training(),
        /// Side of a patch in locations of the feature map; odd.
        pub patch: usize = 3 => training().at_least(1).odd(),
        /// Values of a patch; none for half again as many as the coarser map has channels.
        pub dimension: Option<usize> = None => training().at_least(2),
        /// Standard deviation of the map's smoothing, in pixels of the network's input; 0 for none.
        pub sigma: f64 = 4.0 => test().at_least(0).at_most(1000),
    }
}

impl Options {
    /// Steps and batch for so many training pictures: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule, pictures: usize) -> Budget {
        schedule.budget(pictures, self.batch, |_| self.epochs)
    }
}
