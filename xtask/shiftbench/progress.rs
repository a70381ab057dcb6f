//! Progress of a run: one line per running job and an overall bar, or plain lines without a terminal.

use crate::out::say;
use harness::contract::detector::Cost;
use harness::contract::registry::{self, DetectorEntry};
use harness::contract::text::message;
use harness::plan::Job;
use harness::run::{Event, Observer, WorkerEvent};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

/// Seconds between plain lines about one job.
const QUIET: Duration = Duration::from_secs(15);

/// The listener that shows a run on standard error.
pub struct Progress {
    terminal: bool,
    bars: MultiProgress,
    overall: Option<ProgressBar>,
    jobs: BTreeMap<usize, Running>,
}

struct Running {
    bar: Option<ProgressBar>,
    weight: u64,
    /// Of `weight`, how much the overall bar has been given.
    given: u64,
    spoken: Instant,
    cells: usize,
    tested: usize,
}

impl Progress {
    pub fn new() -> Self {
        let terminal = stderr().is_terminal();
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        Self { terminal, bars, overall: None, jobs: BTreeMap::new() }
    }

    fn say(&self, text: String) {
        let text = message(&text);
        if self.terminal {
            // A terminal that went away is no reason to stop.
            let _ = self.bars.println(text);
        } else {
            say!("{text}");
        }
    }

    fn bar(&self, length: u64, template: &str) -> Option<ProgressBar> {
        let style = ProgressStyle::with_template(template).ok()?.progress_chars("=> ");
        let bar = self.bars.add(ProgressBar::new(length));
        bar.set_style(style);
        bar.enable_steady_tick(Duration::from_millis(500));
        self.terminal.then_some(bar)
    }

    /// Moves the overall bar to `share` (0 to 1) of job `index`.
    fn advance(&mut self, index: usize, share: f64) {
        let (Some(running), Some(overall)) = (self.jobs.get_mut(&index), &self.overall) else { return };
        let given = (running.weight as f64 * share.clamp(0.0, 1.0)) as u64;
        overall.inc(given.saturating_sub(running.given));
        running.given = running.given.max(given);
    }

    fn training(&mut self, index: usize, job: &Job, done: usize, total: usize, loss: Option<f64>) {
        self.advance(index, 0.9 * done as f64 / total.max(1) as f64);
        let loss = loss.map_or_else(String::new, |loss| format!(", loss {loss:.4}"));
        let Some(running) = self.jobs.get_mut(&index) else { return };
        if let Some(bar) = &running.bar {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
            bar.set_message(format!("training{loss}"));
        } else if running.spoken.elapsed() >= QUIET {
            running.spoken = Instant::now();
            say!("{}: training step {done} of {total}{loss}", job.path());
        }
    }

    fn tested(&mut self, index: usize, job: &Job, cell: &str, auroc: Option<f64>) {
        let auroc = auroc.map_or_else(|| "undefined".into(), |value| format!("{:.1}", 100.0 * value));
        let Some(running) = self.jobs.get_mut(&index) else { return };
        running.tested += 1;
        let share = 0.9 + 0.1 * running.tested as f64 / running.cells.max(1) as f64;
        if let Some(bar) = &running.bar {
            bar.set_message(format!("{cell}: image AUROC {auroc}"));
        } else {
            say!("{}: {cell}: image AUROC {auroc}", job.path());
        }
        self.advance(index, share);
    }
}

/// How much a job counts in the overall estimate.
fn weight(job: &Job) -> u64 {
    let cost = registry::find::<DetectorEntry>(&job.method.name).map_or_else(|_| Cost::default(), |e| e.cost);
    match cost {
        Cost::Trivial => 10,
        Cost::Light => 100,
        Cost::Moderate => 1000,
        Cost::Heavy => 4000,
    }
}

impl Observer for Progress {
    fn observe(&mut self, event: Event<'_>) {
        match event {
            Event::Started { jobs, done, cells, cells_left, slots } => {
                self.say(format!(
                    "{jobs} jobs ({done} done before), {cells_left} of {cells} cells to do, {slots} side by side"
                ));
                if cells_left > 0 {
                    self.overall =
                        self.bar(0, "{elapsed_precise} [{bar:40}] {percent}%, {eta_precise} to go");
                }
            }
            Event::Planned { job } => {
                if let Some(overall) = &self.overall {
                    overall.inc_length(weight(job));
                }
            }
            Event::Redone { job, reason } => self.say(format!("{}: again, because {reason}", job.path())),
            Event::JobStarted { index, job, cells } => {
                let bar = self.bar(0, "{prefix} [{bar:24}] {pos}/{len} {msg}");
                if let Some(bar) = &bar {
                    bar.set_prefix(job.path());
                } else {
                    say!("{}: started", job.path());
                }
                let weight = weight(job);
                let spoken = Instant::now();
                self.jobs.insert(index, Running { bar, weight, given: 0, spoken, cells, tested: 0 });
            }
            Event::Worker { index, job, event } => match event {
                WorkerEvent::Training { done, total, loss } => {
                    self.training(index, job, *done, *total, *loss)
                }
                WorkerEvent::Tested { cell, auroc } => self.tested(index, job, cell, *auroc),
                WorkerEvent::Noticed(what) => self.say(format!("{}: {what}", job.path())),
                WorkerEvent::Failed(_) => {}
            },
            Event::JobEnded { index, job, seconds, failure } => {
                self.advance(index, 1.0);
                if let Some(Running { bar: Some(bar), .. }) = self.jobs.remove(&index) {
                    bar.finish_and_clear();
                }
                self.say(match failure {
                    None => format!("{}: done in {seconds:.0} s", job.path()),
                    Some(failure) => format!("{}: failed, {failure}", job.path()),
                });
            }
            Event::Interrupted => self.say("stopping; finished cells are kept".into()),
        }
    }
}
