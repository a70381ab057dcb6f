//! The folder of one job: `job.json`, `model/`, `cells/` and, after a failure, `failed.json`.
//!
//! What is trusted is bound by hashes, and written in the order in which it is trusted: the files of the trained state,
//! `job.json` with their hashes, then of each cell scores and maps and last the record with theirs.

use crate::contract::detector::AnomalyMap;
use crate::results::failure::{Failure, FailureKind};
use crate::results::files::{
    self, StoreError, create_folder, remove_file, remove_folder, scratch_path, sync_folder,
};
use crate::results::identity::TestIdentity;
use crate::results::record::{CellRecord, JobRecord, ScoredImage};
use crate::results::sealed;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The folder of one job.
#[derive(Clone, Debug)]
pub struct JobFolder {
    path: PathBuf,
}

/// Why a cell is not done.
#[derive(Clone, Debug, PartialEq)]
pub enum Unfinished {
    /// There is no record.
    Missing,
    /// The record was computed from other inputs: these.
    Outdated(Box<TestIdentity>),
    /// The record, or something it rests on, is not what was written.
    Damaged(String),
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

    /// Creates it.
    pub fn create(&self) -> Result<(), StoreError> {
        create_folder(&self.path.join("cells"))
    }

    /// What the worker's standard error goes to.
    pub fn log(&self) -> PathBuf {
        self.path.join("job.log")
    }

