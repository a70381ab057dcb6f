//! How far a table's numbers can be trusted, and which of its differences.
//!
//! [`GroupStatistics`] asks what other test images would have given: bootstrap intervals of every image
//! AUROC, and of the paired difference between any two methods. [`Ranking`] asks whether methods differ over
//! many data sets: Friedman, Nemenyi, and Wilcoxon with Holm's correction. Neither knows other seeds: the
//! standard deviation beside a number is about those.

mod bootstrap;
mod footnote;
mod friedman;
mod group;
mod interval;
mod nemenyi;
mod ranking;
mod resample;
mod sweep;
mod wilcoxon;

#[cfg(test)]
mod fixture;

pub use friedman::Friedman;
pub use group::{Difference, GroupStatistics};
pub use interval::Interval;
pub use ranking::{MIN_BLOCKS, RankedMethod, Ranking, Tests};
pub use resample::RESAMPLES;

pub(crate) use bootstrap::{Sample, bootstrap, same_images};
pub(crate) use footnote::listed;
pub(crate) use wilcoxon::{LEAST_P, p_value};

use crate::{Comparison, Scores};

/// The statistics of a comparison.
#[derive(Clone, Debug)]
pub struct Statistics {
    /// One per group of the comparison, in its order.
    pub groups: Vec<GroupStatistics>,
    /// Over all data sets; `None` for fewer than two methods, or without a block that all have finished.
    pub ranking: Option<Ranking>,
}

impl Statistics {
    /// Computes all of it, from the scores that were loaded with `comparison`.
    pub fn new(comparison: &Comparison, scores: &Scores) -> Self {
        let groups = comparison.groups.iter().zip(&scores.groups);
        Self {
            groups: groups.map(|(group, scores)| GroupStatistics::new(group, scores)).collect(),
            ranking: Ranking::new(comparison),
        }
    }

    /// Sentences below the image AUROC table of the group at `position`.
    pub fn footnotes(&self, comparison: &Comparison, position: usize) -> Vec<String> {
        self.groups[position].footnote(&comparison.groups[position]).into_iter().collect()
    }
}
