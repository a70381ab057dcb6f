//! The columns of a metric's table: single conditions, then what sums them up.

use crate::score::{Average, Score};
use crate::{Group, Metric};

/// A column of numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    /// The condition at this position.
    Condition(usize),
    /// Over conditions.
    Average(Average),
}

/// Whether there is an ID column.
pub(crate) fn with_id(group: &Group, metric: &Metric) -> bool {
    group.has_id() && !metric.across_conditions
}

/// Those of `metric`, from left to right.
pub(crate) fn columns(group: &Group, metric: &Metric) -> Vec<Column> {
    let with_id = with_id(group, metric);
    let conditions = if with_id { 0..group.conditions.len() } else { group.shifted() };
    let averages: &[Average] = match (with_id, group.shifted().is_empty()) {
        (_, true) => &[],
        (true, false) => &[Average::All, Average::Ood, Average::Worst, Average::Drop],
        (false, false) => &[Average::Ood, Average::Worst],
    };
    conditions.map(Column::Condition).chain(averages.iter().copied().map(Column::Average)).collect()
}

impl Column {
    /// What stands above it.
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
