//! The options of the method `jigsaw`.

use crate::rules;
use harness::contract::error::DetectorError;
use harness::contract::schedule::{Budget, Schedule};
use serde::{Deserialize, Serialize};

/// Options that a protocol of equal steps replaces.
pub const BUDGET_OPTIONS: &[&str] = &["epochs", "batch"];

/// The default is how JiGen trains ResNet-18.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Passes over the training pictures; at least 1.
    pub epochs: usize,
    /// Pictures per step; at least 1.
    pub batch: usize,
    /// Step size of network and head, by stochastic gradient descent.
    pub learning_rate: f64,
    /// Share of the puzzles that are in order, before one of 31 orders is drawn, 0 to 1. JiGen's 0.9 serves its class
    /// head, which learns from ordered pictures alone; here there is none.
    pub ordered: f64,
    /// Least share of a picture's area that a random crop keeps, above 0 and at most 1; 1 crops nothing.
    pub crop: f64,
    /// Chance that a tile is made grey, 0 to 1.
    pub grey: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { epochs: 30, batch: 128, learning_rate: 0.001, ordered: 0.0, crop: 0.8, grey: 0.1 }
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
        let share = |value: f64| (0.0..=1.0).contains(&value);
        rules::check(&[
            ("epochs", self.epochs > 0, "must be at least 1"),
            ("batch", self.batch > 0, "must be at least 1"),
            ("learning_rate", self.learning_rate > 0.0, "must be above 0"),
            ("ordered", share(self.ordered), "must be 0 to 1"),
            ("crop", share(self.crop) && self.crop > 0.0, "must be above 0 and at most 1"),
            ("grey", share(self.grey), "must be 0 to 1"),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_trains_as_long_as_jigen_and_nonsense_is_named() {
        let own = Schedule::Own { category: "toy".into() };
        assert_eq!(Options::default().budget(&own, 200), Budget { steps: 60, batch: 128 });
        let wrong = Options { crop: 0.0, ..Options::default() }.check().unwrap_err().to_string();
        assert_eq!(wrong, "option crop: must be above 0 and at most 1");
    }
}
