//! Why options make no sense.

use crate::contract::error::{DataError, DetectorError};
use std::fmt;

/// Why options make no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The option to change, if it is one.
    pub option: Option<String>,
    /// What is wrong with it, and what would do.
    pub reason: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.option {
            Some(option) => write!(f, "option {option}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl From<DetectorError> for Refusal {
    fn from(error: DetectorError) -> Self {
        match error {
            DetectorError::Option { option, reason } => Self { option: Some(option.into()), reason },
            other => Self { option: None, reason: other.to_string() },
        }
    }
}

impl From<DataError> for Refusal {
    fn from(error: DataError) -> Self {
        match error {
            DataError::Option { option, reason } => Self { option: Some(option.into()), reason },
            other => Self { option: None, reason: other.to_string() },
        }
    }
}
