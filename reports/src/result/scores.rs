//! The scores behind the records: every tested image of every cell.

use crate::{Comparison, Outcome, Place, ReportError};
use harness::results::{RunFolder, ScoredImage};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Scores of one data set's cells, in the order the images were tested.
pub type GroupScores = BTreeMap<Place, Vec<ScoredImage>>;

/// Scores of every finished cell.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    /// One per group of the comparison, in its order.
    pub groups: Vec<GroupScores>,
}

impl Scores {
    /// Reads the score files of every finished cell of `comparison`, which was loaded from `folder`.
    ///
    /// # Errors
    /// When a file cannot be read or is not the one its record was made from.
    pub fn load(folder: &RunFolder, comparison: &Comparison) -> Result<Self, ReportError> {
        let groups = comparison.groups.iter().map(|group| {
            let done = group.cells.par_iter().filter_map(|(place, outcome)| match outcome {
                Outcome::Done(record) => Some((*place, record)),
                Outcome::Failed(_) | Outcome::Hole(_) => None,
            });
            let load = |(place, record): (Place, &Box<_>)| {
                let file = &group.files[&place];
                let scores = folder.job(&file.job).scores(&file.cell, record).map_err(ReportError::Scores)?;
                Ok((place, scores))
            };
            done.map(load).collect()
        });
        Ok(Self { groups: groups.collect::<Result<_, _>>()? })
    }
}
