//! What a table's footnote says about noise.

use super::group::GroupStatistics;
use super::resample::RESAMPLES;
use crate::{Group, Scope};

/// With more conditions than this, averages alone are spoken of.
const MOST_CONDITIONS: usize = 8;

/// More names than this are counted.
const MOST_NAMES: usize = 6;

impl GroupStatistics {
    /// Which methods are within noise of the best of each column; `None` where nothing can be compared.
    pub(super) fn footnote(&self, group: &Group) -> Option<String> {
        let crowded = group.conditions.len() > MOST_CONDITIONS;
        let shown = |column: &Scope| !crowded || matches!(column, Scope::Average(_));
        let columns = self.columns.iter().enumerate().filter(|(_, column)| shown(column));
        let parts: Vec<String> = columns
            .filter_map(|(position, column)| {
                let near = self.near_the_best(position)?;
                let labels: Vec<String> = near.iter().map(|&row| group.rows[row].label()).collect();
                Some(format!("{}: {}", column.heading(group), listed(&labels, MOST_NAMES)))
            })
            .collect();
        (!parts.is_empty()).then(|| {
            format!(
                "Within noise of a column's best (95 % paired bootstrap over test images, {RESAMPLES} \
                 resamples; other seeds may differ more, and many comparisons find some difference by \
                 chance): {}.",
                parts.join("; ")
            )
        })
    }

    /// The methods that are within noise of a column's best; `None` if there is no other to compare.
    fn near_the_best(&self, column: usize) -> Option<Vec<usize>> {
        let best = self.best(column)?;
        let others = self.methods.iter().filter(|&&row| row != best);
        let compared = others.filter_map(|&row| Some((row, self.difference(row, best, column)?)));
        let compared: Vec<_> = compared.collect();
        let near = compared.iter().filter(|(_, difference)| difference.within_noise());
        (!compared.is_empty()).then(|| near.map(|(row, _)| *row).collect())
    }
}

/// Names in a row, the first `most` of them and how many more; `none` for none.
pub(crate) fn listed(names: &[String], most: usize) -> String {
    match names.len() {
        0 => "none".into(),
        count if count <= most => names.join(", "),
        count => format!("{} and {} more", names[..most].join(", "), count - most),
    }
}
