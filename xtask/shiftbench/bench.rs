//! `bench`: fetch what is missing, plan, run, compare.

mod dry_run;
mod estimate;
mod shared;

use crate::arguments::{DataRoot, PreparedPictures};
use crate::command::{CommandEntry, Run};
use crate::cores::{cores, slots};
use crate::exit::{DATA, Exit, FAILED, INTERRUPTED, USAGE};
use crate::fetch::bring;
use crate::progress::Progress;
use crate::signals::Stop;
use crate::{report, suites};
use clap::Parser;
use harness::contract::backbone::BackboneEntry;
use harness::contract::options::Class;
use harness::contract::registry;
use harness::contract::resource::Resource;
use harness::contract::weights::missing_weights;
use harness::fetch::Way;
use harness::plan::{Job, Plan};
use harness::prepared::Prepared;
use harness::results::{JobFolder, RunFolder, StoreError};
use harness::run::{Deadline, Launch, execute};
use harness::suite::{DatasetChoice, Filter, Suite};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Train and test what a suite names, and print the comparison table
#[derive(Parser)]
#[command(name = "bench", display_order = 1)]
pub struct Bench {
    /// Name of a built-in suite (see `list suites`) or path of a .ron file
    #[arg(default_value = "quick")]
    pub suite: String,
    /// Results go to DIR/SUITE
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub out: PathBuf,
    /// cpu, or cuda:N
    #[arg(long)]
    pub device: Option<String>,
    #[command(flatten)]
    pub data_root: DataRoot,
    /// Run a part only: method=gnl,rd  dataset=..  category=..  shift=..  (repeatable)
    #[arg(long, value_name = "KIND=NAMES")]
    pub filter: Vec<Filter>,
    /// Seeds instead of the suite's, such as 0,1
    #[arg(long, value_delimiter = ',')]
    pub seeds: Option<Vec<u64>>,
    /// Override one value, such as image_size=64 or methods.gnl.alpha=0.25 (repeatable)
    #[arg(long = "set", value_name = "A.B=VALUE")]
    pub settings: Vec<String>,
    /// Jobs side by side [default: one per core on the CPU, 1 on a GPU]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Kill a job that reports no step and no test for so long: 90m, 6h, none [default: 6h, and 1m for each image]
    #[arg(long, value_name = "DURATION")]
    pub deadline: Option<Deadline>,
    #[command(flatten)]
    pub prepared: PreparedPictures,
    /// Show what would be done and stop
    #[arg(long)]
    pub dry_run: bool,
    /// Show how long it would take, from a short measurement on this device, and stop
    #[arg(long)]
    pub estimate: bool,
}

inventory::submit! { CommandEntry::of::<Bench>() }

impl Run for Bench {
    fn run(&self) -> Result<(), Exit> {
        self.go(&suites::load(&self.suite, &settings(self))?)
    }
}

impl Bench {
    /// Runs this suite by these arguments.
    pub fn go(&self, suite: &Suite) -> Result<(), Exit> {
        let data_root = self.data_root.path();
        let missing = missing(suite, &self.filter, &data_root);
        if self.dry_run || self.estimate {
            dry_run::introduce(suite, &data_root, &missing, without(&missing))?;
            let plan = self.plan(suite, &data_root)?;
            let folder = RunFolder::new(&self.out, &suite.name);
            return dry_run::print(&plan, &folder, self.estimate.then(|| self.slots(suite)));
        }
        methods::device::open(suite.device).map_err(|error| Exit::new(USAGE, error))?;
        for resource in missing {
            bring(resource, &data_root, true, &Way::default())
                .map_err(|error| Exit::new(DATA, format!("{error}{}", without(&[resource]))))?;
        }
        let plan = self.plan(suite, &data_root)?;
        let folder = RunFolder::new(&self.out, &suite.name);
        let slots = self.slots(suite);
        let stop = Stop::listen()?;
        let threads = (cores() / slots).max(1).to_string();
        let command = |job: &JobFolder| worker(job, &threads);
        let deadline = self.deadline.unwrap_or_default();
        let launch = Launch { command: &command, slots, stop: stop.asked(), deadline };
        let summary = execute(&plan, &folder, &launch, &mut Progress::new())?;
        if let Some((prepared, most_bytes)) = self.prepared.folder(&data_root) {
            // Whoever cannot be pruned is pruned next time.
            let _ = Prepared::at(prepared).prune(most_bytes);
        }
        if summary.interrupted {
            let message = "interrupted; finished cells are kept, run the same command again to go on";
            return Err(Exit::new(INTERRUPTED, message));
        }
        stop.end_at_once();
        let printed = report::print(&folder, &plan, &data_root);
        if printed.is_err() || !folder.is_there() {
            // What was there a moment ago, and is not any more, was deleted while the report was made.
            let left = |job: &Job| folder.job(&job.path()).todo(job).cells.len();
            let gone = plan.jobs.iter().map(left).sum();
            if gone > 0 && summary.failed == 0 || !folder.is_there() {
                return Err(StoreError::Vanished { path: folder.path().into(), gone }.into());
            }
        }
        printed?;
        if summary.failed > 0 {
            let message =
                format!("{} jobs failed (see the list above); run again to retry them", summary.failed);
            return Err(Exit::new(FAILED, message));
        }
        Ok(())
    }

