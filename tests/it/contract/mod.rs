//! What every registered method must hold, checked on each of them.

mod faults;
mod faulty;

use harness::contract::backbone::{BackboneChoice, BackboneEntry, BackboneKind, Weights};
use harness::contract::device::DeviceChoice;
use harness::contract::options::{Class, Resolved};
use harness::contract::registry::{self, DatasetEntry, DetectorEntry};
use harness::contract::seed::Root;
use harness::prelude::*;
use harness::suite::Suite;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

const SIDE: u32 = 32;

fn context_of_tests() -> BuildContext {
    BuildContext {
        image_size: SIDE,
        backbone: BackboneChoice { name: "tiny".into(), weights: Weights::Random(0) },
        device: DeviceChoice::Cpu,
        data_root: "none".into(),
    }
}

/// The same with the method's own backbone, if it has one; for vision transformers their toy.
fn context_of(entry: &DetectorEntry) -> BuildContext {
    let mut context = context_of_tests();
    if let Some(own) = entry.own_backbone {
        let tokens = registry::find::<BackboneEntry>(own).unwrap().kind == BackboneKind::Tokens;
        context.backbone.name = if tokens { "tiny_vit" } else { own }.into();
    }
    context
}

/// Suites of the program.
fn suite(name: &str, settings: &[String]) -> Suite {
    let path = format!("{}/xtask/shiftbench/suites/{name}.ron", env!("CARGO_MANIFEST_DIR"));
    Suite::parse(name, name, &std::fs::read_to_string(path).unwrap(), settings).unwrap()
}

/// `options` over those by which a method declares itself small.
fn small(entry: &DetectorEntry, options: &str) -> Resolved {
    (entry.card.resolve)(&[&entry.card.small(), options]).unwrap()
}

fn pictures(count: u8) -> Vec<RgbImage> {
    let shade = |index: u8, x: u32, y: u32| (x * 5 + y * 3 + u32::from(index) * 17) as u8;
    (0..count)
        .map(|index| {
            RgbImage::from_fn(SIDE, SIDE, |x, y| image::Rgb([shade(index, x, y), shade(index, y, x), index]))
        })
        .collect()
}

#[test]
fn every_card_is_filled_in() {
    let plain = |name: &str| {
        name.chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "-_".contains(letter))
    };
    let detectors = registry::all::<DetectorEntry>().into_iter().map(|entry| entry.card);
    let datasets = registry::all::<DatasetEntry>().into_iter().map(|entry| entry.card);
    let shifts = registry::all::<ShiftEntry>().into_iter().map(|entry| entry.card);
    for card in detectors.chain(datasets).chain(shifts) {
        assert!(plain(card.name), "{}", card.name);
        assert!(!card.summary.is_empty() && !card.summary.contains('\n'), "{}", card.name);
        assert!(!card.source.is_empty(), "{}", card.name);
        assert!(card.revision > 0, "{}", card.name);
        assert!((card.resolve)(&[]).is_ok(), "{}", card.name);
        assert!((card.resolve)(&["(no_such_option: 1)"]).is_err(), "{}", card.name);
    }
    for entry in registry::all::<DetectorEntry>() {
        let options = (entry.card.resolve)(&[]).unwrap();
        let declared: BTreeSet<&str> = entry.card.options().iter().map(|option| option.name).collect();
        assert_eq!(options.keys().map(String::as_str).collect::<BTreeSet<_>>(), declared);
        let small = (entry.card.resolve)(&[&entry.card.small()]).unwrap();
        (entry.card.check)(&small).unwrap();
    }
    assert_eq!(registry::duplicates(), Vec::<String>::new());
}

/// Saved and loaded, alone and in batches, a detector gives the same scores; and they are numbers.
#[test]
fn every_method_scores_the_same_after_loading_and_in_any_batch() {
    let train = TrainingSet { pictures: pictures(6), references: vec![0, 3] };
    let test = pictures(5);
    let entries = registry::all::<DetectorEntry>().into_iter();
    for entry in entries.filter(|entry| entry.card.source != faulty::SOURCE) {
        let name = entry.card.name;
        let options = small(entry, "()");
        let mut detector = (entry.build)(&options, &context_of(entry)).unwrap();
        let random = Root::new(0, "toy", "toy");
        let schedule = Schedule::Equal { steps: 2, batch: 4 };
        detector.fit(&train, &FitContext { random, schedule, progress: &|_, _, _| {} }).unwrap();
        let folder = tempfile::tempdir().unwrap();
        detector.save(folder.path()).unwrap();
        let mut loaded = (entry.build)(&options, &context_of(entry)).unwrap();
        loaded.load(folder.path()).unwrap();
        let whole = loaded.score(&test).unwrap();
        assert_eq!(whole.len(), test.len(), "{name}");
        assert!(whole.iter().all(|anomaly| anomaly.score.is_finite()), "{name}");
        let fresh = detector.score(&test).unwrap();
        let mut single = Vec::new();
        test.chunks(1).for_each(|one| single.extend(loaded.score(one).unwrap()));
        for (index, anomaly) in whole.iter().enumerate() {
            // Batches may change the order of sums in a matrix product, not more.
            for other in [&fresh[index], &single[index]] {
                let difference = (anomaly.score - other.score).abs();
                assert!(difference <= 1e-5 * anomaly.score.abs().max(1e-3), "{name}: {anomaly:?}\n{other:?}");
            }
        }
        let side = loaded.geometry().side();
        for map in whole.iter().filter_map(|anomaly| anomaly.map.as_ref()) {
            assert_eq!(
                (map.width, map.height, map.values.len()),
                (side, side, (side * side) as usize),
                "{name}"
            );
        }
    }
}

