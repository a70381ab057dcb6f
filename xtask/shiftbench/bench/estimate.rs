//! How long a suite would take here: counted from its plan, timed by a few steps and a few scored pictures.

use super::shared::Shared;
use crate::cores::cores;
use crate::exit::Exit;
use crate::out::show;
use crate::perf::in_own_process;
use crate::perf::measure::{Phase, Work};
use harness::contract::condition::Condition;
use harness::plan::{Cell, Job, Plan};
use harness::results::RunFolder;
use std::collections::BTreeMap;

/// Steps and scorings that are timed, after one of each.
const REPEATS: usize = 2;
/// Pictures scored at once while timing.
const SCORED: usize = 8;

/// What one method has to do.
#[derive(Default)]
struct Load<'a> {
    trainings: usize,
    steps: usize,
    images: usize,
    /// One of its jobs, and the pictures of its steps.
    example: Option<(&'a Job, usize)>,
}

/// Prints what is left to do of `plan`, and how long that takes with `slots` jobs side by side.
pub fn print(plan: &Plan, folder: &RunFolder, slots: usize) -> Result<(), Exit> {
    let mut loads: BTreeMap<&str, Load<'_>> = BTreeMap::new();
    let mut shared = Shared::default();
    for job in &plan.jobs {
        let todo = folder.job(&job.path()).todo(job);
        let load = loads.entry(&job.label).or_default();
        load.images += todo.cells.iter().map(|&cell| images(job, &job.cells[cell])).sum::<usize>();
        let train = todo.train && !shared.has(job, folder);
        load.trainings += usize::from(train);
        if let Some((steps, batch)) = steps(job).filter(|_| !todo.is_empty()) {
            load.steps += if train { steps } else { 0 };
            load.example = Some((job, batch));
        }
    }
    let threads = (cores() / slots).max(1);
    show!(
        "{:16} {:>9} {:>9} {:>9} {:>10} {:>10} {:>8}",
        "method",
        "trainings",
        "steps",
        "s / step",
        "images",
        "s / image",
        "hours"
    );
    let mut total = 0.0;
    for (method, load) in &loads {
        let Some((job, batch)) = load.example else {
            show!(
                "{method:16} {:>9} {:>9} {:>9} {:>10}   (not timed)",
                load.trainings,
                "-",
                "-",
                load.images
            );
            continue;
        };
        let work = |phase, batch| Work {
            method: job.method.name.clone(),
            backbone: job.teacher.as_ref().map_or_else(String::new, |teacher| teacher.choice.name.clone()),
            options: Some(job.method.options.clone()),
            side: job.image_size,
            batch,
            phase,
            repeats: REPEATS,
            device: job.device,
        };
        let step = in_own_process(&work(Phase::Train, batch), threads)?.seconds;
        let image = in_own_process(&work(Phase::Score, SCORED), threads)?.seconds / SCORED as f64;
        let hours = (load.steps as f64 * step + load.images as f64 * image) / 3600.0;
        total += hours;
        show!(
            "{method:16} {:>9} {:>9} {step:>9.3} {:>10} {image:>10.4} {hours:>8.2}",
            load.trainings,
            load.steps,
            load.images
        );
    }
    let days = total / slots as f64 / 24.0;
    show!(
        "about {:.1} hours ({days:.1} days) with {slots} jobs side by side, reading and shifting images not counted",
        total / slots as f64
    );
    Ok(())
}

/// Steps of a training, and pictures per step.
fn steps(job: &Job) -> Option<(usize, usize)> {
    job.budget().map(|budget| (budget.steps, budget.batch))
}

/// How many images a cell scores.
pub fn images(job: &Job, cell: &Cell) -> usize {
    let of_domain = |cell: &&Cell| matches!(cell.condition, Condition::Domain(_)) && cell.settings.is_empty();
    match cell.condition {
        // Counted together; they are of about one size.
        Condition::Domain(_) => job.images.domains / job.cells.iter().filter(of_domain).count().max(1),
        _ => job.images.test,
    }
}
