//! What training is for: each method tells planted defects from normal pictures, clearly better than by chance and
//! than before it learned.

use harness::contract::backbone::{BackboneChoice, Weights};
use harness::contract::device::DeviceChoice;
use harness::contract::options::Class;
use harness::contract::registry::{self, DatasetEntry, DetectorEntry};
use harness::contract::seed::Root;
use harness::metrics::auroc;
use harness::prelude::*;
use rayon::prelude::*;

/// A method and what it is tested with.
struct Case {
    method: &'static str,
    /// Options besides its defaults.
    options: &'static str,
    backbone: &'static str,
    /// Of `synthetic`.
    category: &'static str,
    steps: usize,
    /// AUROC it must reach. By chance it would be 0.5, with a standard deviation of 0.075.
    least: f64,
    /// How far above its untrained state it must come.
    gain: f64,
}

/// A case with the defaults, a teacher in three stages and few steps.
const DEFAULT: Case = Case {
    method: "",
    options: "()",
    backbone: "tiny",
    category: "stripes",
    steps: 60,
    least: 0.72,
    gain: 0.1,
};

/// Trained methods without a line below.
const ELSEWHERE: [&str; 3] = [
    // `disco-diifi` by another name.
    "fico-no-atta",
    // Learns for thousands of steps.
    "f-anogan",
    // Telling the order of tiles is beyond toys in so few steps: see the tests of `jigsaw::solver`.
    "jigsaw",
];

/// One line for each method. Teachers are toys with random weights: with those of ImageNet all would do better.
const CASES: [Case; 22] = [
    Case { method: "rd", ..DEFAULT },
    Case { method: "rd-augmix", ..DEFAULT },
    Case { method: "rd-mixstyle", ..DEFAULT },
    Case { method: "rd-efdm", ..DEFAULT },
    Case { method: "rd-augmix-mixstyle", ..DEFAULT },
    Case { method: "rd-augmix-efdm", ..DEFAULT },
    Case { method: "rd-plus-plus", ..DEFAULT },
    Case { method: "rd-jigsaw", ..DEFAULT },
    Case { method: "rd-atta", ..DEFAULT },
    Case { method: "gnl", ..DEFAULT },
    Case { method: "gnl-no-atta", ..DEFAULT },
    Case { method: "disco", ..DEFAULT },
    Case { method: "disco-diifi", ..DEFAULT },
    Case { method: "fico", ..DEFAULT },
    Case { method: "patchcore", ..DEFAULT },
    // Its discriminator, untrained, is a random direction in features that tell a lot.
    Case { method: "simplenet", steps: 30, gain: 0.05, ..DEFAULT },
    // What it remembers does the work here; its network narrows it down, and has no pictures enough to do so.
    Case { method: "pni-unrefined", options: "(width: 64, layers: 3, coreset: 0.05)", gain: 0.0, ..DEFAULT },
    Case { method: "anomaly-dino", backbone: "tiny_vit", ..DEFAULT },
    Case { method: "dinomaly", options: "(crop: false)", backbone: "tiny_vit", ..DEFAULT },
    Case {
        method: "kdad",
        options: "(geometry: stretch(32), map: none)",
        backbone: "vgg16",
        steps: 100,
        ..DEFAULT
    },
    Case {
        method: "realnet-p",
        options: "(width_ratio: 1, selection_batches: 8, learning_rate: 3e-3)",
        steps: 100,
        ..DEFAULT
    },
    Case { method: "deep-svdd", steps: 200, ..DEFAULT },
];

const SIDE: u32 = 96;
const BATCH: usize = 8;
const DATA: &str = "(size: 96, train: 24, test_normal: 30, test_defective: 30)";

/// Training pictures; test pictures and which are defective.
fn pictures(category: &str, geometry: Geometry) -> (TrainingSet, Vec<RgbImage>, Vec<bool>) {
    let entry = registry::find::<DatasetEntry>("synthetic").unwrap();
    let context = DataContext { data_root: "none".into() };
    let dataset = (entry.open)(&(entry.card.resolve)(&[DATA]).unwrap(), &context).unwrap();
    let (train, test): (Vec<Item>, Vec<Item>) =
        dataset.items(category).unwrap().into_iter().partition(|item| item.split == Split::Train);
    let load = |items: &[Item]| -> Vec<RgbImage> {
        items.iter().map(|item| geometry.picture(&dataset.load(category, item).unwrap().image)).collect()
    };
    let references = (0..3).collect();
    let defective = test.iter().map(|item| item.anomalous).collect();
    (TrainingSet { pictures: load(&train), references }, load(&test), defective)
}

/// AUROC after so many steps.
fn separation(entry: &DetectorEntry, case: &Case, steps: usize) -> f64 {
    let context = BuildContext {
        image_size: SIDE,
        backbone: BackboneChoice { name: case.backbone.into(), weights: Weights::Random(0) },
        device: DeviceChoice::Cpu,
        data_root: "none".into(),
    };
    let mut detector = (entry.build)(&(entry.card.resolve)(&[case.options]).unwrap(), &context).unwrap();
    let (train, test, defective) = pictures(case.category, detector.geometry());
    let random = Root::new(0, "synthetic", case.category);
    let schedule = Schedule::Equal { steps, batch: BATCH };
    detector.fit(&train, &FitContext { random, schedule, progress: &|_, _, _| {} }).unwrap();
    let scores: Vec<f64> =
        detector.score(&test).unwrap().iter().map(|anomaly| f64::from(anomaly.score)).collect();
    auroc(&scores, &defective).unwrap()
}

#[test]
fn every_trained_method_is_here() {
    let trained = registry::all::<DetectorEntry>().into_iter().filter(|entry| entry.card.has(Class::Length));
    let missing: Vec<&str> = trained
        .map(|entry| entry.card.name)
        .filter(|name| CASES.iter().all(|case| case.method != *name))
        .filter(|name| !ELSEWHERE.contains(name))
        .collect();
    assert!(missing.is_empty(), "no line for {missing:?}");
}

#[test]
fn methods_find_planted_defects_because_they_learned() {
    let lines = CASES.par_iter().map(|case| {
        let entry = registry::find::<DetectorEntry>(case.method).unwrap();
        let trained = separation(entry, case, case.steps);
        let name = format!("{} {}", case.method, case.options);
        if trained < case.least {
            return Err(format!("{name}: AUROC {trained:.3} is below {}", case.least));
        }
        // What does not train by steps has no untrained state.
        if !entry.card.has(Class::Length) {
            return Ok(format!("{name}: {trained:.3}"));
        }
        let untrained = separation(entry, case, 0);
        if trained < untrained + case.gain {
            return Err(format!("{name}: AUROC {trained:.3} is not {} above {untrained:.3}", case.gain));
        }
        Ok(format!("{name}: {untrained:.3} untrained, {trained:.3} trained"))
    });
    let lines: Vec<Result<String, String>> = lines.collect();
    lines.iter().for_each(|line| println!("{line:?}"));
    assert!(lines.iter().all(Result::is_ok), "{lines:#?}");
}
