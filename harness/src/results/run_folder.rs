//! The results folder of one suite: `<out>/<suite>/<dataset>/<category>/<method>/seed<k>/`.

use crate::results::claim::Claim;
use crate::results::files::{StoreError, create_folder, sweep};
use crate::results::index::Index;
use crate::results::job_folder::JobFolder;
use crate::results::sealed;
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

    /// The results folder at `path`.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Creates the folder and claims it for this process.
    pub fn lock(&self) -> Result<Claim, StoreError> {
        create_folder(&self.path)?;
        Claim::take(&self.path)
    }

    /// Removes whatever a killed process left half written, anywhere in the folder, and pictures that were damaged.
    pub fn sweep(&self, _held: &Claim) -> Result<(), StoreError> {
        sweep(&self.path)?;
        self.drop_damaged_exhibits()
    }

    /// The folder of a job.
    pub fn job(&self, path: &str) -> JobFolder {
        JobFolder::at(self.path.join(path))
    }

    /// What the folder should hold; `None` before the first run.
    pub fn index(&self) -> Result<Option<Index>, StoreError> {
        let path = self.index_path();
        if path.symlink_metadata().is_err() { Ok(None) } else { sealed::read(&path).map(Some) }
    }

    /// Writes an index as it is.
    pub fn write_index(&self, index: &Index) -> Result<(), StoreError> {
        sealed::write_record(&self.index_path(), index)
    }

    /// Every job that has a folder with results here, by its path below this one, sorted.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn jobs(&self) -> Result<Vec<String>, StoreError> {
        let mut found = Vec::new();
        if self.path.is_dir() {
            self.jobs_below("", &mut found)?;
        }
        found.sort();
        Ok(found)
    }

    fn jobs_below(&self, place: &str, found: &mut Vec<String>) -> Result<(), StoreError> {
        let folder = self.path.join(place);
        for entry in fs::read_dir(&folder).map_err(|reason| StoreError::read(&folder, reason))? {
            let entry = entry.map_err(|reason| StoreError::read(&folder, reason))?;
            let inner = Path::new(place).join(entry.file_name()).to_string_lossy().into_owned();
            if entry.path().join("job.json").is_file() {
                found.push(inner);
            } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.jobs_below(&inner, found)?;
            }
        }
        Ok(())
    }

    /// Whether a run has written here.
    pub fn is_there(&self) -> bool {
        self.path().join("index.json").exists()
    }

    fn index_path(&self) -> PathBuf {
        self.path.join("index.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
