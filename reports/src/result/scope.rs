//! Of which tests a number is: of a single condition, or of what sums up several.

use crate::{Average, Group, Score};
use harness::metrics::Metric;

/// What a number is measured over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The condition at this position.
    Condition(usize),
    /// Over conditions.
    Average(Average),
}

impl Scope {
    /// Whether `metric` is shown under ID.
    pub(crate) fn with_id(group: &Group, metric: &Metric) -> bool {
        group.has_id() && !metric.across_conditions()
    }

    /// Those of `metric`, as a table shows them from left to right.
    pub(crate) fn all(group: &Group, metric: &Metric) -> Vec<Self> {
        let with_id = Self::with_id(group, metric);
        let conditions = if with_id { 0..group.conditions.len() } else { group.shifted() };
        let averages: &[Average] = match (with_id, group.shifted().is_empty()) {
            (_, true) => &[],
            (true, false) => &[Average::All, Average::Ood, Average::Worst, Average::Drop],
            (false, false) => &[Average::Ood, Average::Worst],
        };
        conditions.map(Self::Condition).chain(averages.iter().copied().map(Self::Average)).collect()
    }

    /// What stands above its column.
    pub(crate) fn heading(self, group: &Group) -> String {
        match self {
            Self::Condition(condition) => group.conditions[condition].heading().into(),
            Self::Average(Average::All) => "Avg.".into(),
            Self::Average(Average::Ood) => "OOD mean".into(),
            Self::Average(Average::Worst) => "worst".into(),
            Self::Average(Average::Drop) => "drop".into(),
        }
    }

    /// Its number of a row.
    pub(crate) fn score(self, group: &Group, metric: &Metric, row: usize) -> Score {
        match self {
            Self::Condition(condition) => group.score(metric, row, condition),
            Self::Average(average) => group.average(metric, row, average),
        }
    }

    /// A method that is equally bad everywhere has no drop: that is no merit.
    pub(crate) fn ranked(self) -> bool {
        !matches!(self, Self::Average(Average::Drop))
    }
}
