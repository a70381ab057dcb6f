//! What is tried: training, scoring alone, in a batch, in another order, after loading, after training again.

use harness::contract::backbone::{BackboneChoice, Weights};
use harness::contract::dataset::{DataContext, Split};
use harness::contract::detector::{Anomaly, BuildContext, Detector, FitContext, TrainingSet};
use harness::contract::device::DeviceChoice;
use harness::contract::picture::Geometry;
use harness::contract::registry::{self, DatasetEntry, DetectorEntry};
use harness::contract::schedule::Schedule;
use harness::contract::seed::Root;
use image::RgbImage;
use serde_json::Value;
use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::time::Instant;
use tempfile::TempDir;

/// What is tried, and how.
pub struct Terms {
    /// Of the method `external`.
    pub options: [(&'static str, Value); 3],
    /// Side of the pictures in pixels.
    pub image_size: u32,
    /// Steps that are prescribed.
    pub steps: usize,
    /// Largest relative difference between scores that should be equal.
    pub tolerance: f64,
}

/// What was tried, and figures or what was wrong.
pub struct Check {
    pub name: &'static str,
    pub outcome: Result<String, String>,
}

/// How pictures are scored.
#[derive(Clone, Copy)]
enum Order {
    AtOnce,
    Alone,
    Reversed,
}

/// Pictures per step that are prescribed.
const BATCH: usize = 8;
/// A file that must stay alone where the program is started.
const LONELY: &str = "lonely.txt";

/// Tries everything, up to the first that leaves nothing more to try.
///
/// # Errors
/// When nothing can be tried here.
pub fn trials(terms: &Terms) -> Result<Vec<Check>, String> {
    let start = TempDir::new().map_err(|reason| reason.to_string())?;
    let lonely = start.path().join(LONELY);
    fs::write(&lonely, LONELY)
        .and_then(|()| std::env::set_current_dir(start.path()))
        .map_err(|e| e.to_string())?;
    let mut trial =
        Trial { terms, entry: find("external")?, pictures: pictures(terms.image_size)?, checks: Vec::new() };
    trial.run();
    let mut found: Vec<String> = names(start.path());
    found.retain(|name| name != LONELY);
    let kept = fs::read_to_string(&lonely).is_ok_and(|text| text == LONELY);
    trial.check(
        "writes nowhere else",
        match found.first() {
            None if kept => Ok(String::new()),
            None => Err(format!("changed {LONELY} in the folder it was started in")),
            Some(name) => Err(format!("wrote {name} into the folder it was started in")),
        },
    );
    Ok(trial.checks)
}

fn find<E: registry::Entry>(name: &str) -> Result<&'static E, String> {
    registry::find::<E>(name).map_err(|error| error.to_string())
}

struct Trial<'a> {
    terms: &'a Terms,
    entry: &'static DetectorEntry,
    pictures: [Vec<RgbImage>; 2],
    checks: Vec<Check>,
}

