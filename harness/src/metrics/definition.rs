//! A metric with all that is known of it, and what it is computed from.

use super::{MetricResult, Undefined};
use crate::contract::registry::Entry;

/// A registered metric, as records name it and tables show it.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Name in records.
    pub name: &'static str,
    /// Name above tables.
    pub heading: &'static str,
    /// What it says, in one line.
    pub explanation: &'static str,
    /// Which way is better.
    pub direction: Direction,
    /// Place among the metrics of a report, the lowest first.
    pub order: u32,
    /// Whether a report prints it, where it is defined; the others are in its CSV file.
    pub reported: bool,
    /// How it is computed.
    pub definition: Definition,
}

/// How a metric is computed. All see the same model, seed and condition.
#[derive(Clone, Copy, Debug)]
pub enum Definition {
    /// From image scores and labels.
    Images(fn(&Images<'_>) -> MetricResult),
    /// From those of the distribution trained on and those of a shifted one, in this order: ID itself has none.
    AcrossShift(fn(&Images<'_>, &Images<'_>) -> MetricResult),
    /// From anomaly maps and defect masks.
    Maps(fn(&Maps<'_>) -> MetricResult),
}

/// Images that were scored.
#[derive(Clone, Copy, Debug)]
pub struct Images<'a> {
    /// One score each; higher is more anomalous.
    pub scores: &'a [f64],
    /// One label each: whether it shows an anomaly.
    pub anomalous: &'a [bool],
}

impl Images<'_> {
    /// Scores of the normal images.
    pub fn normal(&self) -> Vec<f64> {
        let pairs = self.scores.iter().zip(self.anomalous);
        pairs.filter(|(_, anomalous)| !**anomalous).map(|(score, _)| *score).collect()
    }
}

/// Anomaly maps and the truth about them.
#[derive(Clone, Debug)]
pub struct Maps<'a> {
    /// Width and height of each map in pixels.
    pub side: usize,
    /// One map per image, `side * side` values, row by row.
    pub values: Vec<&'a [f32]>,
    /// One mask per image: where the defect is. False throughout for normal images.
    pub masks: Vec<&'a [bool]>,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Direction {
    HigherIsBetter,
    LowerIsBetter,
}

impl Direction {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::HigherIsBetter => "higher is better",
            Self::LowerIsBetter => "lower is better",
        }
    }
}

inventory::collect!(Metric);

impl Entry for Metric {
    const KIND: &'static str = "metric";
    fn name(&self) -> &'static str {
        self.name
    }
}

/// By name, which is unique.
impl PartialEq for Metric {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Metric {}

impl Metric {
    /// A printed metric of which more is better; the rest is to be filled in.
    pub const HIGHER: Self = Self {
        name: "",
        heading: "",
        explanation: "",
        direction: Direction::HigherIsBetter,
        order: u32::MAX,
        reported: true,
        definition: Definition::Images(|_| Err(Undefined::NoImages)),
    };

    /// The same, of which less is better.
    pub const LOWER: Self = Self { direction: Direction::LowerIsBetter, ..Self::HIGHER };

    /// Every metric, in the order of reports.
    pub fn all() -> Vec<&'static Self> {
        let mut all: Vec<&Self> = inventory::iter::<Self>.into_iter().collect();
        all.sort_by_key(|metric| (metric.order, metric.name));
        all
    }

    /// Whether it compares a shifted condition with ID, so that ID itself has none.
    pub fn across_conditions(&self) -> bool {
        matches!(self.definition, Definition::AcrossShift(_))
    }

    /// Whether `a` is better than `b`.
    pub fn better(&self, a: f64, b: f64) -> bool {
        match self.direction {
            Direction::HigherIsBetter => a > b,
            Direction::LowerIsBetter => a < b,
        }
    }
}
