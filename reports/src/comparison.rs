//! What a run folder holds, compared with what it should hold.

use crate::{Group, Hole, Outcome, Place, ReportError};
use harness::run::{CellRecord, IndexEntry, JobRecord, RunFolder};
use harness::suite::Protocol;
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
        let index = folder.index().map_err(ReportError::Index)?.ok_or_else(no_run)?;
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
        for entry in &entries {
            let outcome = outcome(folder, entry);
            if let Outcome::Done(record) = &outcome {
                rules.check(record, || folder.job(&entry.job).path().join("cells").join(&entry.cell))?;
                if !jobs.contains_key(&entry.job) {
                    jobs.extend(
                        training(folder, entry, record).map(|training| (entry.job.clone(), training)),
                    );
                }
            }
            cells.entry(entry.dataset.clone()).or_default().push((entry, outcome));
        }
        let mut groups = Vec::new();
        for entry in &entries {
            if let Some(cells) = cells.remove(&entry.dataset) {
                groups.push(Group::new(&entry.dataset, cells));
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

    /// How many of the expected results are not there.
    pub fn holes(&self) -> usize {
        let cells = self.groups.iter().flat_map(|group| group.cells.values());
        cells.filter(|outcome| !matches!(outcome, Outcome::Done(_))).count()
    }
}

fn outcome(folder: &RunFolder, entry: &IndexEntry) -> Outcome {
    let job = folder.job(&entry.job);
    let hole = match job.cell(&entry.cell) {
        Ok(record) if record.key == entry.key => return Outcome::Done(Box::new(record)),
        Ok(_) => Hole::Outdated,
        Err(_) if job.scores_path(&entry.cell).with_extension("json").exists() => Hole::Unreadable,
        Err(_) => Hole::Missing,
    };
    job.failure().map_or(Outcome::Hole(hole), Outcome::Failed)
}

/// The training that `record` was scored with; `None` if the job's folder holds another.
fn training(folder: &RunFolder, entry: &IndexEntry, record: &CellRecord) -> Option<JobRecord> {
    let training = folder.job(&entry.job).training().ok()?;
    (record.identity["training"] == *training.key).then_some(training)
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
