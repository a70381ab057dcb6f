//! Which result of one run belongs to which of the other.

use crate::{Comparison, Outcome, ReportError, Row, Scores, Tested};
use harness::results::{CellRecord, JobRecord, ScoredImage};
use std::collections::BTreeMap;

/// A run, with the scores that were loaded with it.
pub type Run<'a> = (&'a Comparison, &'a Scores);

/// A result of a run.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub record: &'a CellRecord,
    /// The training behind it, if it is on record.
    pub job: Option<&'a JobRecord>,
    pub images: Option<&'a [ScoredImage]>,
}

/// Two results that belong together.
pub(super) struct Match<'a> {
    pub dataset: &'a str,
    pub category: &'a str,
    /// Method and setting, of both runs where they differ.
    pub label: String,
    pub condition: &'a Tested,
    pub a: Side<'a>,
    pub b: Side<'a>,
}

impl Match<'_> {
    /// Whether any score or metric differs.
    pub fn changed(&self) -> bool {
        let (a, b) = (self.a.record, self.b.record);
        a.scores_hash != b.scores_hash || a.metrics != b.metrics
    }
}

/// All of them, and what is left: for each result of one run alone, its data set and method.
pub(super) struct Matches<'a> {
    pub matches: Vec<Match<'a>>,
    pub only_a: Vec<String>,
    pub only_b: Vec<String>,
}

/// Everything that two results must share, but the reference image: data set, category, condition, method,
/// setting, seed.
type Key<'a> = (&'a str, &'a str, &'a str, &'a str, String, u64);

/// A finished cell of a run.
struct Cell<'a> {
    key: Key<'a>,
    condition: &'a Tested,
    reference: Option<usize>,
    row: &'a Row,
    side: Side<'a>,
}

pub(super) fn matches<'a>(
    a: Run<'a>,
    b: Run<'a>,
    pairs: &[(String, String)],
) -> Result<Matches<'a>, ReportError> {
    for (of_b, of_a) in pairs {
        known(a.0, "A", of_a)?;
        known(b.0, "B", of_b)?;
    }
    // For a method of B, the methods of A to compare it with.
    let partners = |method: &'a str| -> Vec<&str> {
        let of_pair = pairs.iter().filter(|(of_b, _)| of_b == method).map(|(_, of_a)| of_a.as_str());
        if pairs.is_empty() { vec![method] } else { of_pair.collect() }
    };
    let cells_of_a = cells(a);
    let wanted_of_a = |row: &Row| pairs.is_empty() || pairs.iter().any(|(_, of_a)| *of_a == row.method);
    let mut by_key: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (position, cell) in cells_of_a.iter().enumerate() {
        by_key.entry(cell.key.clone()).or_default().push(position);
    }
    let mut used = vec![false; cells_of_a.len()];
    let (mut matches, mut only_b) = (Vec::new(), Vec::new());
    for cell in cells(b) {
        let (dataset, category, condition, method, setting, seed) = &cell.key;
        for partner in partners(method) {
            let key = (*dataset, *category, *condition, partner, setting.clone(), *seed);
            let same = |position: &&usize| {
                let (one, other) = (cells_of_a[**position].reference, cell.reference);
                one == other || one.is_none() || other.is_none()
            };
            let found: Vec<usize> = by_key.get(&key).into_iter().flatten().filter(same).copied().collect();
            if found.is_empty() {
                only_b.push(format!("{} on {dataset}", cell.row.label()));
            }
            for position in found {
                used[position] = true;
                let label = cell.row.label();
                let label = if partner == *method { label } else { format!("{label} (A: {partner})") };
                let (a, b) = (cells_of_a[position].side, cell.side);
                matches.push(Match { dataset, category, label, condition: cell.condition, a, b });
            }
        }
    }
    let left = cells_of_a.iter().zip(used).filter(|(cell, used)| !used && wanted_of_a(cell.row));
    let only_a = left.map(|(cell, _)| format!("{} on {}", cell.row.label(), cell.key.0)).collect();
    Ok(Matches { matches, only_a, only_b })
}

/// The finished cells of a run, in the order of its tables.
fn cells<'a>((comparison, scores): Run<'a>) -> Vec<Cell<'a>> {
    let groups = comparison.groups.iter().zip(&scores.groups);
    let of_group = groups.flat_map(|(group, scores)| {
        group.cells.iter().filter_map(move |(place, outcome)| {
            let Outcome::Done(record) = outcome else { return None };
            let row = &group.rows[place.row];
            let category = group.categories[place.category].as_str();
            let condition = &group.conditions[place.condition];
            Some(Cell {
                key: (&group.dataset, category, &condition.label, &row.method, row.setting(), place.seed),
                condition,
                reference: place.reference,
                row,
                side: Side {
                    record,
                    job: comparison.jobs.get(&group.files[place].job),
                    images: scores.get(place).map(Vec::as_slice),
                },
            })
        })
    });
    of_group.collect()
}

fn known(run: &Comparison, name: &'static str, method: &str) -> Result<(), ReportError> {
    let mut labels: Vec<&str> = Vec::new();
    for row in run.groups.iter().flat_map(|group| &group.rows) {
        if !labels.contains(&row.method.as_str()) {
            labels.push(&row.method);
        }
    }
    if labels.contains(&method) {
        return Ok(());
    }
    Err(ReportError::UnknownMethod { name: method.into(), run: name, known: labels.join(", ") })
}
