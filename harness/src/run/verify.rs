//! Whether a run folder is what was written: every hash, and every metric that follows from scores.

use crate::contract::condition::Condition;
use crate::plan::Cell;
use crate::results::{
    CellRecord, IndexEntry, JobFolder, JobRecord, MetricValue, RunFolder, StoreError, Unfinished,
};
use crate::run::evaluate::of_scores;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Something that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding(pub String);

/// What was looked at, and what was found.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// Trainings whose record and state, as far as it was kept, are whole.
    pub trainings: usize,
    /// Results whose record, scores and maps are whole and whose numbers follow from the scores.
    pub cells: usize,
    /// Results that the index names and that are not there, or were computed from other inputs.
    pub missing: usize,
    /// What is not what was written, sorted.
    pub findings: Vec<Finding>,
}

/// Compares everything in a run folder that results rest on with what was written.
///
/// # Errors
/// When there is no run.
pub fn verify(folder: &RunFolder) -> Result<Verified, StoreError> {
    let mut verified = Verified::default();
    let index = match folder.index() {
        Ok(index) => {
            index.ok_or_else(|| StoreError::read(folder.path(), "there is no run: it has no index.json"))?
        }
        Err(error) => {
            verified.find(error);
            return Ok(verified);
        }
    };
    let mut jobs: BTreeMap<String, Vec<IndexEntry>> = BTreeMap::new();
    for entry in index.cells {
        jobs.entry(entry.job.clone()).or_default().push(entry);
    }
    let jobs: Vec<_> = jobs.into_iter().collect();
    let parts: Vec<Verified> = jobs.par_iter().map(|(job, cells)| job_of(&folder.job(job), cells)).collect();
    for part in parts {
        verified.trainings += part.trainings;
        verified.cells += part.cells;
        verified.missing += part.missing;
        verified.findings.extend(part.findings);
    }
    folder.damaged_exhibits().into_iter().for_each(|(_, error)| verified.find(error));
    verified.findings.sort();
    Ok(verified)
}

impl Verified {
    fn find(&mut self, what: impl ToString) {
        self.findings.push(Finding(what.to_string()));
    }
}

fn job_of(job: &JobFolder, cells: &[IndexEntry]) -> Verified {
    let mut verified = Verified::default();
    let training = job.training().unwrap_or_else(|error| {
        verified.find(error);
        None
    });
    if let Some(record) = &training {
        match check_training(job, record) {
            Ok(()) => verified.trainings += 1,
            Err(error) => verified.find(error),
        }
    }
    if let Err(error) = job.checked_failure() {
        verified.find(error);
    }
    let mut told = BTreeSet::new();
    for entry in cells {
        match job.finished(&entry.cell, &entry.key, training.as_ref()) {
            Ok(record) => match check_numbers(job, &entry.cell, &record) {
                Ok(()) => verified.cells += 1,
                Err(reason) => verified.find(format!("{}: {reason}", job.record_path(&entry.cell).display())),
            },
            Err(Unfinished::Missing | Unfinished::Outdated(_)) => verified.missing += 1,
            // Cells that rest on one damaged training say the same.
            Err(Unfinished::Damaged(reason)) if told.insert(reason.clone()) => verified.find(reason),
            Err(Unfinished::Damaged(_)) => {}
        }
    }
    verified
}

fn check_training(job: &JobFolder, record: &JobRecord) -> Result<(), StoreError> {
    if record.key != record.identity.key() {
        return Err(StoreError::read(&job.path().join("job.json"), "its key is not that of its inputs"));
    }
    job.check_state(record)
}

/// Whether the metrics of a record are those of its scores. Those of pixels need the whole maps, which are not kept.
fn check_numbers(job: &JobFolder, label: &str, record: &CellRecord) -> Result<(), String> {
    if record.key != record.identity.key() {
        return Err("its key is not that of its inputs".into());
    }
    let of = |label: &str, record: &CellRecord| job.scores(label, record).map_err(|error| error.to_string());
    let scores = of(label, record)?;
    let id = match record.condition {
        Condition::Id => None,
        _ => {
            let settings = record.settings.clone().into_iter().collect();
            let label = Cell { condition: Condition::Id, settings }.label();
            let record = job.cell(&label).map_err(|error| error.to_string())?;
            Some(of(&label, &record)?)
        }
    };
    let follows = of_scores(&scores, id.as_deref());
    // A metric that the record does not have was not known to the program that made it.
    let differs =
        |name: &str, value: &MetricValue| record.metrics.get(name).is_some_and(|recorded| recorded != value);
    match follows.iter().find(|(name, value)| differs(name, value)) {
        Some((name, _)) => Err(format!("its {name} does not follow from its scores")),
        None => Ok(()),
    }
}
