//! The results folder: the only code that writes into it.
//!
//! `<out>/<suite>/<dataset>/<category>/<method>/seed<k>/` holds `job.json`, `model/`, `cells/` and, after
//! a failure, `failed.json`. Every file appears whole or not at all (scratch file, sync, rename).

use super::claim::Claim;
use super::failure::Failure;
use super::files::{SCRATCH, StoreError, read_json, remove_file, write, write_json};
use super::index::Index;
use super::record::{CellRecord, JobRecord, ScoredImage};
use crate::detector::AnomalyMap;
use crate::plan::{Cell, Job, Plan, hash};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of one suite's results.
#[derive(Clone, Debug)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// The folder of `suite` below `out`. Nothing is created.
    pub fn new(out: &Path, suite: &str) -> Self {
        Self { path: out.join(suite) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Creates the folder and claims it for this process.
    pub fn lock(&self) -> Result<Claim, StoreError> {
        fs::create_dir_all(&self.path)
            .map_err(|reason| StoreError::Write { path: self.path.clone(), reason })?;
        Claim::take(&self.path)
    }

    /// The folder of a job.
    pub fn job(&self, path: &str) -> JobFolder {
        JobFolder { path: self.path.join(path) }
    }

    /// What the folder should hold; `None` before the first run.
    pub fn index(&self) -> Result<Option<Index>, StoreError> {
        let path = self.path.join("index.json");
        if !path.exists() {
            return Ok(None);
        }
        read_json(&path).map(Some)
    }

    /// Adds the plan's cells to the index. Cells of earlier runs stay, as long as they can stand in one
    /// table with these.
    pub fn extend_index(&self, plan: &Plan) -> Result<Index, StoreError> {
        // An unreadable index is only a list of what to expect; this run writes it anew.
        let index = Index::new(plan, self.index().unwrap_or(None));
        write_json(&self.path.join("index.json"), &index)?;
        Ok(index)
    }
}

/// The folder of one job.
#[derive(Clone, Debug)]
pub struct JobFolder {
    path: PathBuf,
}

/// What a job still has to do, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Todo {
    /// Positions of the cells to test.
    pub cells: Vec<usize>,
    /// Whether a valid trained state is on disk.
    pub trained: bool,
    /// Why earlier results are not used, if there were any.
    pub reason: Option<String>,
}

impl JobFolder {
    /// A job folder at `path`.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Creates it, and sweeps out what a killed process left half written.
    pub fn create(&self) -> Result<(), StoreError> {
        let cells = self.path.join("cells");
        let error = |path: &Path, reason| StoreError::Write { path: path.into(), reason };
        fs::create_dir_all(&cells).map_err(|reason| error(&cells, reason))?;
        for folder in [&self.path, &cells] {
            for entry in fs::read_dir(folder).map_err(|reason| error(folder, reason))?.flatten() {
                if entry.file_name().to_string_lossy().starts_with(SCRATCH) {
                    remove_file(entry.path())?;
                }
            }
        }
        Ok(())
    }

    /// What the worker's standard error goes to.
    pub fn log(&self) -> PathBuf {
        self.path.join("job.log")
    }

    /// The trained state.
    pub fn model(&self) -> PathBuf {
        self.path.join("model")
    }

    /// An empty folder for a state being written; [`keep_model`](Self::keep_model) makes it the model.
    pub fn scratch_model(&self) -> Result<PathBuf, StoreError> {
        let path = self.path.join("model.part");
        let error = |reason| StoreError::Write { path: path.clone(), reason };
        if path.exists() {
            fs::remove_dir_all(&path).map_err(error)?;
        }
        fs::create_dir_all(&path).map_err(error)?;
        Ok(path)
    }

    /// Makes the scratch state the model, then records the training: `job.json` comes last, so that a
    /// state without it is never trusted.
    pub fn keep_model(&self, record: &JobRecord) -> Result<(), StoreError> {
        let (scratch, model) = (self.path.join("model.part"), self.model());
        let error = |reason| StoreError::Write { path: model.clone(), reason };
        self.forget_training()?;
        if model.exists() {
            fs::remove_dir_all(&model).map_err(error)?;
        }
        fs::rename(&scratch, &model).map_err(error)?;
        write_json(&self.path.join("job.json"), record)
    }

    /// Removes a state that is no longer needed.
    pub fn drop_model(&self) -> Result<(), StoreError> {
        let path = self.model();
        fs::remove_dir_all(&path).map_err(|reason| StoreError::Write { path, reason })
    }

    /// Removes `job.json`, if there is one.
    fn forget_training(&self) -> Result<(), StoreError> {
        remove_file(self.path.join("job.json"))
    }

    /// The training on disk.
    pub fn training(&self) -> Result<JobRecord, StoreError> {
        read_json(&self.path.join("job.json"))
    }

    /// Writes a cell's scores, then its record.
    pub fn write_cell(
        &self,
        label: &str,
        record: &mut CellRecord,
        scores: &[ScoredImage],
    ) -> Result<(), StoreError> {
        let path = self.scores_path(label);
        let mut writer = csv::Writer::from_writer(Vec::new());
        let written = scores.iter().try_for_each(|line| writer.serialize(line));
        let read_error = |reason: String| StoreError::Read { path: path.clone(), reason };
        written.map_err(|error| read_error(error.to_string()))?;
        let bytes = writer.into_inner().map_err(|error| read_error(error.to_string()))?;
        record.scores_hash = blake3::hash(&bytes).to_hex().to_string();
        write(&path, &bytes)?;
        write_json(&self.record_path(label), record)
    }

    /// Writes the sheet of a cell's anomaly maps.
    pub fn write_maps(&self, label: &str, png: &[u8]) -> Result<(), StoreError> {
        write(&self.maps_path(label), png)
    }

