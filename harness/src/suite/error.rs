//! Errors in suite files, each with its position and the nearest known name.

use super::protocol::{FORMS, Protocol};
use crate::options::dialect;
use crate::registry::nearest;
use ron::error::{Error as RonError, SpannedError};
use std::fmt;

/// What is wrong with a suite, and where.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// A mistake in the file.
    #[error("{place}: {message}")]
    At {
        /// `file:line:column`, or the `--set` argument.
        place: String,
        /// What is wrong, with a hint.
        message: String,
    },
    /// A mistake that has no single position.
    #[error("suite {suite}: {message}")]
    Whole {
        /// The suite's name.
        suite: String,
        /// What is wrong, with a hint.
        message: String,
    },
    /// The file cannot be read.
    #[error("{path}: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        reason: std::io::Error,
    },
}

/// A text and where it comes from, for messages.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

impl Source<'_> {
    /// The error `message` at the place of `part`, a slice of this source's text.
    pub fn error(&self, part: &str, message: impl fmt::Display) -> SuiteError {
        let (line, column) = self.position(part);
        SuiteError::At { place: format!("{}:{line}:{column}", self.file), message: message.to_string() }
    }

    /// A RON error inside `part`, a slice of this source's text.
    pub fn ron_error(&self, part: &str, error: &SpannedError) -> SuiteError {
        let (line, column) = self.position(part);
        let inner = error.span.start;
        let column = if inner.line == 1 { column + inner.col - 1 } else { inner.col };
        SuiteError::At {
            place: format!("{}:{}:{column}", self.file, line + inner.line - 1),
            message: explain(&error.code),
        }
    }

    /// The protocol in `part`, a slice of this source's text.
    pub fn protocol(&self, part: &str) -> Result<Protocol, SuiteError> {
        dialect().from_str(part).map_err(|error| match self.ron_error(part, &error) {
            SuiteError::At { place, message } => {
                SuiteError::At { place, message: format!("{message}; {FORMS}") }
            }
            other => other,
        })
    }

    /// Line and column, both from 1, of `part` within the text.
    fn position(&self, part: &str) -> (usize, usize) {
        // `part` borrows from `text`, so the distance of their addresses is its offset.
        let offset = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let before = self.text.get(..offset).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&character| character != '\n').count() + 1;
        (line, column)
    }
}

/// A RON error in plain words, with the nearest known name.
pub(super) fn explain(error: &RonError) -> String {
    let unknown = |what: &str, found: &str, expected: &[&'static str]| {
        let hint = nearest(found, expected.iter().copied())
            .map_or_else(String::new, |name| format!(": did you mean '{name}'?"));
        let known = if expected.is_empty() { "none".into() } else { expected.join(", ") };
        format!("unknown {what} '{found}'{hint} (known: {known})")
    };
    match error {
        RonError::NoSuchStructField { expected, found, .. } => unknown("key", found, expected),
        RonError::NoSuchEnumVariant { expected, found, .. } => unknown("value", found, expected),
        RonError::MissingStructField { field, .. } => format!("key '{field}' is missing"),
        RonError::DuplicateStructField { field, .. } => format!("key '{field}' stands twice"),
        other => {
            let text = other.to_string();
            let mut letters = text.chars();
            letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
        }
    }
}
