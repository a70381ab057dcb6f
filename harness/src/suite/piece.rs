//! Pieces of what was written, with their places: every mistake is answered with file, line and column, or with the
//! `--set` that made it.

use super::SuiteError;
use crate::contract::options::{dialect, unknown};
use ron::error::{Error as RonError, SpannedError};
use ron::value::RawValue;
use serde::de::DeserializeOwned;
use std::fmt;

/// A text and where it comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
    /// A suite file.
    File {
        /// How messages call it.
        name: &'a str,
        /// All of it.
        text: &'a str,
    },
    /// The argument of a `--set`.
    Setting(&'a str),
}

impl<'a> Source<'a> {
    /// The whole text.
    pub fn whole(self) -> Piece<'a> {
        match self {
            Self::File { text, .. } | Self::Setting(text) => Piece { text, source: self },
        }
    }

    /// What serde borrowed from this text.
    pub fn piece(self, raw: &'a RawValue) -> Piece<'a> {
        self.part(raw.get_ron())
    }

    /// `text`, which is a slice of this source's text.
    pub fn part(self, text: &'a str) -> Piece<'a> {
        Piece { text: text.trim(), source: self }
    }
}

/// A slice of a source's text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    /// The slice.
    pub text: &'a str,
    /// What it is a slice of.
    pub source: Source<'a>,
}

impl<'a> Piece<'a> {
    /// What was written, as a value.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, SuiteError> {
        self.borrow()
    }

    /// The same of a struct whose values stay text.
    pub fn borrow<T: serde::Deserialize<'a>>(self) -> Result<T, SuiteError> {
        dialect().from_str(self.text).map_err(|error| self.ron_error(&error))
    }

    /// The members of a list.
    pub fn list(self) -> Result<Vec<Piece<'a>>, SuiteError> {
        let members: Vec<&'a RawValue> = self.borrow()?;
        Ok(members.into_iter().map(|member| self.source.piece(member)).collect())
    }

    /// A word. Quotes are easily lost in a shell.
    pub fn word(self) -> Result<String, SuiteError> {
        match self.source {
            Source::Setting(_) if !self.text.starts_with('"') => Ok(self.text.into()),
            _ => self.read(),
        }
    }

    /// The error `message` at this place.
    pub fn error(self, message: impl fmt::Display) -> SuiteError {
        SuiteError::At { place: self.place(), message: message.to_string() }
    }

    /// A RON error inside this piece.
    pub fn ron_error(self, error: &SpannedError) -> SuiteError {
        let message = explain(&error.code);
        match self.source {
            Source::Setting(_) => self.error(message),
            Source::File { name, .. } => {
                let (line, column) = self.position();
                let inner = error.span.start;
                let column = if inner.line == 1 { column + inner.col - 1 } else { inner.col };
                let place = format!("{name}:{}:{column}", line + inner.line - 1);
                SuiteError::At { place, message }
            }
        }
    }

    /// `file:line:column`, or the `--set` argument.
    pub fn place(self) -> String {
        match self.source {
            Source::Setting(text) => format!("--set {text}"),
            Source::File { name, .. } => {
                let (line, column) = self.position();
                format!("{name}:{line}:{column}")
            }
        }
    }

    /// Line and column, both from 1.
    fn position(self) -> (usize, usize) {
        let whole = self.source.whole().text;
        // The piece borrows from the whole, so the distance of their addresses is its offset.
        let offset = (self.text.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
        let before = whole.get(..offset).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&character| character != '\n').count() + 1;
        (line, column)
    }
}

/// A RON error in plain words, with the nearest known name.
pub(super) fn explain(error: &RonError) -> String {
    match error {
        RonError::NoSuchStructField { expected, found, .. } => unknown("key", found, expected),
        RonError::NoSuchEnumVariant { expected, found, .. } => unknown("value", found, expected),
        RonError::MissingStructField { field, .. } => format!("key '{field}' is missing"),
        RonError::DuplicateStructField { field, .. } => format!("key '{field}' stands twice"),
        RonError::ExceededRecursionLimit => {
            "brackets are nested deeper than any suite needs: close some".into()
        }
        other => {
            let text = other.to_string();
            let mut letters = text.chars();
            letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
        }
    }
}
