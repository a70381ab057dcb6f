//! What single methods promise beyond what holds for all.

use crate::support::toy::{SIDE, fitted, pictures, toy_context};
use harness::contract::registry;
use harness::prelude::*;
use harness::suite::Suite;
use std::collections::{BTreeMap, BTreeSet};

fn method(name: &str) -> &'static DetectorEntry {
    registry::find(name).unwrap()
}

/// Suites of the program.
fn suite(name: &str, settings: &[String]) -> Suite {
    let path = format!("{}/xtask/shiftbench/suites/{name}.ron", env!("CARGO_MANIFEST_DIR"));
    Suite::parse(name, name, &std::fs::read_to_string(path).unwrap(), settings).unwrap()
}

/// What a trained detector, saved, scores when loaded with other test-time options.
fn rescored(detector: &dyn Detector, name: &str, options: &str) -> Result<Vec<Anomaly>, DetectorError> {
    let folder = tempfile::tempdir().unwrap();
    detector.save(folder.path()).unwrap();
    let entry = method(name);
    let mut loaded = (entry.build)(&(entry.card.resolve)(&[options]).unwrap(), &toy_context(entry, SIDE))?;
    loaded.load(folder.path())?;
    loaded.score(&pictures(3))
}

#[test]
fn alpha_weighs_the_reference_and_zero_is_no_mixing() {
    let (detector, _) = fitted(method("gnl"), "()", Schedule::Equal { steps: 2, batch: 4 }, 0);
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
    let (detector, _) = fitted(method("gnl"), "()", Schedule::Equal { steps: 1, batch: 4 }, 0);
    let error = rescored(&*detector, "gnl", "(reference: 2)").unwrap_err().to_string();
    let expected = "option reference: is 2, but this training has 2 reference pictures, counted from 0";
    assert!(error.starts_with(expected), "{error}");
}

/// Those that act on the first step, for each of three methods.
#[test]
fn every_training_option_changes_the_loss() {
    let loss = |name: &str, options: &str| {
        fitted(method(name), options, Schedule::Equal { steps: 1, batch: 4 }, 0).1[0]
    };
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
        let (mut detector, _) = fitted(method(name), "()", Schedule::Equal { steps: 1, batch: 4 }, 0);
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
            let kdad = suite.methods.iter().find(|method| method.entry.card.name == "kdad").unwrap();
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
            let after =
                |steps| tensors(&*fitted(method(name), options, Schedule::Equal { steps, batch: 4 }, seed).0);
            let (one, two) = (after(1), after(2));
            assert!(one.len() > 20, "{name}");
            let unchanged = one.into_iter().filter(|(tensor, bytes)| *bytes == two[tensor]);
            let unchanged: BTreeSet<String> = unchanged.map(|(tensor, _)| tensor).collect();
            idle = Some(idle.map_or(unchanged.clone(), |idle| &idle & &unchanged));
        }
        assert_eq!(idle.unwrap(), BTreeSet::new(), "{name}");
    }
}