    /// An empty log.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create_log(&self) -> Result<File, StoreError> {
        File::create(self.log()).map_err(StoreError::write(&self.log()))
    }

    /// The trained state.
    pub fn model(&self) -> PathBuf {
        self.path.join("model")
    }

    /// An empty folder for a state being written; [`keep_model`](Self::keep_model) makes it the model.
    pub fn scratch_model(&self) -> Result<PathBuf, StoreError> {
        let path = scratch_path(&self.model(), "model");
        remove_folder(&path)?;
        create_folder(&path)?;
        Ok(path)
    }

    /// Makes the scratch state the model and records the training, which names the hash of every file of it.
    pub fn keep_model(&self, record: &JobRecord) -> Result<(), StoreError> {
        let model = self.model();
        self.forget_training()?;
        remove_folder(&model)?;
        let moved = fs::rename(scratch_path(&model, "model"), &model).and_then(|()| sync_folder(&self.path));
        moved.map_err(StoreError::write(&model))?;
        self.write_training(record)
    }

    /// Records a training whose state is in its place.
    pub fn write_training(&self, record: &JobRecord) -> Result<(), StoreError> {
        sealed::write_record(&self.training_path(), record)
    }

    /// Removes a state that is no longer needed.
    pub fn drop_model(&self) -> Result<(), StoreError> {
        remove_folder(&self.model())
    }

    /// Removes `job.json`: the job then counts as untrained.
    pub fn forget_training(&self) -> Result<(), StoreError> {
        remove_file(&self.training_path())
    }

    /// The training on disk; `None` if there is none.
    ///
    /// # Errors
    /// When its record is damaged.
    pub fn training(&self) -> Result<Option<JobRecord>, StoreError> {
        let path = self.training_path();
        if path.symlink_metadata().is_err() { Ok(None) } else { sealed::read(&path).map(Some) }
    }

    /// Whether the trained state is the one recorded, to the last bit. One that was dropped to save room is.
    ///
    /// # Errors
    /// The file that is not.
    pub fn check_state(&self, training: &JobRecord) -> Result<(), StoreError> {
        if self.model().exists() { training.state.check(&self.model()) } else { Ok(()) }
    }

    /// Whether the trained state was dropped.
    pub(crate) fn lacks_state(&self, training: &JobRecord) -> bool {
        !training.state.files.is_empty() && !self.model().exists()
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
        let error = |reason: String| StoreError::write(&path)(std::io::Error::other(reason));
        written.map_err(|reason| error(reason.to_string()))?;
        let bytes = writer.into_inner().map_err(|reason| error(reason.to_string()))?;
        record.scores_hash = files::hash(&bytes);
        files::write(&path, &bytes)?;
        sealed::write_record(&self.record_path(label), record)
    }

    /// Writes the sheet of a cell's anomaly maps.
    pub fn write_maps(&self, label: &str, png: &[u8]) -> Result<(), StoreError> {
        files::write(&self.maps_path(label), png)
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
        let png = fs::read(&path).map_err(|reason| StoreError::read(&path, reason))?;
        sheet.read(&png, places).map(Some).map_err(|reason| StoreError::read(&path, reason))
    }

    /// A cell's record.
    pub fn cell(&self, label: &str) -> Result<CellRecord, StoreError> {
        sealed::read(&self.record_path(label))
    }

    /// A cell's record, if it has this key and everything it rests on is what it was made from: its scores, its maps,
    /// and the state that `training`, the job's, describes.
    ///
    /// # Errors
    /// Why the cell has to be done, or done again.
    pub fn finished(
        &self,
        label: &str,
        key: &str,
        training: Option<&JobRecord>,
    ) -> Result<CellRecord, Unfinished> {
        let damaged = |error: StoreError| Unfinished::Damaged(error.to_string());
        if self.record_path(label).symlink_metadata().is_err() {
            return Err(Unfinished::Missing);
        }
        let record = self.cell(label).map_err(damaged)?;
        if record.key != key {
            return Err(Unfinished::Outdated(Box::new(record.identity)));
        }
        if self.scores(label, &record).map_err(damaged)?.len() != record.images {
            let reason = format!("{} has another number of images", self.scores_path(label).display());
            return Err(Unfinished::Damaged(reason));
        }
        self.maps(label, &record, &[]).map_err(damaged)?;
        let Some(training) = training else {
            let reason = format!("{} is missing or damaged", self.training_path().display());
            return Err(Unfinished::Damaged(reason));
        };
        if record.state != training.state.digest() {
            let reason =
                format!("{} was scored with another trained state", self.record_path(label).display());
            return Err(Unfinished::Damaged(reason));
        }
        Ok(record)
    }

    /// A cell's scores, checked against its record.
    pub fn scores(&self, label: &str, record: &CellRecord) -> Result<Vec<ScoredImage>, StoreError> {
        let path = self.scores_path(label);
        let bytes = fs::read(&path).map_err(|reason| StoreError::read(&path, reason))?;
        if files::hash(&bytes) != record.scores_hash {
            return Err(StoreError::read(&path, "the scores are not those the record was made from"));
        }
        let lines = csv::Reader::from_reader(bytes.as_slice()).into_deserialize().collect::<Result<_, _>>();
        lines.map_err(|reason| StoreError::read(&path, reason))
    }

    /// Where a cell's scores lie.
    pub fn scores_path(&self, label: &str) -> PathBuf {
        self.path.join("cells").join(format!("{label}.csv"))
    }

    /// Where a cell's record lies.
    pub fn record_path(&self, label: &str) -> PathBuf {
        self.path.join("cells").join(format!("{label}.json"))
    }

    fn maps_path(&self, label: &str) -> PathBuf {
        self.path.join("cells").join(format!("{label}.png"))
    }

    fn training_path(&self) -> PathBuf {
        self.path.join("job.json")
    }

    fn failure_path(&self) -> PathBuf {
        self.path.join("failed.json")
    }

    /// The job's last failure, if it has not succeeded since.
    pub fn failure(&self) -> Option<Failure> {
        self.checked_failure().unwrap_or_else(|error| Some(Failure::new(FailureKind::NoRecord, error)))
    }

    /// As [`failure`](Self::failure), where a damaged record of one is an error.
    pub(crate) fn checked_failure(&self) -> Result<Option<Failure>, StoreError> {
        let path = self.failure_path();
        if path.symlink_metadata().is_err() { Ok(None) } else { sealed::read(&path).map(Some) }
    }

    /// Records a failure.
    pub fn write_failure(&self, failure: &Failure) -> Result<(), StoreError> {
        sealed::write_record(&self.failure_path(), failure)
    }

    /// Forgets an earlier failure.
    pub fn clear_failure(&self) -> Result<(), StoreError> {
        remove_file(&self.failure_path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_records_are_errors_that_name_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let job = JobFolder::at(folder.path());
        job.create().unwrap();
        for text in ["", "{", "{\"key\": 1}", "[]"] {
            fs::write(job.record_path("id"), text).unwrap();
            assert!(job.cell("id").unwrap_err().to_string().contains("id.json"));
            let unfinished = job.finished("id", "key", None).unwrap_err();
            assert!(matches!(unfinished, Unfinished::Damaged(reason) if reason.contains("id.json")));
        }
        assert_eq!(job.finished("contrast-3", "key", None).unwrap_err(), Unfinished::Missing);
    }

    #[test]
    fn a_damaged_failure_is_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        let job = JobFolder::at(folder.path());
        job.create().unwrap();
        assert_eq!(job.failure(), None);
        let failure = Failure::new(FailureKind::Data, "001.png: cut");
        job.write_failure(&failure).unwrap();
        assert_eq!(job.failure(), Some(failure));
        fs::write(job.failure_path(), "{").unwrap();
        assert!(job.failure().unwrap().message.contains("failed.json"));
    }
}
