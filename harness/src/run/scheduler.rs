//! The parent side of a run: one process per job, several side by side.

use crate::contract::registry::{self, DetectorEntry};
use crate::plan::{Job, Plan};
use crate::results::Claim;
use crate::results::JobFolder;
use crate::results::RunFolder;
use crate::results::StoreError;
use crate::results::{Failure, FailureKind};
use crate::run::cause::cause;
use crate::run::deadline::{Deadline, Spoken};
use crate::run::event::{Event, Observer, WorkerEvent};
use crate::run::process::{End, Message, WorkerProcess};
use crate::run::todo::Todo;
use crate::run::vanished::check;
use rayon::prelude::*;
use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::time::{Duration, Instant};

/// How often the run looks after its workers.
const TURN: Duration = Duration::from_millis(100);
/// What one look adds to a worker's silence at most: while this process or the machine sleeps, nobody is heard.
const LONGEST_TURN: Duration = Duration::from_secs(1);
/// Events that may wait to be shown; a worker that reports more waits.
const QUEUE: usize = 256;

/// How to start a worker: a command that reads a [`Job`] as one JSON line from its standard input,
/// calls [`crate::run::work`], and writes [`WorkerEvent`]s to its standard output. It must end when its
/// standard input closes, so that no worker outlives its parent.
pub struct Launch<'a> {
    /// The command, given the job's folder. Its process leads a group of its own, which is killed as a whole.
    pub command: &'a dyn Fn(&JobFolder) -> Command,
    /// Jobs side by side.
    pub slots: usize,
    /// Set from outside to stop the run.
    pub stop: &'a AtomicBool,
    /// How long a job may be silent.
    pub deadline: Deadline,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Jobs that ran and succeeded.
    pub succeeded: usize,
    /// Jobs that failed.
    pub failed: usize,
    /// Whether it was stopped before the end.
    pub interrupted: bool,
}

/// Runs what `plan` still has to do in `folder`.
///
/// # Errors
/// When the folder cannot be used, or what was in it vanished meanwhile. Failures of jobs are recorded, reported and
/// counted instead.
pub fn execute(
    plan: &Plan,
    folder: &RunFolder,
    launch: &Launch<'_>,
    observer: &mut dyn Observer,
) -> Result<Summary, StoreError> {
    let claim = folder.lock()?;
    folder.sweep(&claim)?;
    folder.extend_index(plan)?;
    let mut work: Vec<(&Job, Todo)> =
        plan.jobs.par_iter().map(|job| (job, folder.job(&job.path()).todo(job))).collect();
    for (job, _) in work.iter().filter(|(_, todo)| todo.is_empty()) {
        folder.job(&job.path()).clear_failure()?;
    }
    work.retain(|(_, todo)| !todo.is_empty());
    observer.observe(Event::Started {
        jobs: plan.jobs.len(),
        done: plan.jobs.len() - work.len(),
        cells: plan.cells(),
        cells_left: work.iter().map(|(_, todo)| todo.cells.len()).sum(),
        slots: launch.slots,
    });
    for (job, todo) in &work {
        observer.observe(Event::Planned { job });
        if let Some(reason) = &todo.reason {
            observer.observe(Event::Redone { job, reason });
        }
    }
    // Dear jobs first: a long job started last would leave the other slots idle.
    work.sort_by_key(|(job, _)| std::cmp::Reverse(cost(job)));
    let trainings = work.iter().map(|(job, _)| job.identity().key()).collect();
    let summary = Summary::default();
    let mut run = Run { work, trainings, folder, launch, observer, claim, summary, failed: BTreeSet::new() };
    run.run()?;
    if !run.summary.interrupted {
        check(plan, folder, &run.failed)?;
    }
    Ok(run.summary)
}

fn cost(job: &Job) -> crate::contract::detector::Cost {
    registry::find::<DetectorEntry>(&job.method.name).map_or_else(|_| Default::default(), |entry| entry.cost)
}

struct Run<'a> {
    work: Vec<(&'a Job, Todo)>,
    /// The key of each one's training, which several may share.
    trainings: Vec<String>,
    folder: &'a RunFolder,
    launch: &'a Launch<'a>,
    observer: &'a mut dyn Observer,
    claim: Claim,
    summary: Summary,
    /// Paths of the jobs that failed.
    failed: BTreeSet<String>,
}

/// A job under way.
struct Running {
    index: usize,
    process: WorkerProcess,
    started: Instant,
    /// Since it last reported.
    silent: Duration,
    deadline: Option<Duration>,
    failure: Option<Failure>,
}

