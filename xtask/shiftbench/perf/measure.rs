//! One measurement, in a process of its own so that its peak memory is its own.

use crate::exit::{Exit, FAILED, USAGE};
use harness::contract::backbone::{BackboneChoice, Weights};
use harness::contract::detector::{BuildContext, Detector, FitContext, REFERENCE, TrainingSet};
use harness::contract::device::DeviceChoice;
use harness::contract::error::DetectorError;
use harness::contract::options::Resolved;
use harness::contract::registry::{self, DetectorEntry};
use harness::contract::schedule::Schedule;
use harness::contract::seed::Root;
use harness::run::{peak_memory_mib, reset_peak};
use image::RgbImage;
use rand::Rng;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::fs;
use std::time::Instant;

/// What is timed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Work {
    pub method: String,
    pub backbone: String,
    /// The method's options; its own if none are given.
    #[serde(default)]
    pub options: Option<Resolved>,
    /// Side of the network input in pixels, for methods that do not have their own.
    pub side: u32,
    /// Pictures per step, or per call of `score`.
    pub batch: usize,
    pub phase: Phase,
    /// Steps, or calls, after one that does not count.
    pub repeats: usize,
    pub device: DeviceChoice,
}

/// Training step or inference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Train,
    Score,
}

/// What was measured.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Measurement {
    /// Median wall-clock seconds of a step or call.
    pub seconds: f64,
    /// Mean processor seconds of a step or call, all threads together.
    pub cpu_seconds: f64,
    /// Peak resident memory in MiB; 0 where unknown.
    pub peak_mib: u64,
}

/// Does the work.
pub fn measure(work: &Work) -> Result<Measurement, Exit> {
    let failed = |error: &dyn ToString| Exit::new(FAILED, error.to_string());
    match work.phase {
        Phase::Train => {
            let mut detector = build(work)?;
            reset_peak();
            let laps =
                fit(detector.as_mut(), work, work.repeats + 1, work.batch).map_err(|error| failed(&error))?;
            Ok(laps.measurement())
        }
        Phase::Score => {
            // What is scored with must exist, not be good: one step on one picture.
            let mut detector = build(work)?;
            fit(detector.as_mut(), work, 1, 1).map_err(|error| failed(&error))?;
            let pictures = pictures(work.batch, detector.geometry().side());
            reset_peak();
            let laps = Laps::default();
            for _ in 0..=work.repeats {
                detector.score(&pictures).map_err(|error| failed(&error))?;
                laps.lap();
            }
            Ok(laps.measurement())
        }
    }
}

fn build(work: &Work) -> Result<Box<dyn Detector>, Exit> {
    let entry = registry::find::<DetectorEntry>(&work.method).map_err(|error| Exit::new(USAGE, error))?;
    let options = work.options.clone().unwrap_or_else(|| (entry.card.resolve)(&[]).unwrap_or_default());
    let context = BuildContext {
        image_size: work.side,
        backbone: BackboneChoice { name: work.backbone.clone(), weights: Weights::Random(0) },
        device: work.device,
        data_root: harness::fetch::default_data_root(),
    };
    (entry.build)(&options, &context).map_err(|error| Exit::new(FAILED, error))
}

/// Trains on one batch of pictures, over and over; a lap per step.
fn fit(detector: &mut dyn Detector, work: &Work, steps: usize, batch: usize) -> Result<Laps, DetectorError> {
    let laps = Laps::default();
    let side = detector.geometry().side();
    let progress = |_: usize, _: usize, _: Option<f64>| laps.lap();
    let context = FitContext {
        random: Root::new(0, "perf", ""),
        schedule: Schedule::Equal { steps, batch },
        progress: &progress,
    };
    // Whichever reference image the options name.
    let reference = work.options.as_ref().and_then(|options| options.get(REFERENCE)?.as_u64()).unwrap_or(0);
    let references = vec![0; reference as usize + 1];
    detector.fit(&TrainingSet { pictures: pictures(batch, side), references }, &context)?;
    Ok(laps)
}

/// Pictures of noise: arithmetic takes the same time whatever is shown.
fn pictures(count: usize, side: u32) -> Vec<RgbImage> {
    let root = Root::new(0, "perf", "");
    let picture = |index: usize| {
        let mut picture = RgbImage::new(side, side);
        root.stream("picture", &index.to_string()).fill_bytes(&mut picture);
        picture
    };
    (0..count).map(picture).collect()
}

/// Times at which something was done.
#[derive(Default)]
struct Laps(RefCell<Vec<(Instant, f64)>>);

impl Laps {
    fn lap(&self) {
        self.0.borrow_mut().push((Instant::now(), cpu_seconds()));
    }

    /// The first lap warms up and does not count.
    fn measurement(&self) -> Measurement {
        let laps = self.0.borrow();
        let mut seconds: Vec<f64> =
            laps.windows(2).map(|pair| (pair[1].0 - pair[0].0).as_secs_f64()).collect();
        seconds.sort_by(f64::total_cmp);
        let (first, last) = (laps.first().map_or(0.0, |lap| lap.1), laps.last().map_or(0.0, |lap| lap.1));
        Measurement {
            seconds: seconds.get(seconds.len() / 2).copied().unwrap_or(f64::NAN),
            cpu_seconds: (last - first) / seconds.len().max(1) as f64,
            peak_mib: peak_memory_mib(),
        }
    }
}

/// Processor time of this process so far; 0 where unknown.
pub fn cpu_seconds() -> f64 {
    // Fields 14 and 15, counted behind the parenthesis that ends the program's name, in ticks of 10 ms.
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
