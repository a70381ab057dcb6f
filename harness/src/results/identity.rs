//! What results depend on: a result with another identity is another result. Its key is a hash of it.

use super::key::hash;
use crate::contract::condition::Condition;
use crate::contract::options::Resolved;
use crate::contract::plugin::Plugin;
use crate::contract::protocol::Protocol;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Everything that a training depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingIdentity {
    /// [`SCHEMA`](super::SCHEMA).
    pub schema: u32,
    /// The data set without the options that say where its files lie.
    pub dataset: Plugin,
    /// Category.
    pub category: String,
    /// The data's fingerprint.
    pub data: String,
    /// What is trained, a name that methods may share, without test-time options, and without those of its length where
    /// the protocol has one.
    pub method: Plugin,
    /// A hash of what the method runs beside this program, if it runs anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<String>,
    /// How long it trains; `None` for methods that do not train by steps, so that they keep their key under every schedule.
    pub schedule: Option<Length>,
    /// Which training images are references; `None` for methods that keep none.
    pub references: Option<References>,
    /// Seed.
    pub seed: u64,
    /// Side of the network's input in pixels.
    pub image_size: u32,
    /// The teacher, if the method has one.
    pub backbone: Option<TeacherIdentity>,
}

/// How long a training is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// As the method's options say.
    Own,
    /// As the protocol says.
    #[serde(untagged)]
    Equal {
        /// Optimisation steps.
        steps: usize,
        /// Pictures per step.
        batch: usize,
    },
}

/// Which training images are references.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum References {
    /// The first one.
    First,
    /// So many, drawn.
    Drawn(usize),
}

/// A teacher, by what it computes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeacherIdentity {
    /// Architecture.
    pub name: String,
    /// Hash of its weights.
    pub weights: String,
}

/// Everything that a test depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestIdentity {
    /// Key of its training.
    pub training: String,
    /// Rules of the comparison: no record can stand for one under others.
    pub protocol: Protocol,
    /// What happened to the test images.
    pub condition: Condition,
    /// Every test-time option.
    pub settings: Resolved,
    /// Root of every random corruption.
    pub data_seed: u64,
    /// What is computed of the scores.
    pub metrics: MetricsIdentity,
}

/// The metrics of a test. With one more, every test is done again, with the trainings that are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricsIdentity {
    /// Version of their definitions.
    pub version: u32,
    /// Names, sorted.
    pub names: Vec<String>,
}

impl TrainingIdentity {
    /// What recognises the training.
    pub fn key(&self) -> String {
        hash(&json!(self))
    }
}

impl TestIdentity {
    /// What recognises the test.
    pub fn key(&self) -> String {
        hash(&json!(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_references_read_as_they_are_written() {
        for length in [Length::Own, Length::Equal { steps: 5, batch: 4 }] {
            assert_eq!(serde_json::from_value::<Length>(json!(length)).unwrap(), length);
        }
        assert_eq!(json!(Length::Own), "own");
        assert_eq!(json!(Length::Equal { steps: 5, batch: 4 }), json!({"steps": 5, "batch": 4}));
        assert_eq!(json!([References::First, References::Drawn(3)]), json!(["first", {"drawn": 3}]));
    }
}
