//! `bench`: fetch what is missing, plan, run, compare.

mod estimate;

use crate::cli;
use crate::exit::{DATA, Exit, FAILED, INTERRUPTED, USAGE};
use crate::fetch::bring;
use crate::out::show;
use crate::progress::Progress;
use crate::signals::Stop;
use crate::{report, suites};
use harness::contract::device::DeviceChoice;
use harness::contract::registry::{self, DatasetEntry};
use harness::contract::resource::Resource;
use harness::contract::text;
use harness::contract::weights::missing_weights;
use harness::fetch::Way;
use harness::plan::{Job, Plan};
use harness::prepared::Prepared;
use harness::results::{JobFolder, RunFolder, StoreError};
use harness::run::{Launch, execute};
use harness::suite::{DatasetChoice, Filter, Suite};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::available_parallelism;

pub fn run(options: &cli::Bench) -> Result<(), Exit> {
    let suite = suites::load(&options.suite, &settings(options))?;
    let data_root = options.data_root.path();
    let missing = missing(&suite, &options.filter, &data_root);
    if options.dry_run || options.estimate {
        return dry_run(&suite, options, &data_root, &missing);
    }
    methods::device::open(suite.device).map_err(|error| Exit::new(USAGE, error))?;
    for resource in missing {
        bring(resource, &data_root, true, &Way::default())?;
    }
    let prepared = options.prepared.folder(&data_root);
    let kept = prepared.as_ref().map(|(folder, _)| folder.as_path());
    let plan = Plan::new(&suite, &options.filter, &data_root, kept)?;
    let folder = RunFolder::new(&options.out, &suite.name);
    let slots = options.jobs.map_or_else(|| default_slots(suite.device), usize::from);
    let stop = Stop::listen()?;
    let threads = (cores() / slots).max(1).to_string();
    let command = |job: &JobFolder| worker(job, &threads);
    let deadline = options.deadline.unwrap_or_default();
    let launch = Launch { command: &command, slots, stop: stop.asked(), deadline };
    let summary = execute(&plan, &folder, &launch, &mut Progress::new())?;
    if let Some((prepared, most_bytes)) = &prepared {
        // Whoever cannot be pruned is pruned next time.
        let _ = Prepared::at(prepared).prune(*most_bytes);
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
        let message = format!("{} jobs failed (see the list above); run again to retry them", summary.failed);
        return Err(Exit::new(FAILED, message));
    }
    Ok(())
}

/// `--set` and the flags that are short for it.
fn settings(options: &cli::Bench) -> Vec<String> {
    let device = options.device.iter().map(|device| format!("device={device}"));
    let seeds = options.seeds.iter().map(|seeds| format!("seeds={seeds:?}"));
    options.settings.iter().cloned().chain(device).chain(seeds).collect()
}

/// What the selected part of the suite needs and the data root does not have, as far as it can be fetched.
fn missing(suite: &Suite, filters: &[Filter], data_root: &Path) -> Vec<&'static Resource> {
    let datasets = suite.datasets.iter().filter(|dataset| Filter::keeps(filters, "dataset", &dataset.label));
    // Who says where the data lie has them.
    let placed = |dataset: &&DatasetChoice| dataset.options.get("path").is_some_and(|path| path != "");
    let datasets = datasets.filter(|dataset| !placed(dataset));
    let entries = datasets.filter_map(|dataset| registry::find::<DatasetEntry>(&dataset.name).ok());
    let mut needed: Vec<&Resource> = entries.filter_map(|entry| entry.resource).collect();
    needed.retain(|resource| !resource.is_present(data_root));
    let methods = suite.methods.iter().filter(|method| Filter::keeps(filters, "method", &method.label));
    for backbone in methods.filter_map(|method| suite.backbone_of(method)) {
        needed.extend(missing_weights(&backbone, data_root));
    }
    needed.sort_by_key(|resource| resource.name);
    needed.dedup_by_key(|resource| resource.name);
    needed
}

fn dry_run(suite: &Suite, options: &cli::Bench, data_root: &Path, missing: &[&Resource]) -> Result<(), Exit> {
    show!("suite {}: {}", suite.name, suite.summary);
    show!("protocol {}", suite.protocol);
    if !missing.is_empty() {
        for resource in missing {
            show!("to fetch: {}{}, licence {}", resource.name, resource.size(), resource.licence.name);
        }
        let names: Vec<&str> = missing.iter().map(|resource| resource.name).collect();
        let message = format!(
            "the plan depends on data that is not in {} yet: run `cargo xtask fetch {}` first",
            data_root.display(),
            names.join("` and `cargo xtask fetch ")
        );
        return Err(Exit::new(DATA, message));
    }
    let prepared = options.prepared.folder(data_root);
    let kept = prepared.as_ref().map(|(folder, _)| folder.as_path());
    let plan = Plan::new(suite, &options.filter, data_root, kept)?;
    let folder = RunFolder::new(&options.out, &suite.name);
    folder.earlier_index(&plan)?;
    let mut groups: BTreeMap<(String, String), Vec<&Job>> = BTreeMap::new();
    for job in &plan.jobs {
        groups.entry((job.dataset_label.clone(), job.category.clone())).or_default().push(job);
    }
    let (mut trainings, mut cells_left, mut images) = (0, 0, 0);
    for ((dataset, category), jobs) in groups {
        let counts = jobs[0].images;
        show!(
            "{dataset}/{category}: {} training images, {} test images, {} in other domains",
            counts.train,
            counts.test,
            counts.domains
        );
        for job in jobs {
            let todo = folder.job(&job.path()).todo(job);
            trainings += usize::from(todo.train);
            cells_left += todo.cells.len();
            images += todo.cells.iter().map(|&cell| estimate::images(job, &job.cells[cell])).sum::<usize>();
            show!(
                "  {:<16} seed {}: {} of {} cells to do{}{}",
                job.label,
                job.seed,
                todo.cells.len(),
                job.cells.len(),
                if todo.train { ", to train" } else { "" },
                todo.reason
                    .map_or_else(String::new, |reason| format!(" (again: {})", text::message(&reason))),
            );
        }
    }
    if options.estimate {
        let slots = options.jobs.map_or_else(|| default_slots(suite.device), usize::from);
        return estimate::print(&plan, &folder, slots);
    }
    show!(
        "to do: {trainings} trainings, {cells_left} of {} cells, about {images} images to score",
        plan.cells()
    );
    Ok(())
}

/// One thread each wins over few jobs with many threads; a GPU is not shared.
fn default_slots(device: DeviceChoice) -> usize {
    match device {
        DeviceChoice::Cpu => cores(),
        DeviceChoice::Cuda(_) => 1,
    }
}

pub fn cores() -> usize {
    available_parallelism().map_or(1, Into::into)
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