impl Run<'_> {
    fn run(&mut self) -> Result<(), StoreError> {
        let (sender, receiver) = mpsc::sync_channel(QUEUE);
        let mut waiting: VecDeque<usize> = (0..self.work.len()).collect();
        let mut running: Vec<Running> = Vec::new();
        let mut looked = Instant::now();
        loop {
            self.claim.check()?;
            if self.launch.stop.load(Ordering::SeqCst) && !self.summary.interrupted {
                self.summary.interrupted = true;
                self.observer.observe(Event::Interrupted);
                waiting.clear();
                running.iter_mut().for_each(|job| job.process.kill());
            }
            while running.len() < self.launch.slots {
                let free = |&index: &usize| running.iter().all(|other| !self.trains_for(other.index, index));
                let Some(place) = waiting.iter().position(free) else { break };
                let Some(index) = waiting.remove(place) else { break };
                running.extend(self.start(index, &sender)?);
            }
            if running.is_empty() && waiting.is_empty() {
                return Ok(());
            }
            match receiver.recv_timeout(TURN) {
                Ok(Message::Event(index, event)) => self.heard(index, event, &mut running),
                Ok(Message::Closed(index)) => {
                    running.iter_mut().filter(|job| job.index == index).for_each(|job| job.process.close());
                }
                Err(_) => {}
            }
            let turn = looked.elapsed().min(LONGEST_TURN);
            looked = Instant::now();
            for job in &mut running {
                job.silent += turn;
                if let Some(deadline) = job.deadline.filter(|&deadline| job.silent >= deadline) {
                    let log = self.folder.job(&self.work[job.index].0.path()).log();
                    job.failure.get_or_insert_with(|| overdue(deadline, &log));
                    job.process.kill();
                }
            }
            let mut position = 0;
            while let Some(job) = running.get_mut(position) {
                match job.process.ended() {
                    None => position += 1,
                    Some(end) => {
                        let job = running.swap_remove(position);
                        let index = job.index;
                        self.end(job, end)?;
                        let unfinished = waiting.iter().copied().chain(running.iter().map(|job| job.index));
                        self.drop_states(index, &unfinished.collect::<Vec<_>>())?;
                    }
                }
            }
        }
    }

    /// Whether the job `running` is making the training that the job `waiting` needs.
    fn trains_for(&self, running: usize, waiting: usize) -> bool {
        let train = |index: usize| self.work[index].1.train;
        train(running) && train(waiting) && self.trainings[running] == self.trainings[waiting]
    }

    /// Removes the trained state of the job `ended`, and those of the jobs that share it, if none is to stay and no
    /// `unfinished` job can use it.
    fn drop_states(&self, ended: usize, unfinished: &[usize]) -> Result<(), StoreError> {
        if self.summary.interrupted {
            return Ok(());
        }
        let training = &self.trainings[ended];
        let shares = |index: usize| self.trainings[index] == *training;
        if self.work[ended].0.keep_model || unfinished.iter().any(|&index| shares(index)) {
            return Ok(());
        }
        // A job that failed goes on with its state.
        let done = (0..self.work.len()).filter(|&index| shares(index)).map(|index| self.work[index].0.path());
        done.filter(|path| !self.failed.contains(path))
            .try_for_each(|path| self.folder.job(&path).drop_model())
    }

    fn heard(&mut self, index: usize, event: WorkerEvent, running: &mut [Running]) {
        // The last words of a job that was given up.
        let Some(entry) = running.iter_mut().find(|entry| entry.index == index) else { return };
        entry.silent = Duration::ZERO;
        if let WorkerEvent::Failed(failure) = &event {
            entry.failure.get_or_insert_with(|| failure.clone());
        }
        self.observer.observe(Event::Worker { index, job: self.work[index].0, event: &event });
    }

    /// Starts a job's process; `None` if there is none, which fails the job.
    fn start(&mut self, index: usize, sender: &SyncSender<Message>) -> Result<Option<Running>, StoreError> {
        let (job, todo) = &self.work[index];
        let folder = self.folder.job(&job.path());
        folder.create()?;
        folder.clear_failure()?;
        self.observer.observe(Event::JobStarted { index, job, cells: todo.cells.len() });
        let mut command = (self.launch.command)(&folder);
        command.stderr(folder.create_log()?);
        let line = serde_json::to_string(job).unwrap_or_default() + "\n";
        let (started, deadline) = (Instant::now(), self.launch.deadline.of(job));
        match WorkerProcess::start(command, line, index, sender.clone()) {
            Ok(process) => {
                Ok(Some(Running { index, process, started, silent: Duration::ZERO, deadline, failure: None }))
            }
            Err(reason) => {
                let message =
                    format!("no process could be started for it: {reason}; try fewer jobs side by side");
                self.report(index, 0.0, Some(Failure::new(FailureKind::NoRecord, message)))?;
                Ok(None)
            }
        }
    }

    fn end(&mut self, ended: Running, end: End) -> Result<(), StoreError> {
        if self.summary.interrupted {
            return Ok(());
        }
        let job = self.work[ended.index].0;
        let folder = self.folder.job(&job.path());
        let left = folder.todo(job);
        let success = matches!(end, End::Exit(status) if status.success());
        let failure = match ended.failure {
            None if success && left.is_empty() => None,
            None => Some(cause(end, &folder, left.cells.len())),
            failed => failed,
        };
        self.report(ended.index, ended.started.elapsed().as_secs_f64(), failure)
    }

    /// Counts, records and shows how a job ended.
    fn report(&mut self, index: usize, seconds: f64, failure: Option<Failure>) -> Result<(), StoreError> {
        let job = self.work[index].0;
        match &failure {
            None => self.summary.succeeded += 1,
            Some(failure) => {
                self.summary.failed += 1;
                self.failed.insert(job.path());
                self.folder.job(&job.path()).write_failure(failure)?;
            }
        }
        self.observer.observe(Event::JobEnded { index, job, seconds, failure: failure.as_ref() });
        Ok(())
    }
}

fn overdue(deadline: Duration, log: &Path) -> Failure {
    let message = format!(
        "the worker was killed after it reported nothing for {}; give it longer with --deadline 12h, or no limit with \
         --deadline none (see {})",
        Spoken(deadline),
        log.display()
    );
    Failure::new(FailureKind::Deadline, message)
}

#[cfg(test)]
#[cfg(unix)]
#[path = "scheduler/tests.rs"]
mod tests;
