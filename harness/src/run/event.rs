//! What happens during a run. The runner never prints; whoever shows progress listens.

use crate::plan::Job;
use crate::results::Failure;
use serde::{Deserialize, Serialize};

/// What a worker process tells its parent, one JSON line each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkerEvent {
    /// Training goes on.
    Training {
        /// Optimisation steps done.
        done: usize,
        /// Steps in all.
        total: usize,
        /// The last step's loss, for methods that have one.
        loss: Option<f64>,
    },
    /// A cell's record is on disk.
    Tested {
        /// The cell's label.
        cell: String,
        /// Its image AUROC, if defined.
        auroc: Option<f64>,
    },
    /// Something about the data that nobody should find out by chance.
    Noticed(String),
    /// The job failed; the worker ends.
    Failed(Failure),
}

/// What the parent process tells its listener.
#[derive(Debug)]
pub enum Event<'a> {
    /// The plan was compared with what is on disk.
    Started {
        /// Jobs in all.
        jobs: usize,
        /// Jobs with nothing left to do.
        done: usize,
        /// Cells in all.
        cells: usize,
        /// Cells left to do.
        cells_left: usize,
        /// Jobs side by side.
        slots: usize,
    },
    /// A job has something to do.
    Planned {
        /// The job.
        job: &'a Job,
    },
    /// A job is done again because something changed.
    Redone {
        /// The job.
        job: &'a Job,
        /// Why.
        reason: &'a str,
    },
    /// A job's process was started.
    JobStarted {
        /// Which of the jobs to do.
        index: usize,
        /// The job.
        job: &'a Job,
        /// Cells it has to do.
        cells: usize,
    },
    /// A job's process reported.
    Worker {
        /// Which of the jobs to do.
        index: usize,
        /// The job.
        job: &'a Job,
        /// Its report.
        event: &'a WorkerEvent,
    },
    /// A job's process ended.
    JobEnded {
        /// Which of the jobs to do.
        index: usize,
        /// The job.
        job: &'a Job,
        /// Seconds since its start.
        seconds: f64,
        /// Why it failed, if it did.
        failure: Option<&'a Failure>,
    },
    /// The run was interrupted; running jobs are being stopped.
    Interrupted,
}

/// Someone who shows progress.
pub trait Observer {
    /// Called from the run's own thread, in the order of events.
    fn observe(&mut self, event: Event<'_>);
}
