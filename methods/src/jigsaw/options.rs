//! The options of the method `jigsaw`.

use harness::contract::schedule::{Budget, Schedule};
use harness::options;

options! {
    /// The default is how JiGen trains ResNet-18.
    pub struct Options {
        /// Passes over the training pictures.
        pub epochs: usize = 30 => length().at_least(1).small("1"),
        /// Pictures per step.
        pub batch: usize = 128 => length().at_least(1),
        /// Step size of network and head, by stochastic gradient descent.
        pub learning_rate: f64 = 0.001 => training().above(0),
        /// Share of the puzzles that are in order, before one of 31 orders is drawn. JiGen's 0.9 serves its class
        /// head, which learns from ordered pictures alone; here there is none.
        pub ordered: f64 = 0.0 => training().share(),
        /// Least share of a picture's area that a random crop keeps; 1 crops nothing.
        pub crop: f64 = 0.8 => training().above(0).at_most(1),
        /// Chance that a tile is made grey.
        pub grey: f64 = 0.1 => training().share(),
    }
}

impl Options {
    /// Steps and batch for so many training pictures: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule, pictures: usize) -> Budget {
        schedule.budget(pictures, self.batch, |_| self.epochs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_trains_as_long_as_jigen() {
        let own = Schedule::Own { category: "toy".into() };
        assert_eq!(Options::default().budget(&own, 200), Budget { steps: 60, batch: 128 });
    }
}
