//! Trainings that serve the jobs of several methods.

use harness::plan::Job;
use harness::results::RunFolder;
use std::collections::BTreeSet;

/// Trainings that serve several jobs.
#[derive(Default)]
pub struct Shared(BTreeSet<String>);

impl Shared {
    /// Whether the training of `job`, which is to do, is made by a job that was asked about before, or there for another.
    pub fn has(&mut self, job: &Job, folder: &RunFolder) -> bool {
        let key = job.identity().key();
        let there = folder.job(&job.path()).trained_alike(&key).is_some();
        !self.0.insert(key) || there
    }
}
