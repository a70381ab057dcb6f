//! The options of the method `rd-jigsaw`.

use crate::reverse_distillation::options::Options as Engine;
use harness::error::DetectorError;
use harness::schedule::{Budget, Schedule};
use serde::{Deserialize, Serialize};

/// Options that a protocol of equal steps replaces.
pub const BUDGET_OPTIONS: &[&str] = &["epochs", "batch"];

/// What the jigsaw task is used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A network that tells the order is the detector.
    #[default]
    Perm,
    /// Reverse distillation whose bottleneck tells the order too.
    RdAux,
    /// As `rd_aux`, and the teacher learns from the task.
    RdFinetune,
}

/// Options; the default is the mode `perm` trained as JiGen trains ResNet-18.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// What the task is used for.
    pub mode: Mode,
    /// Passes over the training pictures, at least 1; none means the mode's own: 30 (`perm`) or RD4AD's 200.
    pub epochs: Option<usize>,
    /// Pictures per step, at least 1; none means the mode's own: 128 (`perm`) or RD4AD's 16.
    pub batch: Option<usize>,
    /// Step size of what tells the order: of network and head by stochastic gradient descent (`perm`), of the teacher
    /// by Adam (`rd_finetune`).
    pub learning_rate: f64,
    /// Weight of the task beside reverse distillation; above 0.
    pub weight: f64,
    /// Share of the puzzles that are in order, before one of 31 orders is drawn, 0 to 1. JiGen's 0.9 serves its class
    /// head, which learns from ordered pictures alone; here there is none.
    pub ordered: f64,
    /// `perm`: least share of a picture's area that a random crop keeps, above 0 and at most 1; 1 crops nothing.
    pub crop: f64,
    /// `perm`: chance that a tile is made grey, 0 to 1.
    pub grey: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mode: Mode::Perm,
            epochs: None,
            batch: None,
            learning_rate: 0.001,
            weight: 0.7,
            ordered: 0.0,
            crop: 0.8,
            grey: 0.1,
        }
    }
}

impl Options {
    /// The options of the engine in the modes that use it.
    pub fn engine(&self) -> Engine {
        let base = Engine::default();
        Engine {
            epochs: self.epochs.unwrap_or(base.epochs),
            batch: self.batch.unwrap_or(base.batch),
            jigsaw: self.weight,
            ordered: self.ordered,
            teacher_rate: if self.mode == Mode::RdFinetune { self.learning_rate } else { 0.0 },
            ..base
        }
    }

    /// Steps and batch for so many training pictures: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule, pictures: usize) -> Budget {
        match self.mode {
            Mode::Perm => schedule.budget(pictures, self.batch.unwrap_or(128), |_| self.epochs.unwrap_or(30)),
            Mode::RdAux | Mode::RdFinetune => self.engine().budget(schedule, pictures),
        }
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first option that makes no sense, and what would.
    pub fn check(&self) -> Result<(), DetectorError> {
        let share = |value: f64| (0.0..=1.0).contains(&value);
        let rules = [
            ("epochs", self.epochs != Some(0), "must be at least 1"),
            ("batch", self.batch != Some(0), "must be at least 1"),
            ("learning_rate", self.learning_rate > 0.0, "must be above 0"),
            ("weight", self.weight > 0.0, "must be above 0"),
            ("ordered", share(self.ordered), "must be 0 to 1"),
            ("crop", share(self.crop) && self.crop > 0.0, "must be above 0 and at most 1"),
            ("grey", share(self.grey), "must be 0 to 1"),
        ];
        match rules.into_iter().find(|(_, holds, _)| !holds) {
            Some((option, _, reason)) => Err(DetectorError::Option { option, reason: reason.into() }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_has_a_length_of_its_own() {
        let own = Schedule::Own { category: "toy".into() };
        let steps = |mode, epochs| Options { mode, epochs, ..Options::default() }.budget(&own, 200);
        assert_eq!(steps(Mode::Perm, None), Budget { steps: 60, batch: 128 });
        assert_eq!(steps(Mode::RdAux, None), Budget { steps: 2600, batch: 16 });
        assert_eq!(steps(Mode::RdFinetune, Some(1)), Budget { steps: 13, batch: 16 });
    }

    #[test]
    fn only_one_mode_moves_the_teacher() {
        let engine = |mode| Options { mode, ..Options::default() }.engine();
        assert!(!engine(Mode::RdAux).tunes() && engine(Mode::RdFinetune).tunes());
        assert_eq!(engine(Mode::RdAux).jigsaw, 0.7);
        let wrong = Options { crop: 0.0, ..Options::default() }.check().unwrap_err().to_string();
        assert_eq!(wrong, "option crop: must be above 0 and at most 1");
    }
}
