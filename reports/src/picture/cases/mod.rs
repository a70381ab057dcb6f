//! Test images worth looking at: the ones methods get most wrong, or those a reader names.

mod choice;
mod grid;

pub use choice::{chosen, worst};

use crate::{Comparison, Group, Outcome, Place, Row};
use harness::results::{CellRecord, Exhibit, JobRecord};

/// One or a few images under several conditions, to be shown for every method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Stem of its file name, such as `missed`.
    pub name: String,
    /// What it is, in a sentence.
    pub why: String,
    /// What is shown, from top to bottom.
    pub shots: Vec<Shot>,
}

/// An image under a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shot {
    /// Position among the group's conditions.
    pub condition: usize,
    /// Position among the group's categories.
    pub category: usize,
    /// Identifier of the image.
    pub image: String,
}

impl Case {
    /// What a run folder must keep so that this case can be drawn.
    pub fn exhibits<'a>(&'a self, comparison: &'a Comparison, group: &'a Group) -> Vec<Exhibit<'a>> {
        let of_shot = |shot: &'a Shot| {
            let cells = drawn_rows(group).filter_map(|(row, _)| cell(comparison, group, row, shot));
            cells.map(|(_, job, cell)| Exhibit { job, cell, image: &shot.image })
        };
        self.shots.iter().flat_map(of_shot).collect()
    }
}

/// The methods that heat maps are shown of: those with maps, without the trivial baselines and without
/// sweeps over test-time options.
fn drawn_rows(group: &Group) -> impl Iterator<Item = (usize, &Row)> {
    let has_maps = |row| group.records().any(|(place, record)| place.row == row && record.maps.is_some());
    let plain = group.rows_in_order().filter(|(_, row)| row.settings.is_empty() && !row.baseline);
    plain.filter(move |(row, _)| has_maps(*row))
}

/// The cell of a shot with its place and the training behind it.
fn cell<'a>(
    comparison: &'a Comparison,
    group: &'a Group,
    row: usize,
    shot: &Shot,
) -> Option<(Place, &'a JobRecord, &'a CellRecord)> {
    let place = group.first_place(row, shot.condition, shot.category)?;
    let Outcome::Done(record) = group.cells.get(&place)? else { return None };
    let job = comparison.jobs.get(&group.files[&place].job)?;
    record.maps.is_some().then_some((place, job, record))
}
