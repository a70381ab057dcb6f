//! The results folder of one suite: `<out>/<suite>/<dataset>/<category>/<method>/seed<k>/`.

use super::claim::Claim;
use super::files::{StoreError, create_folder, sweep};
use super::index::Index;
use super::job_folder::JobFolder;
use super::sealed;
use super::todo::difference;
use crate::plan::Plan;
use std::collections::BTreeSet;
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

    /// Adds the plan's cells to the index. Cells of earlier runs stay in it.
    ///
    /// # Errors
    /// As [`earlier_index`](Self::earlier_index), or when it cannot be written.
    pub fn extend_index(&self, plan: &Plan) -> Result<Index, StoreError> {
        let index = Index::new(plan, self.earlier_index(plan)?);
        self.write_index(&index)?;
        Ok(index)
    }

    /// The index that `plan` would extend, if there is one.
    ///
    /// # Errors
    /// When the folder holds results that can never stand in one table with those of `plan`, or that only a lost index
    /// knew.
    pub fn earlier_index(&self, plan: &Plan) -> Result<Option<Index>, StoreError> {
        let used = |reason| Err(StoreError::Used { path: self.path.clone(), reason });
        match self.index() {
            Ok(Some(earlier)) if earlier.rules != plan.rules => {
                let what = difference(&earlier.rules, &plan.rules);
                used(format!("holds results under other rules ({what}), which no table may mix with these"))
            }
            Ok(Some(earlier)) => Ok(Some(earlier)),
            Err(StoreError::Version { .. }) => {
                used("holds results of another version of shiftbench, which this one cannot read".into())
            }
            // Only a list of what to expect: a plan that names every job that is here replaces it.
            lost @ (Ok(None) | Err(_)) => {
                let planned: BTreeSet<String> = plan.jobs.iter().map(|job| job.path()).collect();
                if let Some(other) = self.jobs()?.into_iter().find(|job| !planned.contains(job)) {
                    let why = lost.err().map_or("there is no index.json".into(), |error| error.to_string());
                    return used(format!(
                        "holds results of {other}, which this command does not name, and its list of results is lost \
                         ({why}): run the whole suite, without filters, once"
                    ));
                }
                Ok(None)
            }
        }
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
