//! A row of a table.

use super::value::Entry;
use crate::Row;
use crate::published::Citation;

/// A row.
#[derive(Clone, Debug)]
pub struct Line {
    /// The method and setting that its numbers are of, or are compared with.
    pub method: String,
    /// What its numbers are.
    pub kind: Kind,
    /// One per column.
    pub entries: Vec<Entry>,
}

/// What the numbers of a row are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Measured here.
    Measured,
    /// Measured here, of a trivial baseline.
    Baseline,
    /// Printed in a paper.
    Published(Citation),
    /// Measured less published.
    Difference {
        /// Where that is published.
        from: Citation,
        /// Whether it was not measured like that.
        unlike: bool,
    },
}

/// Marks a difference between numbers that were not measured alike.
pub(crate) const UNLIKE: &str = "†";

impl Kind {
    /// Of a row that was measured.
    pub(crate) fn of(row: &Row) -> Self {
        if row.baseline { Self::Baseline } else { Self::Measured }
    }

    /// Whether its numbers are of this run.
    pub fn measured(&self) -> bool {
        matches!(self, Self::Measured | Self::Baseline)
    }

    /// In a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Baseline => "baseline",
            Self::Published(_) => "published",
            Self::Difference { .. } => "difference",
        }
    }
}

impl Line {
    /// What it is, wherever it stands: `gnl`, `published: RD4AD, GNL ICCV 2023`, `gnl less GNL ICCV 2023 †`.
    pub fn label(&self) -> String {
        match &self.kind {
            Kind::Measured | Kind::Baseline => self.method.clone(),
            Kind::Published(citation) => format!("published: {citation}"),
            Kind::Difference { from, unlike: false } => format!("{} less {from}", self.method),
            Kind::Difference { from, unlike: true } => format!("{} less {from} {UNLIKE}", self.method),
        }
    }

    /// The same right under the method that it belongs to, so that it need not say from what a difference is.
    pub fn short_label(&self) -> String {
        match &self.kind {
            Kind::Difference { unlike: false, .. } => "difference".into(),
            Kind::Difference { unlike: true, .. } => format!("difference {UNLIKE}"),
            Kind::Measured | Kind::Baseline | Kind::Published(_) => self.label(),
        }
    }
}
