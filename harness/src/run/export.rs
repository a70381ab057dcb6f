//! Everything that a plan shows to methods, for those that are not here.

use crate::contract::condition::Condition;
use crate::contract::dataset::{Item, Split};
use crate::contract::picture::Geometry;
use crate::contract::seed::Root;
use crate::plan::{Job, Plan};
use crate::results::{Failure, Shown};
use crate::run::frames::Frames;
use crate::run::source::Source;
use rand::seq::SliceRandom;
use std::collections::BTreeSet;

/// Pictures made at a time.
const CHUNK: usize = 64;

/// What the part of training pictures is called; the others are called as their condition.
pub const TRAIN: &str = "train";

/// A picture as methods see it that stretch pictures to the suite's size.
pub struct Exported<'a> {
    /// A job of its category.
    pub job: &'a Job,
    /// [`TRAIN`], or the label of the condition.
    pub part: &'a str,
    /// Its place in its part, in an order that tells nothing.
    pub number: usize,
    /// What is known of it.
    pub item: &'a Item,
    /// Picture and mask.
    pub shown: Shown,
}

/// Shows `each` every picture of `plan` once.
///
/// # Errors
/// When the data cannot be read or have changed, or `each` says so.
pub fn export(plan: &Plan, each: &mut dyn FnMut(Exported<'_>) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut known = BTreeSet::new();
    for job in plan.jobs.iter().filter(|job| known.insert((&job.dataset_label, &job.category))) {
        let source =
            Source::open(&job.dataset, &job.category, &job.data_root, job.prepared.as_deref(), &job.data)?;
        let of = |split: Split| source.items.iter().filter(move |item| item.split == split).collect();
        part(job, &source, (TRAIN, &Condition::Id), of(Split::Train), each)?;
        for cell in job.cells.iter().filter(|cell| cell.settings.is_empty()) {
            let items = source.items.iter().filter(|item| cell.condition.selects(item)).collect();
            part(job, &source, (&cell.label(), &cell.condition), items, each)?;
        }
    }
    Ok(())
}

fn part(
    job: &Job,
    source: &Source,
    (name, condition): (&str, &Condition),
    items: Vec<&Item>,
    each: &mut dyn FnMut(Exported<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let root = Root::new(job.data_seed, &job.dataset.name, &job.category);
    let frames = Frames::new(job, source, &root, condition, Geometry::Stretch(job.image_size))?;
    let mut numbers: Vec<usize> = (0..items.len()).collect();
    numbers.shuffle(&mut root.stream("export", name));
    for (items, numbers) in items.chunks(CHUNK).zip(numbers.chunks(CHUNK)) {
        let shown = frames.of(items, &|_| {})?;
        for ((&item, &number), shown) in items.iter().zip(numbers).zip(shown) {
            each(Exported { job, part: name, number, item, shown })?;
        }
    }
    Ok(())
}