    /// What there is to do.
    fn plan(&self, suite: &Suite, data_root: &Path) -> Result<Plan, Exit> {
        let prepared = self.prepared.folder(data_root);
        let prepared = prepared.as_ref().map(|(folder, _)| folder.as_path());
        Ok(Plan::new(suite, &self.filter, data_root, prepared)?)
    }

    /// Jobs side by side.
    fn slots(&self, suite: &Suite) -> usize {
        self.jobs.map_or_else(|| slots(suite.device), usize::from)
    }
}

/// `--set` and the flags that are short for it.
fn settings(options: &Bench) -> Vec<String> {
    let device = options.device.iter().map(|device| format!("device={device}"));
    let seeds = options.seeds.iter().map(|seeds| format!("seeds={seeds:?}"));
    options.settings.iter().cloned().chain(device).chain(seeds).collect()
}

/// What the selected part of the suite needs and the data root does not have, as far as it can be fetched.
fn missing(suite: &Suite, filters: &[Filter], data_root: &Path) -> Vec<&'static Resource> {
    let datasets = suite.datasets.iter().filter(|dataset| Filter::keeps(filters, "dataset", &dataset.label));
    // Who says where the data lie has them.
    let placed = |dataset: &&DatasetChoice| {
        let mut places = dataset.entry.card.of_class(Class::Place);
        places.any(|option| dataset.options.get(option).is_some_and(|path| path != ""))
    };
    let datasets = datasets.filter(|dataset| !placed(dataset));
    let mut needed: Vec<&Resource> =
        datasets.flat_map(|dataset| dataset.entry.resources.iter().copied()).collect();
    needed.retain(|resource| !resource.is_present(data_root));
    let methods = suite.methods.iter().filter(|method| Filter::keeps(filters, "method", &method.label));
    for backbone in methods.filter_map(|method| suite.backbone_of(method)) {
        needed.extend(missing_weights(&backbone, data_root));
    }
    needed.sort_by_key(|resource| resource.name);
    needed.dedup_by_key(|resource| resource.name);
    needed
}

/// How to do without what is missing, if there are weights in it.
fn without(missing: &[&Resource]) -> &'static str {
    let backbones = registry::all::<BackboneEntry>();
    let is_weights = |wanted: &&Resource| {
        backbones.iter().any(|entry| entry.resource.is_some_and(|known| known.name == wanted.name))
    };
    if !missing.iter().any(is_weights) {
        return "";
    }
    "; weights can also be random, and every table then says so: `--set 'backbone.weights=random(0)'` for all methods, \
     `backbone: (name: ..., weights: random(0))` for one in a suite file"
}

/// This program again, as a worker.
fn worker(job: &JobFolder, threads: &str) -> Command {
    // The link survives a rebuild of the program during a run.
    let link = PathBuf::from("/proc/self/exe");
    let program =
        if link.exists() { link } else { std::env::current_exe().unwrap_or_else(|_| "shiftbench".into()) };
    let mut command = Command::new(program);
    command.arg("job").arg("--folder").arg(job.path()).env("RAYON_NUM_THREADS", threads);
    command
}
