//! How a job can fail: a closed list.

use super::files::StoreError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// An image, mask or label cannot be used.
    Data,
    /// A shift cannot be applied.
    Shift,
    /// The method cannot be built, trained or asked.
    Method,
    /// A score or map is not a finite number.
    NotFinite,
    /// The method answered with the wrong number of scores or a map of another size.
    Shape,
    /// The method did not train as long as the protocol prescribes.
    Budget,
    /// A result cannot be written.
    Write,
    /// The process ran out of memory.
    OutOfMemory,
    /// The process panicked.
    Panic,
    /// The process was killed by a signal that the run did not send.
    Signal,
    /// The process was killed because it reported nothing for too long.
    Deadline,
    /// The process ended without a result.
    NoRecord,
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Data => "data",
            Self::Shift => "shift",
            Self::Method => "method",
            Self::NotFinite => "not finite",
            Self::Shape => "shape",
            Self::Budget => "budget",
            Self::Write => "write",
            Self::OutOfMemory => "out of memory",
            Self::Panic => "panic",
            Self::Signal => "signal",
            Self::Deadline => "deadline",
            Self::NoRecord => "no record",
        })
    }
}

/// A failed job: shown in tables, never taken for done, tried again by the next run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct Failure {
    /// What kind.
    pub kind: FailureKind,
    /// One sentence that names the file or the thing.
    pub message: String,
}

impl Failure {
    /// A failure of this kind. Lines of the message become one.
    pub fn new(kind: FailureKind, message: impl ToString) -> Self {
        let message = message.to_string();
        let lines: Vec<&str> = message.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        Self { kind, message: lines.join(" ") }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::new(FailureKind::Write, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_line() {
        let failure = Failure::new(FailureKind::Method, "cannot load:\n\n  conv1 is missing\n");
        assert_eq!(failure.to_string(), "method: cannot load: conv1 is missing");
    }
}