/// Fits `name`, made small, with `options` on six pictures; the detector and the loss of each step.
fn fitted(name: &str, options: &str, schedule: Schedule, seed: u64) -> (Box<dyn Detector>, Vec<f64>) {
    let entry = registry::find::<DetectorEntry>(name).unwrap();
    let options = small(entry, options);
    let losses = RefCell::new(Vec::new());
    let progress = |done: usize, _: usize, loss: Option<f64>| {
        losses.borrow_mut().push(loss.unwrap());
        assert_eq!(done, losses.borrow().len());
    };
    let context = FitContext { random: Root::new(seed, "toy", "toy"), schedule, progress: &progress };
    let mut detector = (entry.build)(&options, &context_of(entry)).unwrap();
    detector.fit(&TrainingSet { pictures: pictures(6), references: vec![0, 3] }, &context).unwrap();
    (detector, losses.into_inner())
}

/// A length of three epochs of one stage in batches of 4. Where a method has several stages, or lowers its step size on
/// the way, the share of a step in the training would matter as well as its number.
fn three_epochs(entry: &DetectorEntry) -> String {
    match entry.card.name {
        "f-anogan" => return "(gan_steps: 6, encoder_steps: 0, batch: 4)".into(),
        "dinomaly" => return "(steps: 6, batch: 4, warm_up: 0, final_rate: 0.002, ramp: 0)".into(),
        "deep-svdd" => return "(pretrain_epochs: 0, epochs: 3, batch: 4, lower_after: 1)".into(),
        _ => {}
    }
    let value = |option: &str| match option {
        "epochs" => "epochs: 3",
        "batch" => "batch: 4",
        "longer" => "longer: {}",
        "accumulate" => "accumulate: 1",
        other => panic!("{}: no value for {other}", entry.card.name),
    };
    format!("({})", entry.card.of_class(Class::Length).map(value).collect::<Vec<_>>().join(", "))
}

/// Six pictures in batches of 4 are two steps an epoch: five end in the third.
#[test]
fn equal_steps_are_those_of_epochs_cut_where_they_end() {
    let entries = registry::all::<DetectorEntry>().into_iter();
    let trained: Vec<_> = entries.filter(|entry| entry.card.has(Class::Length)).collect();
    assert!(trained.len() >= 8, "every recipe trains");
    for entry in trained {
        let name = entry.card.name;
        let own = Schedule::Own { category: "toy".into() };
        let budget = three_epochs(entry);
        let (_, epochs) = fitted(name, &budget, own, 0);
        let (_, steps) = fitted(name, &budget, Schedule::Equal { steps: 5, batch: 4 }, 0);
        assert_eq!(epochs.len(), 6, "{name}");
        assert_eq!(steps, epochs[..5], "{name}");
    }
}

/// What a trained detector, saved, scores when loaded with other test-time options.
fn rescored(detector: &dyn Detector, name: &str, options: &str) -> Result<Vec<Anomaly>, DetectorError> {
    let folder = tempfile::tempdir().unwrap();
    detector.save(folder.path()).unwrap();
    let entry = registry::find::<DetectorEntry>(name).unwrap();
    let mut loaded = (entry.build)(&(entry.card.resolve)(&[options]).unwrap(), &context_of_tests())?;
    loaded.load(folder.path())?;
    loaded.score(&pictures(3))
}

#[test]
fn alpha_weighs_the_reference_and_zero_is_no_mixing() {
    let (detector, _) = fitted("gnl", "()", Schedule::Equal { steps: 2, batch: 4 }, 0);
    let scores = |options: &str| rescored(&*detector, "gnl", options).unwrap();
    let (none, half) = (scores("(alpha: None)"), scores("(alpha: 0.5)"));
    assert_eq!(none, scores("(alpha: 0)"));
    assert_eq!(none, scores("(alpha: 0, reference: 1)"));
    assert_ne!(none, half);
    // At weight 1 every picture has the reference's values: the other reference gives others.
    assert_ne!(scores("(alpha: 1)"), scores("(alpha: 1, reference: 1)"));
}

