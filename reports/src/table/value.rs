//! What a cell holds. Formats make text of it.

use crate::statistics::Interval;
use crate::{Estimate, Gap, Score};

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What it holds.
    pub value: Value,
    /// Its place in its column.
    pub mark: Mark,
}

/// Rank in a column, at the precision shown: equal numbers share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Mark {
    None,
    Best,
    Second,
}

/// What a cell holds. Shares are shares of 1, which tables show in percent or points.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A share, with its deviation over seeds.
    Score(Estimate),
    /// A share.
    Share(f64),
    /// A standard deviation of shares.
    Spread(f64),
    /// A share, or a difference between shares, with its interval.
    Interval {
        /// The share.
        estimate: f64,
        /// Its 95 % interval.
        interval: Interval,
        /// Whether it is a difference that other images might not show.
        within_noise: bool,
    },
    /// An interval alone.
    Range(Interval),
    /// What a paper prints, in percent.
    Printed(f64),
    /// What was measured less what a paper prints, in points.
    Difference(f64),
    /// The p of a test.
    Probability(f64),
    /// Any other number.
    Number {
        /// In the unit of its column.
        value: f64,
        /// How many decimals say something.
        decimals: usize,
    },
    /// So many of so many.
    Count {
        /// These.
        of: usize,
        /// Of these.
        all: usize,
    },
    /// Whether a method has something.
    Check(bool),
    /// Words.
    Words(String),
    /// No result, and why.
    Gap(Gap),
    /// A number that nobody recorded, or that cannot be.
    Unknown,
    /// Nothing, as in a paper that does not print it.
    Blank,
}

impl Value {
    /// Its number, in the unit of its column and as precise as it is known; `None` for none.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Score(Estimate { mean: share, .. })
            | Self::Share(share)
            | Self::Spread(share)
            | Self::Interval { estimate: share, .. } => Some(100.0 * share),
            Self::Printed(value)
            | Self::Difference(value)
            | Self::Probability(value)
            | Self::Number { value, .. } => Some(*value),
            Self::Range(_)
            | Self::Count { .. }
            | Self::Check(_)
            | Self::Words(_)
            | Self::Gap(_)
            | Self::Unknown
            | Self::Blank => None,
        }
    }

    /// The standard deviation shown with it, in the same unit.
    pub fn spread(&self) -> Option<f64> {
        match self {
            Self::Score(estimate) => estimate.std.map(|std| 100.0 * std),
            _ => None,
        }
    }

    /// `value` as this kind of cell, or as `otherwise`.
    pub(crate) fn or<T>(value: Option<T>, kind: impl Fn(T) -> Self, otherwise: Self) -> Self {
        value.map_or(otherwise, kind)
    }
}

impl From<Score> for Value {
    fn from(score: Score) -> Self {
        score.map_or_else(Self::Gap, Self::Score)
    }
}

impl From<Value> for Entry {
    /// Outside of any ranking.
    fn from(value: Value) -> Self {
        Self { value, mark: Mark::None }
    }
}
