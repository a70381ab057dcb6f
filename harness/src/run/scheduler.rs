//! The parent side of a run: one process per job, several side by side.

use super::event::{Event, Observer, WorkerEvent};
use super::failure::{Failure, FailureKind};
use super::files::StoreError;
use super::job_folder::JobFolder;
use super::store::RunFolder;
use super::todo::Todo;
use crate::plan::{Job, Plan};
use crate::registry::{self, DetectorEntry};
use rayon::prelude::*;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// How to start a worker: a command that reads a [`Job`] as one JSON line from its standard input,
/// calls [`super::work`], and writes [`WorkerEvent`]s to its standard output. It must end when its
/// standard input closes, so that no worker outlives its parent.
pub struct Launch<'a> {
    /// The command, given the job's folder.
    pub command: &'a dyn Fn(&JobFolder) -> Command,
    /// Jobs side by side.
    pub slots: usize,
    /// Set from outside to stop the run.
    pub stop: &'a AtomicBool,
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
/// When the folder cannot be used. Failures of jobs are recorded, reported and counted instead.
pub fn execute(
    plan: &Plan,
    folder: &RunFolder,
    launch: &Launch<'_>,
    observer: &mut dyn Observer,
) -> Result<Summary, StoreError> {
    let lock = folder.lock()?;
    folder.sweep(&lock)?;
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
    Run { work, folder, launch, observer }.run()
}

fn cost(job: &Job) -> crate::detector::Cost {
    registry::find::<DetectorEntry>(&job.method.name).map_or_else(|_| Default::default(), |entry| entry.cost)
}

struct Run<'a> {
    work: Vec<(&'a Job, Todo)>,
    folder: &'a RunFolder,
    launch: &'a Launch<'a>,
    observer: &'a mut dyn Observer,
}

/// What the reader thread of a worker reports.
enum Message {
    Event(usize, WorkerEvent),
    /// The worker closed its output: it has ended or is about to.
    Closed(usize),
}

struct Running {
    child: Child,
    started: Instant,
    failure: Option<Failure>,
}

impl Run<'_> {
    fn run(mut self) -> Result<Summary, StoreError> {
        let (sender, receiver) = mpsc::channel();
        let mut waiting: VecDeque<usize> = (0..self.work.len()).collect();
        let mut running: Vec<(usize, Running)> = Vec::new();
        let mut summary = Summary::default();
        loop {
            if self.launch.stop.load(Ordering::SeqCst) && !summary.interrupted {
                summary.interrupted = true;
                self.observer.observe(Event::Interrupted);
                waiting.clear();
                for (_, job) in &mut running {
                    // Already ended is as good as killed.
                    let _ = job.child.kill();
                }
            }
            while running.len() < self.launch.slots {
                let Some(index) = waiting.pop_front() else { break };
                running.push((index, self.start(index, &sender)?));
            }
            if running.is_empty() {
                return Ok(summary);
            }
            match receiver.recv_timeout(Duration::from_millis(100)) {
                Ok(Message::Event(index, event)) => {
                    let job = self.work[index].0;
                    if let WorkerEvent::Failed(failure) = &event
                        && let Some((_, entry)) = running.iter_mut().find(|(of, _)| *of == index)
                    {
                        entry.failure = Some(failure.clone());
                    }
                    self.observer.observe(Event::Worker { index, job, event: &event });
                }
                Ok(Message::Closed(index)) => {
                    if let Some(position) = running.iter().position(|(of, _)| *of == index) {
                        let (_, ended) = running.swap_remove(position);
                        self.end(index, ended, &mut summary)?;
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
        }
    }

    fn start(&mut self, index: usize, sender: &Sender<Message>) -> Result<Running, StoreError> {
        let (job, todo) = &self.work[index];
        let folder = self.folder.job(&job.path());
        folder.create()?;
        folder.clear_failure()?;
        self.observer.observe(Event::JobStarted { index, job, cells: todo.cells.len() });
        let log = folder.log();
        let error = |reason| StoreError::Write { path: log.clone(), reason };
        let mut child = (self.launch.command)(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).map_err(error)?)
            .spawn()
            .map_err(error)?;
        let line = serde_json::to_string(job).unwrap_or_default() + "\n";
        if let Some(stdin) = &mut child.stdin {
            // A worker that died before reading is noticed when its output closes.
            let _ = stdin.write_all(line.as_bytes()).and_then(|()| stdin.flush());
        }
        if let Some(stdout) = child.stdout.take() {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    if let Ok(event) = serde_json::from_str(&line) {
                        // The receiver outlives every worker.
                        let _ = sender.send(Message::Event(index, event));
                    }
                }
                let _ = sender.send(Message::Closed(index));
            });
        }
        Ok(Running { child, started: Instant::now(), failure: None })
    }

    fn end(&mut self, index: usize, mut ended: Running, summary: &mut Summary) -> Result<(), StoreError> {
        let job = self.work[index].0;
        let folder = self.folder.job(&job.path());
        let status = ended.child.wait().map_err(|reason| StoreError::Write { path: folder.log(), reason })?;
        let seconds = ended.started.elapsed().as_secs_f64();
        if summary.interrupted {
            return Ok(());
        }
        let left = folder.todo(job);
        let failure = match ended.failure.take() {
            None if status.success() && left.is_empty() => None,
            None => Some(classify(status, &folder, left.cells.len())),
            failed => failed,
        };
        match &failure {
            None => summary.succeeded += 1,
            Some(failure) => {
                summary.failed += 1;
                folder.write_failure(failure)?;
            }
        }
        self.observer.observe(Event::JobEnded { index, job, seconds, failure: failure.as_ref() });
        Ok(())
    }
}

/// What a worker died of that could not say so itself.
fn classify(status: ExitStatus, folder: &JobFolder, left: usize) -> Failure {
    let log = std::fs::read_to_string(folder.log()).unwrap_or_default();
    let last = log.lines().rev().find(|line| !line.trim().is_empty() && !line.starts_with("note:"));
    let words = last.unwrap_or("no message").trim();
    let place = folder.log().display().to_string();
    let lower = log.to_lowercase();
    if lower.contains("out of memory") || lower.contains("memory allocation of") {
        let way_out = "use a smaller batch or image_size, or fewer jobs side by side";
        return Failure::new(FailureKind::OutOfMemory, format!("{words}; {way_out} (see {place})"));
    }
    if status.code() == Some(101) {
        return Failure::new(FailureKind::Panic, format!("{words} (see {place})"));
    }
    if status.success() {
        let message = format!("the worker ended without {left} of its records (see {place})");
        return Failure::new(FailureKind::NoRecord, message);
    }
    Failure::new(FailureKind::Signal, format!("the worker ended with {status} (see {place})"))
}
