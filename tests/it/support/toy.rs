//! Trainings so small that every method can be asked for one.

use crate::contract::faulty;
use harness::contract::backbone::{BackboneChoice, BackboneEntry, Weights};
use harness::contract::device::DeviceChoice;
use harness::contract::options::Resolved;
use harness::contract::registry::{self, DetectorEntry};
use harness::contract::seed::Root;
use harness::prelude::*;
use std::cell::RefCell;

/// Side of the pictures below.
pub const SIDE: u32 = 32;

/// Every method but those that are faulty on purpose.
pub fn methods() -> impl Iterator<Item = &'static DetectorEntry> {
    let entries = registry::all::<DetectorEntry>().into_iter();
    entries.filter(|entry| entry.card.source != faulty::SOURCE && entry.defaults_suffice)
}

/// What `entry` is built from: with a toy of the kind of backbone that it needs, or else its own; random weights.
pub fn toy_context(entry: &DetectorEntry, image_size: u32) -> BuildContext {
    let backbones = registry::all::<BackboneEntry>().into_iter();
    let mut fitting = backbones.filter(|backbone| backbone.kind == entry.backbone_kind);
    // Nobody publishes weights of a toy.
    let toy = fitting.find(|backbone| backbone.weights_file.is_empty()).map(|backbone| backbone.name);
    let name = toy.or(entry.own_backbone).unwrap().into();
    BuildContext {
        image_size,
        backbone: BackboneChoice { name, weights: Weights::Random(0) },
        device: DeviceChoice::Cpu,
        data_root: "none".into(),
    }
}

/// `options` over those by which a method declares itself small.
pub fn small(entry: &DetectorEntry, options: &str) -> Resolved {
    (entry.card.resolve)(&[&entry.card.small(), options]).unwrap()
}

/// Pictures that differ.
pub fn pictures(count: u8) -> Vec<RgbImage> {
    let shade = |index: u8, x: u32, y: u32| (x * 5 + y * 3 + u32::from(index) * 17) as u8;
    (0..count)
        .map(|index| {
            RgbImage::from_fn(SIDE, SIDE, |x, y| image::Rgb([shade(index, x, y), shade(index, y, x), index]))
        })
        .collect()
}

/// Six of them, two of which are references.
pub fn training_set() -> TrainingSet {
    TrainingSet { pictures: pictures(6), references: vec![0, 3] }
}

/// Fits `entry`, made small, with `options`; the detector and the loss of each step.
pub fn fitted(
    entry: &DetectorEntry,
    options: &str,
    schedule: Schedule,
    seed: u64,
) -> (Box<dyn Detector>, Vec<f64>) {
    let losses = RefCell::new(Vec::new());
    let progress = |done: usize, _: usize, loss: Option<f64>| {
        losses.borrow_mut().push(loss.unwrap());
        assert_eq!(done, losses.borrow().len());
    };
    let context = FitContext { random: Root::new(seed, "toy", "toy"), schedule, progress: &progress };
    let mut detector = (entry.build)(&small(entry, options), &toy_context(entry, SIDE)).unwrap();
    detector.fit(&training_set(), &context).unwrap();
    (detector, losses.into_inner())
}
