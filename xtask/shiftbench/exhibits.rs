//! The pictures that a report shows: which, and how they get into the run folder.

use crate::exit::{Exit, FOLDER};
use crate::out::say;
use harness::results::{Failure, FailureKind, RunFolder};
use reports::cases::{self, Case};
use reports::{Comparison, Group, GroupScores, ReportError, Scores};
use std::path::Path;

/// Keeps the pictures of the images that a report of the finished run will show; a run whose data cannot be
/// read any more goes without.
pub fn keep_worst(folder: &RunFolder, comparison: &Comparison, data_root: &Path) -> Result<(), Exit> {
    let scores = Scores::load(folder, comparison)?;
    match keep(folder, comparison, &worst_cases(comparison, &scores), data_root) {
        Err(failure) if failure.kind == FailureKind::Write => Err(Exit::new(FOLDER, failure.message)),
        Err(failure) => {
            say!(
                "note: no pictures are kept for the report: {}",
                harness::contract::text::message(&failure.to_string())
            );
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Position of a group in the comparison, and a case of it.
pub type GroupCase = (usize, Case);

/// The images that methods get most wrong.
pub fn worst_cases(comparison: &Comparison, scores: &Scores) -> Vec<GroupCase> {
    let groups = comparison.groups.iter().zip(&scores.groups).enumerate();
    groups
        .flat_map(|(position, (group, scores))| {
            cases::worst(group, scores).into_iter().map(move |case| (position, case))
        })
        .collect()
}

/// The images that were asked for, each in the data sets that have it.
pub fn chosen_cases(
    comparison: &Comparison,
    scores: &Scores,
    names: &[String],
) -> Result<Vec<GroupCase>, ReportError> {
    let mut cases = Vec::new();
    for name in names {
        let of_group = |(position, (group, scores)): (usize, (&Group, &GroupScores))| {
            cases::chosen(group, scores, name).map(|case| (position, case))
        };
        let groups = comparison.groups.iter().zip(&scores.groups).enumerate();
        let (found, mut missing): (Vec<_>, Vec<_>) = groups.map(of_group).partition(Result::is_ok);
        match missing.pop() {
            Some(Err(error)) if found.is_empty() => return Err(error),
            _ => cases.extend(found.into_iter().flatten()),
        }
    }
    Ok(cases)
}

/// Keeps the pictures of these images in the run folder.
pub fn keep(
    folder: &RunFolder,
    comparison: &Comparison,
    cases: &[GroupCase],
    data_root: &Path,
) -> Result<(), Failure> {
    let exhibits =
        cases.iter().flat_map(|(group, case)| case.exhibits(comparison, &comparison.groups[*group]));
    let exhibits: Vec<_> = exhibits.collect();
    folder.keep_exhibits(&exhibits, data_root)
}
