//! What a run would do.

use super::estimate;
use super::shared::Shared;
use crate::exit::{DATA, Exit};
use crate::out::show;
use harness::contract::resource::Resource;
use harness::contract::text;
use harness::plan::{Job, Plan};
use harness::results::RunFolder;
use harness::suite::Suite;
use std::collections::BTreeMap;
use std::path::Path;

/// Says which suite it is, and what has to be fetched before more can be said; `without` are words on how else to go on.
pub fn introduce(suite: &Suite, data_root: &Path, missing: &[&Resource], without: &str) -> Result<(), Exit> {
    show!("suite {}: {}", suite.name, suite.summary);
    show!("protocol {}", suite.protocol);
    if missing.is_empty() {
        return Ok(());
    }
    for resource in missing {
        show!("to fetch: {}{}, licence {}", resource.name, resource.size(), resource.licence.name);
    }
    let names: Vec<&str> = missing.iter().map(|resource| resource.name).collect();
    let message = format!(
        "the plan depends on data that is not in {} yet: run `cargo xtask fetch {}` first{without}",
        data_root.display(),
        names.join("` and `cargo xtask fetch ")
    );
    Err(Exit::new(DATA, message))
}

/// Prints what there is to do in `folder`, and how long it would take with so many jobs side by side, if that was asked for.
pub fn print(plan: &Plan, folder: &RunFolder, timed_slots: Option<usize>) -> Result<(), Exit> {
    folder.earlier_index(plan)?;
    let mut groups: BTreeMap<(String, String), Vec<&Job>> = BTreeMap::new();
    for job in &plan.jobs {
        groups.entry((job.dataset_label.clone(), job.category.clone())).or_default().push(job);
    }
    let (mut trainings, mut cells_left, mut images) = (0, 0, 0);
    let mut shared = Shared::default();
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
            let train = todo.train && !shared.has(job, folder);
            trainings += usize::from(train);
            cells_left += todo.cells.len();
            images += todo.cells.iter().map(|&cell| estimate::images(job, &job.cells[cell])).sum::<usize>();
            show!(
                "  {:<16} seed {}: {} of {} cells to do{}{}",
                job.label,
                job.seed,
                todo.cells.len(),
                job.cells.len(),
                match (train, todo.train) {
                    (true, _) => ", to train",
                    (false, true) => ", trained alike by another method's job",
                    (false, false) => "",
                },
                todo.reason
                    .map_or_else(String::new, |reason| format!(" (again: {})", text::message(&reason))),
            );
        }
    }
    if let Some(slots) = timed_slots {
        return estimate::print(plan, folder, slots);
    }
    show!(
        "to do: {trainings} trainings, {cells_left} of {} cells, about {images} images to score",
        plan.cells()
    );
    Ok(())
}
