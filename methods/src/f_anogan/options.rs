//! The options of f-AnoGAN.

use harness::contract::schedule::{Budget, Schedule};
use harness::options;

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
    /// Steps and batch: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule) -> Budget {
        let own = Budget { steps: self.gan_steps + self.encoder_steps, batch: self.batch };
        match schedule {
            Schedule::Own { .. } => own,
            Schedule::Equal { steps, batch } => Budget { steps: *steps, batch: *batch },
        }
    }
}