#[test]
fn a_reference_that_is_not_there_is_named() {
    let (detector, _) = fitted("gnl", "()", Schedule::Equal { steps: 1, batch: 4 }, 0);
    let error = rescored(&*detector, "gnl", "(reference: 2)").unwrap_err().to_string();
    let expected = "option reference: is 2, but this training has 2 reference pictures, counted from 0";
    assert!(error.starts_with(expected), "{error}");
}

/// Those that act on the first step, for each of three methods.
#[test]
fn every_training_option_changes_the_loss() {
    let loss =
        |name: &str, options: &str| fitted(name, options, Schedule::Equal { steps: 1, batch: 4 }, 0).1[0];
    let changes = |name: &str, option: &str| {
        assert_ne!(loss(name, "()"), loss(name, &format!("({option})")), "{name} {option}");
    };
    for option in ["projection_loss: 1", "reconstruction: 1", "contrast: 0.5", "ssot: paired", "jigsaw: 0.7"]
    {
        changes("rd-plus-plus", option);
    }
    let mixing = ["mixing: efdm", "mixed_layers: l123", "mix_beta: 10", "mix_target: clean", "views: clean"];
    for option in mixing.map(|option| format!("mix_probability: 1, {option}")) {
        changes("rd-augmix-mixstyle", &option);
    }
    for option in [
        "embedding: 0.025",
        "low_features: 0.025",
        "normality: 0.1",
        "normality_on: branch",
        "invariance: 0.1",
        "distill_augmented: 0.5",
        "distillation: per_location",
        "grey: before_normalisation",
        "grey: none",
        "views: clean",
        "ops: pacs",
        "ops: base",
        "without: [solarize, posterize]",
        "draw: standard(severity: 3)",
        "kernels: 1",
        "temperature: 1",
    ] {
        changes("fico", option);
    }
}

/// The tensors of a trained student by name, as bytes: the layout of safetensors.
fn tensors(detector: &dyn Detector) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    detector.save(folder.path()).unwrap();
    let bytes = std::fs::read(folder.path().join("student.safetensors")).unwrap();
    let start = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&bytes[8..start]).unwrap();
    let tensors = header.into_iter().filter_map(|(name, entry)| {
        let end = |index: usize| Some(start + entry["data_offsets"][index].as_u64()? as usize);
        Some((name, bytes[end(0)?..end(1)?].to_vec()))
    });
    tensors.collect()
}

/// A name in a table is a promise: what is called `rd` has a student and scores by its maps.
#[test]
fn what_is_called_rd_is_reverse_distillation() {
    let entries = registry::all::<DetectorEntry>().into_iter().map(|entry| entry.card.name);
    let named: Vec<&str> = entries.filter(|name| *name == "rd" || name.starts_with("rd-")).collect();
    assert!(named.len() >= 9, "{named:?}");
    for name in named {
        let (mut detector, _) = fitted(name, "()", Schedule::Equal { steps: 1, batch: 4 }, 0);
        let folder = tempfile::tempdir().unwrap();
        detector.save(folder.path()).unwrap();
        assert!(folder.path().join("student.safetensors").exists(), "{name} has no student");
        assert!(detector.score(&pictures(1)).unwrap()[0].map.is_some(), "{name} has no map");
    }
}

/// Its released values differ between data sets, and so do the papers' suites.
#[test]
fn kdad_follows_the_recipe_of_the_suites_data_set() {
    for (name, recipe) in [("paper-mvtec", "mvtec"), ("paper-cifar10", "cifar10")] {
        // The equal terms of a strict protocol must be open to it as well.
        for setting in [None, Some("protocol=strict(steps: 9, batch: 4, references: 1)".to_owned())] {
            let suite = suite(name, setting.as_slice());
            let kdad = suite.methods.iter().find(|method| method.name == "kdad").unwrap();
            assert_eq!(kdad.options["recipe"], recipe);
        }
    }
}

/// No parameter is there for nothing. In networks this small one seed may leave a unit dead, not three.
#[test]
fn every_learned_tensor_is_learned() {
    for (name, options) in [("rd", "()"), ("fico", "()"), ("rd-plus-plus", "()"), ("rd-jigsaw", "()")] {
        let mut idle: Option<BTreeSet<String>> = None;
        for seed in 0..3 {
            let after = |steps| tensors(&*fitted(name, options, Schedule::Equal { steps, batch: 4 }, seed).0);
            let (one, two) = (after(1), after(2));
            assert!(one.len() > 20, "{name}");
            let unchanged = one.into_iter().filter(|(tensor, bytes)| *bytes == two[tensor]);
            let unchanged: BTreeSet<String> = unchanged.map(|(tensor, _)| tensor).collect();
            idle = Some(idle.map_or(unchanged.clone(), |idle| &idle & &unchanged));
        }
        assert_eq!(idle.unwrap(), BTreeSet::new(), "{name}");
    }
}
