//! Scoring a sample of images again with the trained states that were kept.

use crate::contract::backbone::{BackboneChoice, Weights};
use crate::contract::chain::Chain;
use crate::contract::detector::BuildContext;
use crate::contract::registry::{self, DetectorEntry};
use crate::contract::seed::Root;
use crate::results::IndexEntry;
use crate::results::JobFolder;
use crate::results::RunFolder;
use crate::results::{CellRecord, JobRecord};
use crate::results::{Failure, FailureKind};
use crate::run::score::score;
use crate::run::source::Source;
use rand::seq::IndexedRandom;
use std::collections::BTreeMap;
use std::path::Path;

/// Largest difference, relative to the larger score, that batches of another size may make.
const TOLERANCE: f32 = 1e-4;

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rescored {
    /// Images scored.
    pub images: usize,
    /// Jobs they belong to.
    pub jobs: usize,
    /// Jobs whose trained state was not kept.
    pub skipped: usize,
    /// Largest relative difference from a recorded score.
    pub largest: f32,
}

/// Scores `count` images of every job of `folder` again, drawn by `seed` from all its conditions.
///
/// # Errors
/// When the data are not those that were tested, a state cannot be used, or a score differs.
pub fn rescore(folder: &RunFolder, count: usize, seed: u64, data_root: &Path) -> Result<Rescored, Failure> {
    let index = folder.index()?.ok_or_else(|| read("there is no run"))?;
    let mut jobs: BTreeMap<&str, Vec<&IndexEntry>> = BTreeMap::new();
    for entry in &index.cells {
        jobs.entry(&entry.job).or_default().push(entry);
    }
    let mut rescored = Rescored::default();
    for (name, cells) in jobs {
        let job = folder.job(name);
        let Some(training) = job.training()?.filter(|training| !job.lacks_state(training)) else {
            rescored.skipped += 1;
            continue;
        };
        job.check_state(&training)?;
        let again = Again { job: &job, training: &training, side: index.image_size, data_root };
        let mut draw = Root::new(seed, "verify", name).stream("cell", "");
        for _ in 0..count {
            let Some(entry) = cells.choose(&mut draw) else { break };
            let largest = again.one(&job.cell(&entry.cell)?, &entry.cell, &mut draw)?;
            rescored.largest = rescored.largest.max(largest);
            rescored.images += 1;
        }
        rescored.jobs += 1;
    }
    Ok(rescored)
}

struct Again<'a> {
    job: &'a JobFolder,
    training: &'a JobRecord,
    side: u32,
    data_root: &'a Path,
}

impl Again<'_> {
    /// Scores one image of a cell; the relative difference from its record.
    fn one(
        &self,
        cell: &CellRecord,
        label: &str,
        draw: &mut crate::contract::seed::Stream,
    ) -> Result<f32, Failure> {
        let scores = self.job.scores(label, cell)?;
        let line = scores.choose(draw).ok_or_else(|| read(format!("{label} has no scores")))?;
        let planned = &self.training.identity.data;
        let source = Source::open(&self.training.dataset, &cell.category, self.data_root, None, planned)?;
        let item = source.items.iter().find(|item| item.id == line.image && cell.condition.selects(item));
        let item = item.ok_or_else(|| read(format!("the data have no test image {}", line.image)))?;
        let shifts =
            Chain::build(cell.condition.links()).map_err(|error| Failure::new(FailureKind::Shift, error))?;
        let root = Root::new(cell.identity.data_seed, &self.training.dataset.name, &cell.category);
        let mut detector = self.detector(cell)?;
        let shown = source.show(&root, &shifts, item, detector.geometry())?;
        let anomalies = score(detector.as_mut(), &[shown.picture], &[&line.image])?;
        let again = anomalies[0].score;
        let largest = again.abs().max(line.score.abs());
        let difference = if largest > 0.0 { (again - line.score).abs() / largest } else { 0.0 };
        if difference > TOLERANCE {
            return Err(read(format!(
                "{}: {} is scored {again} now, {} in the record: it was computed by another program, device or state",
                self.job.record_path(label).display(),
                line.image,
                line.score
            )));
        }
        Ok(difference)
    }

    fn detector(&self, cell: &CellRecord) -> Result<Box<dyn crate::contract::detector::Detector>, Failure> {
        let method = |error: String| Failure::new(FailureKind::Method, error);
        let plugin = &self.training.method;
        let entry =
            registry::find::<DetectorEntry>(&plugin.name).map_err(|error| method(error.to_string()))?;
        let mut options = plugin.options.clone();
        options.extend(cell.settings.clone());
        let none = BackboneChoice { name: String::new(), weights: Weights::Pretrained };
        let context = BuildContext {
            image_size: self.side,
            backbone: self.training.teacher.as_ref().map_or(none, |teacher| teacher.choice.clone()),
            device: self.training.provenance.device,
            data_root: self.data_root.into(),
        };
        let mut detector = (entry.build)(&options, &context).map_err(|error| method(error.to_string()))?;
        detector.load(&self.job.model()).map_err(|error| method(error.to_string()))?;
        Ok(detector)
    }
}

fn read(reason: impl ToString) -> Failure {
    Failure::new(FailureKind::Data, reason)
}