    /// A cell's anomaly maps at the given places of its score file; `None` if it has none.
    ///
    /// # Errors
    /// When the sheet cannot be read or is not the one its record was made with.
    pub fn maps(
        &self,
        label: &str,
        record: &CellRecord,
        places: &[usize],
    ) -> Result<Option<Vec<AnomalyMap>>, StoreError> {
        let Some(sheet) = &record.maps else { return Ok(None) };
        let path = self.maps_path(label);
        let error = |reason: String| StoreError::Read { path: path.clone(), reason };
        let png = fs::read(&path).map_err(|reason| error(reason.to_string()))?;
        sheet.read(&png, places).map(Some).map_err(error)
    }

    /// A cell's record.
    pub fn cell(&self, label: &str) -> Result<CellRecord, StoreError> {
        read_json(&self.record_path(label))
    }

    /// A cell's scores, checked against its record.
    pub fn scores(&self, label: &str, record: &CellRecord) -> Result<Vec<ScoredImage>, StoreError> {
        let path = self.scores_path(label);
        let error = |reason: String| StoreError::Read { path: path.clone(), reason };
        let bytes = fs::read(&path).map_err(|reason| error(reason.to_string()))?;
        if blake3::hash(&bytes).to_hex().as_str() != record.scores_hash {
            return Err(error("the scores are not those the record was made from".into()));
        }
        let lines = csv::Reader::from_reader(bytes.as_slice()).into_deserialize().collect::<Result<_, _>>();
        lines.map_err(|reason| error(reason.to_string()))
    }

    /// Where a cell's scores lie.
    pub fn scores_path(&self, label: &str) -> PathBuf {
        self.path.join("cells").join(format!("{label}.csv"))
    }

    fn maps_path(&self, label: &str) -> PathBuf {
        self.path.join("cells").join(format!("{label}.png"))
    }

    fn record_path(&self, label: &str) -> PathBuf {
        self.path.join("cells").join(format!("{label}.json"))
    }

    /// The job's last failure, if it has not succeeded since.
    pub fn failure(&self) -> Option<Failure> {
        read_json(&self.path.join("failed.json")).ok()
    }

    /// Records a failure.
    pub fn write_failure(&self, failure: &Failure) -> Result<(), StoreError> {
        write_json(&self.path.join("failed.json"), failure)
    }

    /// Forgets an earlier failure.
    pub fn clear_failure(&self) -> Result<(), StoreError> {
        remove_file(self.path.join("failed.json"))
    }

    /// Compares what `job` wants with what is here.
    pub fn todo(&self, job: &Job) -> Todo {
        let mut reason = None;
        let mut trained = false;
        if let Ok(record) = self.training() {
            if record.key == hash(&job.identity()) {
                trained = self.model().is_dir();
            } else {
                reason = Some(difference(&record.identity, &job.identity()));
            }
        }
        let cells = job.cells.iter().enumerate().filter(|(_, cell)| match self.state(job, cell) {
            Ok(()) => false,
            Err(why) => {
                reason = reason.take().or(why);
                true
            }
        });
        let cells = cells.map(|(position, _)| position).collect();
        if let Some(failure) = self.failure() {
            reason = reason.or(Some(format!("it failed before ({failure})")));
        }
        Todo { cells, trained, reason }
    }

    /// `Ok` for a finished cell; otherwise why an existing record does not count.
    fn state(&self, job: &Job, cell: &Cell) -> Result<(), Option<String>> {
        let label = cell.label();
        if !self.record_path(&label).exists() {
            return Err(None);
        }
        let record = self.cell(&label).map_err(|error| Some(error.to_string()))?;
        let identity = job.cell_identity(cell);
        if record.key != hash(&identity) {
            return Err(Some(difference(&record.identity, &identity)));
        }
        self.scores(&label, &record).map(drop).map_err(|error| Some(error.to_string()))
    }
}

/// The first few differences of two identities, in words.
fn difference(old: &Value, new: &Value) -> String {
    fn walk(path: &str, old: &Value, new: &Value, found: &mut Vec<String>) {
        match (old, new) {
            (Value::Object(before), Value::Object(after)) => {
                let mut keys: Vec<_> = before.keys().chain(after.keys()).collect();
                keys.sort();
                keys.dedup();
                for key in keys {
                    let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    let side =
                        |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or_default();
                    walk(&inner, &side(before), &side(after), found);
                }
            }
            _ if old == new => {}
            _ => found.push(format!("{path} was {old}, is {new}")),
        }
    }
    let mut found = Vec::new();
    walk("", old, new, &mut found);
    found.truncate(3);
    if found.is_empty() { "the record was written by another version".into() } else { found.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_second_run_on_one_folder_is_told_who_holds_it() {
        let out = tempfile::tempdir().unwrap();
        let folder = RunFolder::new(out.path(), "toy");
        let lock = folder.lock().unwrap();
        let message = folder.lock().err().unwrap().to_string();
        assert!(message.contains(&std::process::id().to_string()) && message.contains("--out"), "{message}");
        drop(lock);
        assert!(folder.lock().is_ok());
    }

    #[test]
    fn differences_are_named_by_path() {
        let old = json!({"method": {"options": {"epochs": 8}}, "seed": 0});
        let new = json!({"method": {"options": {"epochs": 4}}, "seed": 0});
        assert_eq!(difference(&old, &new), "method.options.epochs was 8, is 4");
    }

    #[test]
    fn broken_records_are_errors_that_name_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let job = JobFolder::at(folder.path());
        job.create().unwrap();
        for text in ["", "{", "{\"key\": 1}", "[]"] {
            fs::write(job.record_path("id"), text).unwrap();
            assert!(job.cell("id").unwrap_err().to_string().contains("id.json"));
        }
    }
}
