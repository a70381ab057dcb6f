//! What a run folder holds, compared with what it should hold.

use crate::{Group, Hole, Outcome, ReportError};
use harness::run::{CellRecord, IndexEntry, RunFolder};
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
        for entry in &entries {
            let outcome = outcome(folder, entry);
            if let Outcome::Done(record) = &outcome {
                rules.check(record, || folder.job(&entry.job).path().join("cells").join(&entry.cell))?;
            }
            cells.entry(entry.dataset.clone()).or_default().push((entry, outcome));
        }
        let mut groups = Vec::new();
        for entry in &entries {
            if let Some(cells) = cells.remove(&entry.dataset) {
                groups.push(Group::new(&entry.dataset, cells));
            }
        }
        Ok(Self { suite: index.suite, protocol: index.protocol, image_size: index.image_size, groups })
    }

    /// Marks the methods of these labels as trivial baselines: shown last, apart from the others.
    pub fn with_baselines(mut self, labels: &[&str]) -> Self {
        for row in self.groups.iter_mut().flat_map(|group| &mut group.rows) {
            row.baseline = labels.contains(&row.method.as_str());
        }
        self
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
