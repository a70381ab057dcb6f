//! A training that several methods share: whoever needs one that another job has takes it over.

use crate::results::files::StoreError;
use crate::results::job_folder::JobFolder;
use crate::results::record::JobRecord;
use crate::results::state::State;
use std::fs;
use std::io;
use std::path::Path;

impl JobFolder {
    /// The training with this key that the job of another method, of the same category and seed, has with its state.
    pub fn trained_alike(&self, key: &str) -> Option<(Self, JobRecord)> {
        self.neighbours().into_iter().find_map(|other| {
            let record = other.training().ok()??;
            let whole =
                record.key == key && !other.lacks_state(&record) && other.check_state(&record).is_ok();
            whole.then_some((other, record))
        })
    }

    /// Takes over such a training, if there is one: `own` makes this job's record of that job's. Gives the folder of the
    /// other job.
    ///
    /// Files are linked where the disk knows links: a state takes no room twice.
    ///
    /// # Errors
    /// When this folder cannot be written.
    pub fn share_training(
        &self,
        key: &str,
        own: impl Fn(JobRecord) -> JobRecord,
    ) -> Result<Option<Self>, StoreError> {
        let Some((other, record)) = self.trained_alike(key) else { return Ok(None) };
        let scratch = self.scratch_model()?;
        link(&record.state, &other.model(), &scratch).map_err(StoreError::write(&scratch))?;
        // Whatever happened to the files since they were looked at.
        if State::settle(&scratch)? != record.state {
            return Ok(None);
        }
        self.keep_model(&own(record))?;
        Ok(Some(other))
    }

    /// The folders of other methods' jobs of the same category and seed, sorted.
    fn neighbours(&self) -> Vec<Self> {
        let seed = self.path().file_name();
        let (Some(seed), Some(method)) = (seed, self.path().parent()) else { return Vec::new() };
        let Some(category) = method.parent() else { return Vec::new() };
        let entries = fs::read_dir(category).into_iter().flatten().flatten();
        let mut methods: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path != method).collect();
        methods.sort();
        methods.into_iter().map(|path| Self::at(path.join(seed))).collect()
    }
}

/// Makes the files of `state`, which are in `from`, appear in `to`.
fn link(state: &State, from: &Path, to: &Path) -> io::Result<()> {
    for name in state.files.keys() {
        let (source, target) = (from.join(name), to.join(name));
        target.parent().map_or(Ok(()), fs::create_dir_all)?;
        if fs::hard_link(&source, &target).is_err() {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}
