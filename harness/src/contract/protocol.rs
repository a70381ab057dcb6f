//! The rules of a comparison.

use crate::contract::schedule::Schedule;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The rules of a comparison. Results under different ones never stand in one table.
///
/// Both share what the harness enforces: no detector sees a label, a mask or a test image; the state
/// after the last step is tested; corruptions are seeded per image and equal for all methods.
/// `docs/protocol.md` lists, point by point, where the two differ and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Protocol {
    /// What the methods' official code does, pitfalls included: each method trains by its own options,
    /// and the reference image of methods that keep one is the first training image.
    Released,
    /// Equal terms: every trained method takes the same number of optimisation steps on batches of the
    /// same size, whatever the category's name, and results of methods that keep a reference image are
    /// means over several, drawn from the training images.
    Strict {
        /// Optimisation steps; at least 1.
        steps: usize,
        /// Pictures per step; at least 1. The last step of an epoch may have fewer.
        batch: usize,
        /// Reference images per training; at least 1.
        #[serde(default = "three")]
        references: usize,
    },
}

/// More optimisation steps than any training takes.
pub const MOST_STEPS: usize = 100_000_000;
/// More pictures than any step takes.
pub const MOST_BATCH: usize = 100_000;
/// Each reference image is a test of its own.
const MOST_REFERENCES: usize = 1000;

fn three() -> usize {
    3
}

impl Protocol {
    /// Seeds of a suite that names none: the official code is run once, equal terms ask for a spread.
    pub fn default_seeds(&self) -> Vec<u64> {
        match self {
            Self::Released => vec![0],
            Self::Strict { .. } => vec![0, 1, 2],
        }
    }

    /// How many reference images a training gets.
    pub fn references(&self) -> usize {
        match self {
            Self::Released => 1,
            Self::Strict { references, .. } => *references,
        }
    }

    /// How long methods train on this category.
    pub fn schedule(&self, category: &str) -> Schedule {
        match *self {
            Self::Released => Schedule::Own { category: category.into() },
            Self::Strict { steps, batch, .. } => Schedule::Equal { steps, batch },
        }
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    /// The number that makes no sense, and what would.
    pub fn check(&self) -> Result<(), String> {
        let Self::Strict { steps, batch, references } = *self else { return Ok(()) };
        let numbers = [
            ("steps", steps, MOST_STEPS),
            ("batch", batch, MOST_BATCH),
            ("references", references, MOST_REFERENCES),
        ];
        match numbers.into_iter().find(|(_, number, most)| !(1..=*most).contains(number)) {
            Some((name, number, most)) => {
                Err(format!("{name} of strict is {number}, but must be 1 to {most}"))
            }
            None => Ok(()),
        }
    }
}

/// `released`, or `strict (104 steps of batch 16, 3 references)`.
impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        match *self {
            Self::Released => f.write_str("released"),
            Self::Strict { steps, batch, references } => write!(
                f,
                "strict ({steps} step{} of batch {batch}, {references} reference{})",
                plural(steps),
                plural(references)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::options::dialect;

    #[test]
    fn suites_records_and_tables_name_it() {
        let strict: Protocol = dialect().from_str("strict(steps: 104, batch: 16)").unwrap();
        assert_eq!(strict, Protocol::Strict { steps: 104, batch: 16, references: 3 });
        assert_eq!(strict.to_string(), "strict (104 steps of batch 16, 3 references)");
        let record = serde_json::to_string(&strict).unwrap();
        assert_eq!(record, r#"{"strict":{"steps":104,"batch":16,"references":3}}"#);
        assert_eq!(serde_json::from_str::<Protocol>(&record).unwrap(), strict);
        let released: Protocol = dialect().from_str("released").unwrap();
        assert_eq!((released.to_string(), released.default_seeds()), ("released".into(), vec![0]));
        let one = Protocol::Strict { steps: 1, batch: 1, references: 1 };
        assert_eq!(one.to_string(), "strict (1 step of batch 1, 1 reference)");
    }

    #[test]
    fn nothing_is_left_to_guess() {
        for text in
            ["strict", "strict(steps: 3)", "strict(batch: 3)", "strict(steps: 3, batch: 3, epochs: 3)"]
        {
            assert!(dialect().from_str::<Protocol>(text).is_err(), "{text}");
        }
        let none = Protocol::Strict { steps: 1, batch: 0, references: 1 };
        assert_eq!(none.check().unwrap_err(), "batch of strict is 0, but must be 1 to 100000");
    }
}
