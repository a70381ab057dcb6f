//! What a run folder holds, compared with what it should hold.

use crate::{Group, Hole, Outcome, Place, ReportError};
use harness::contract::backbone::Weights;
use harness::contract::protocol::Protocol;
use harness::results::{CellRecord, IndexEntry, JobFolder, JobRecord, RunFolder, StoreError, Unfinished};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The results of a run, ready to be shown.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Suite name.
    pub suite: String,
    /// Rules of the comparison.
    pub protocol: Protocol,
    /// Side of the network input in pixels.
    pub image_size: u32,
    /// One per data set, in index order.
    pub groups: Vec<Group>,
    /// The training behind every result, by job folder.
    pub jobs: BTreeMap<String, JobRecord>,
}

impl Comparison {
    /// Reads the cells of the folder's index; with `only`, those of them.
    ///
    /// The index gives the order, so neither the order of `only` nor of the files matters.
    pub fn load(folder: &RunFolder, only: Option<&[IndexEntry]>) -> Result<Self, ReportError> {
        let no_run = || ReportError::NoRun(folder.path().into());
        let unread = |error| match error {
            StoreError::Version { .. } => ReportError::OtherVersion(error),
            _ => ReportError::Index(error),
        };
        let index = folder.index().map_err(unread)?.ok_or_else(no_run)?;
        let mut entries = index.cells;
        if let Some(only) = only {
            let wanted: BTreeSet<_> = only.iter().map(|entry| (&entry.job, &entry.cell)).collect();
            entries.retain(|entry| wanted.contains(&(&entry.job, &entry.cell)));
        }
        if entries.is_empty() {
            return Err(no_run());
        }
        let mut rules = Rules::new(index.protocol);
        let mut cells: BTreeMap<String, Vec<(&IndexEntry, Outcome)>> = BTreeMap::new();
        let mut jobs = BTreeMap::new();
        let trainings = trainings(folder, &entries);
        let outcomes: Vec<Outcome> = entries
            .par_iter()
            .map(|entry| outcome(&folder.job(&entry.job), entry, trainings[&entry.job].as_ref()))
            .collect();
        for (entry, outcome) in entries.iter().zip(outcomes) {
            if let Outcome::Done(record) = &outcome {
                rules.check(record, || folder.job(&entry.job).record_path(&entry.cell))?;
                if !jobs.contains_key(&entry.job) {
                    let training = trainings[&entry.job].clone();
                    jobs.extend(training.map(|training| (entry.job.clone(), training)));
                }
            }
            cells.entry(entry.dataset.clone()).or_default().push((entry, outcome));
        }
        let mut groups = Vec::new();
        for entry in &entries {
            if let Some(cells) = cells.remove(&entry.dataset) {
                let mut group = Group::new(&entry.dataset, cells);
                mark_random_teachers(&mut group, &jobs);
                groups.push(group);
            }
        }
        Ok(Self { suite: index.suite, protocol: index.protocol, image_size: index.image_size, groups, jobs })
    }

    /// Marks these methods as trivial baselines, whatever a suite calls them: shown last, apart from the
    /// others.
    pub fn with_baselines(mut self, names: &[&str]) -> Self {
        for group in &mut self.groups {
            let plugins: BTreeMap<usize, &str> = (group.files.iter())
                .filter_map(|(place, file)| Some((place.row, self.jobs.get(&file.job)?.method.name.as_str())))
                .collect();
            for (position, row) in group.rows.iter_mut().enumerate() {
                row.baseline = names.contains(plugins.get(&position).unwrap_or(&row.method.as_str()));
            }
        }
        self
    }

    /// The trainings behind a row, each at one of the places that it was tested for.
    pub fn jobs_of(&self, group: &Group, row: usize) -> impl Iterator<Item = (Place, &JobRecord)> {
        let mut seen = BTreeSet::new();
        group.files.iter().filter(move |(place, _)| place.row == row).filter_map(move |(place, file)| {
            let job = self.jobs.get(&file.job)?;
            seen.insert(&file.job).then_some((*place, job))
        })
    }

