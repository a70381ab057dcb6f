//! `job`: the worker process. Reads one job, does it, reports in JSON lines.

use crate::command::{CommandEntry, Run};
use crate::exit::{Exit, FAILED, USAGE};
use clap::Parser;
use harness::plan;
use harness::results::{JobFolder, Provenance};
use harness::run::{WorkerEvent, continue_when_parent_ends, cpu_name, end_group, work};
use std::collections::BTreeMap;
use std::io::{BufRead, Read, Write, stdin, stdout};
use std::path::PathBuf;
use std::thread;

/// The worker process of `bench` (not for people)
#[derive(Parser)]
#[command(name = "job", hide = true)]
struct Job {
    /// Folder of the job's results
    #[arg(long)]
    folder: PathBuf,
}

inventory::submit! { CommandEntry::of::<Job>() }

impl Run for Job {
    fn run(&self) -> Result<(), Exit> {
        let mut line = String::new();
        stdin().lock().read_line(&mut line).map_err(|error| Exit::new(USAGE, error))?;
        let job: plan::Job = serde_json::from_str(&line)
            .map_err(|error| Exit::new(USAGE, format!("a job is expected on standard input: {error}")))?;
        // The parent holds the other end of standard input as long as it lives. A worker whose parent nobody can watch
        // over still works.
        let _ = continue_when_parent_ends();
        thread::spawn(|| {
            let _ = stdin().lock().read_to_end(&mut Vec::new());
            end_group(FAILED);
        });
        let emit = |event: WorkerEvent| {
            if let Ok(text) = serde_json::to_string(&event) {
                // Nobody listens any more: the watcher above ends this process.
                let _ = writeln!(stdout().lock(), "{text}");
            }
        };
        work(&job, &JobFolder::at(&self.folder), &provenance(&job), &emit).map_err(|failure| {
            let exit = Exit::new(FAILED, &failure);
            emit(WorkerEvent::Failed(failure));
            exit
        })
    }
}

fn provenance(job: &plan::Job) -> Provenance {
    Provenance {
        version: env!("CARGO_PKG_VERSION").into(),
        revision: std::env::var("SHIFTBENCH_REVISION").unwrap_or_else(|_| "unknown".into()),
        libraries: BTreeMap::from([("burn".to_owned(), methods::BURN_VERSION.to_owned())]),
        device: job.device,
        cpu: cpu_name(),
        threads: rayon::current_num_threads(),
    }
}