impl Trial<'_> {
    fn check(&mut self, name: &'static str, outcome: Result<String, String>) -> bool {
        let held = outcome.is_ok();
        self.checks.push(Check { name, outcome });
        held
    }

    fn run(&mut self) {
        let trained = self.trained();
        let (mut detector, figures) = match trained {
            Ok(trained) => trained,
            Err(reason) => {
                self.check("learns", Err(reason));
                return;
            }
        };
        self.check("learns", Ok(figures));
        let start = Instant::now();
        let scored = match self.scored(detector.as_mut(), Order::AtOnce) {
            Ok(scored) => scored,
            Err(reason) => {
                self.check("scores", Err(reason));
                return;
            }
        };
        let each = start.elapsed().as_secs_f64() / scored.len() as f64;
        let maps = scored.iter().filter(|anomaly| anomaly.map.is_some()).count();
        let kind = if maps > 0 { "with maps" } else { "without maps" };
        self.check("scores", Ok(format!("{kind}, {:.1} ms a picture", 1000.0 * each)));
        let alone = self.scored(detector.as_mut(), Order::Alone).and_then(|other| self.same(&scored, &other));
        self.check("alone as in a batch", alone);
        let reversed =
            self.scored(detector.as_mut(), Order::Reversed).and_then(|other| self.same(&scored, &other));
        self.check("in another order, later", reversed);
        let loaded = self.loaded(detector.as_ref(), &scored);
        drop(detector);
        self.check("saved and loaded by another process", loaded);
        let again = self.trained().and_then(|(mut detector, _)| {
            let other = self.scored(detector.as_mut(), Order::AtOnce)?;
            self.same(&scored, &other)
        });
        self.check("trained again with the same seed", again);
    }

    fn built(&self) -> Result<Box<dyn Detector>, String> {
        let mut options = (self.entry.card.resolve)(&[]).map_err(|(_, error)| error.to_string())?;
        for (name, value) in &self.terms.options {
            options.insert((*name).to_owned(), value.clone());
        }
        let context = BuildContext {
            image_size: self.terms.image_size,
            backbone: BackboneChoice { name: String::new(), weights: Weights::Pretrained },
            device: DeviceChoice::Cpu,
            data_root: Default::default(),
        };
        (self.entry.build)(&options, &context).map_err(|error| error.to_string())
    }

    fn trained(&self) -> Result<(Box<dyn Detector>, String), String> {
        let mut detector = self.built()?;
        let steps = Cell::new(None);
        let context = FitContext {
            random: Root::new(0, "conform", ""),
            schedule: Schedule::Equal { steps: self.terms.steps, batch: BATCH },
            progress: &|done, _, _| steps.set(Some(done)),
        };
        let train = TrainingSet { pictures: self.pictures[0].clone(), references: Vec::new() };
        let start = Instant::now();
        detector.fit(&train, &context).map_err(|error| error.to_string())?;
        let seconds = start.elapsed().as_secs_f64();
        match steps.get() {
            None if !detector.takes_steps() => Ok((detector, format!("not by steps, {seconds:.1} s"))),
            Some(done) if done == self.terms.steps => Ok((detector, format!("{done} steps, {seconds:.1} s"))),
            done => Err(format!(
                "was told to take {} steps and reported {}",
                self.terms.steps,
                done.map_or("none".into(), |done| done.to_string())
            )),
        }
    }

    /// Scores of the test pictures in their order, however they are scored.
    fn scored(&self, detector: &mut dyn Detector, order: Order) -> Result<Vec<Anomaly>, String> {
        let pictures = &self.pictures[1];
        let mut score = |pictures: &[RgbImage]| detector.score(pictures).map_err(|error| error.to_string());
        let scored = match order {
            Order::AtOnce => score(pictures)?,
            Order::Alone => {
                let each = pictures.chunks(1).map(score).collect::<Result<Vec<_>, _>>()?;
                each.into_iter().flatten().collect()
            }
            Order::Reversed => {
                let turned: Vec<RgbImage> = pictures.iter().rev().cloned().collect();
                score(&turned)?.into_iter().rev().collect()
            }
        };
        let finite = |anomaly: &Anomaly| {
            let map = anomaly.map.as_ref().is_none_or(|map| map.values.iter().all(|value| value.is_finite()));
            anomaly.score.is_finite() && map
        };
        match scored.iter().position(|anomaly| !finite(anomaly)) {
            None => Ok(scored),
            Some(place) => Err(format!("the score or map of picture {place} is no number")),
        }
    }

    fn loaded(&self, trained: &dyn Detector, scored: &[Anomaly]) -> Result<String, String> {
        let folder = TempDir::new().map_err(|reason| reason.to_string())?;
        trained.save(folder.path()).map_err(|error| error.to_string())?;
        let mut detector = self.built()?;
        detector.load(folder.path()).map_err(|error| error.to_string())?;
        let same = self.same(scored, &self.scored(detector.as_mut(), Order::AtOnce)?)?;
        Ok(format!("{same}, {} files", names(folder.path()).len() - 1))
    }

    /// The largest relative difference, if it is small enough.
    fn same(&self, one: &[Anomaly], other: &[Anomaly]) -> Result<String, String> {
        let values = |anomaly: &Anomaly| {
            let map = anomaly.map.iter().flat_map(|map| map.values.clone());
            std::iter::once(anomaly.score).chain(map).map(f64::from).collect::<Vec<f64>>()
        };
        let difference = |(one, other): (f64, f64)| match one.abs().max(other.abs()) {
            0.0 => 0.0,
            largest => (one - other).abs() / largest,
        };
        let pairs = one.iter().zip(other).flat_map(|(one, other)| values(one).into_iter().zip(values(other)));
        let largest = pairs.map(difference).fold(0.0, f64::max);
        let words = format!("largest relative difference {largest:.1e}");
        if largest <= self.terms.tolerance { Ok(words) } else { Err(words) }
    }
}

/// Toy pictures to learn from, and to score: half of these have defects.
fn pictures(side: u32) -> Result<[Vec<RgbImage>; 2], String> {
    let entry = find::<DatasetEntry>("synthetic")?;
    let options = (entry.card.resolve)(&["(size: 64, train: 24, test_normal: 8, test_defective: 8)"])
        .map_err(|(_, error)| error.to_string())?;
    let dataset = (entry.open)(&options, &DataContext { data_root: Default::default() });
    let dataset = dataset.map_err(|error| error.to_string())?;
    let categories = dataset.categories().map_err(|error| error.to_string())?;
    let category = categories.into_iter().next().ok_or("the toy has no category")?;
    let items = dataset.items(&category).map_err(|error| error.to_string())?;
    let of = |split: Split| -> Result<Vec<RgbImage>, String> {
        let items = items.iter().filter(|item| item.split == split);
        let picture =
            |sample: harness::contract::dataset::Sample| Geometry::Stretch(side).picture(&sample.image);
        items.map(|item| dataset.load(&category, item).map(picture).map_err(|e| e.to_string())).collect()
    };
    Ok([of(Split::Train)?, of(Split::Test)?])
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}