    /// The plugin behind a row, whatever a suite calls it; where no training is recorded, the method's label.
    pub fn plugin<'a>(&'a self, group: &'a Group, row: usize) -> &'a str {
        let first = self.jobs_of(group, row).next();
        first.map_or(group.rows[row].method.as_str(), |(_, job)| job.method.name.as_str())
    }

    /// The plugin that a group's data come from, whatever a suite calls it; where no training is recorded, the label.
    pub fn dataset<'a>(&'a self, group: &'a Group) -> &'a str {
        let mut jobs = group.files.values().filter_map(|file| self.jobs.get(&file.job));
        jobs.next().map_or(group.dataset.as_str(), |job| job.dataset.name.as_str())
    }

    /// The first result that is there and is not what was written, in words.
    pub fn damaged(&self) -> Option<&str> {
        let mut outcomes = self.groups.iter().flat_map(|group| group.cells.values());
        outcomes.find_map(|outcome| match outcome {
            Outcome::Hole(Hole::Damaged(reason)) => Some(reason.as_str()),
            _ => None,
        })
    }

    /// How many of the expected results are not there.
    pub fn holes(&self) -> usize {
        let cells = self.groups.iter().flat_map(|group| group.cells.values());
        cells.filter(|outcome| !matches!(outcome, Outcome::Done(_))).count()
    }
}

/// The training in the folder of each job, where its record is whole.
fn trainings(folder: &RunFolder, entries: &[IndexEntry]) -> BTreeMap<String, Option<JobRecord>> {
    let jobs: BTreeSet<&String> = entries.iter().map(|entry| &entry.job).collect();
    let jobs: Vec<_> = jobs.into_iter().collect();
    let read = |job: &&String| ((*job).clone(), folder.job(job).training().ok().flatten());
    jobs.par_iter().map(read).collect::<Vec<_>>().into_iter().collect()
}

/// Of the rows that have a result with such a teacher.
fn mark_random_teachers(group: &mut Group, jobs: &BTreeMap<String, JobRecord>) {
    let random = |(place, _): (&Place, &CellRecord)| {
        let teacher = jobs.get(&group.files[place].job)?.teacher.as_ref()?;
        matches!(teacher.choice.weights, Weights::Random(_)).then_some(place.row)
    };
    let rows: BTreeSet<usize> = group.records().filter_map(random).collect();
    rows.into_iter().for_each(|row| group.rows[row].random_teacher = true);
}

fn outcome(job: &JobFolder, entry: &IndexEntry, training: Option<&JobRecord>) -> Outcome {
    let hole = match job.finished(&entry.cell, &entry.key, training) {
        Ok(record) => return Outcome::Done(Box::new(record)),
        Err(Unfinished::Missing) => Hole::Missing,
        Err(Unfinished::Outdated(_)) => Hole::Outdated,
        Err(Unfinished::Damaged(reason)) => Hole::Damaged(reason),
    };
    job.failure().map_or(Outcome::Hole(hole), Outcome::Failed)
}

/// What all records of one table share.
struct Rules {
    protocol: Protocol,
    metrics_version: Option<u32>,
}

impl Rules {
    fn new(protocol: Protocol) -> Self {
        Self { protocol, metrics_version: None }
    }

    fn check(&mut self, record: &CellRecord, path: impl Fn() -> PathBuf) -> Result<(), ReportError> {
        let mixed = |what, expected, found| ReportError::Mixed { path: path(), what, expected, found };
        if record.protocol != self.protocol {
            let [expected, found] = [self.protocol, record.protocol].map(|protocol| protocol.to_string());
            return Err(mixed("protocol", expected, found));
        }
        let expected = *self.metrics_version.get_or_insert(record.metrics_version);
        if record.metrics_version != expected {
            let found = record.metrics_version.to_string();
            return Err(mixed("metric definitions of version", expected.to_string(), found));
        }
        Ok(())
    }
}
