//! What training is for: each method tells planted defects from normal pictures, clearly better than by chance and
//! than before it learned.

use crate::support::toy::{methods, toy_context};
use harness::contract::options::Class;
use harness::contract::registry;
use harness::contract::seed::Root;
use harness::metrics::auroc;
use harness::prelude::*;
use rayon::prelude::*;

const SIDE: u32 = 96;
const BATCH: usize = 8;
const CATEGORY: &str = "stripes";
const DATA: &str = "(size: 96, train: 24, test_normal: 30, test_defective: 30)";

/// Training pictures; test pictures and which are defective.
fn pictures(geometry: Geometry) -> (TrainingSet, Vec<RgbImage>, Vec<bool>) {
    let entry = registry::find::<DatasetEntry>("synthetic").unwrap();
    let context = DataContext { data_root: "none".into() };
    let dataset = (entry.open)(&(entry.card.resolve)(&[DATA]).unwrap(), &context).unwrap();
    let (train, test): (Vec<Item>, Vec<Item>) =
        dataset.items(CATEGORY).unwrap().into_iter().partition(|item| item.split == Split::Train);
    let load = |items: &[Item]| -> Vec<RgbImage> {
        items.iter().map(|item| geometry.picture(&dataset.load(CATEGORY, item).unwrap().image)).collect()
    };
    let references = (0..3).collect();
    let defective = test.iter().map(|item| item.anomalous).collect();
    (TrainingSet { pictures: load(&train), references }, load(&test), defective)
}

/// AUROC after so many steps.
fn auroc_after(steps: usize, entry: &DetectorEntry, options: &str) -> f64 {
    let context = toy_context(entry, SIDE);
    let mut detector = (entry.build)(&(entry.card.resolve)(&[options]).unwrap(), &context).unwrap();
    let (train, test, defective) = pictures(detector.geometry());
    let random = Root::new(0, "synthetic", CATEGORY);
    let schedule = Schedule::Equal { steps, batch: BATCH };
    detector.fit(&train, &FitContext { random, schedule, progress: &|_, _, _| {} }).unwrap();
    let scores: Vec<f64> =
        detector.score(&test).unwrap().iter().map(|anomaly| f64::from(anomaly.score)).collect();
    auroc(&scores, &defective).unwrap()
}

/// What a method shows, in words; or what it does not.
fn shown(entry: &DetectorEntry, asked: &Separation) -> Result<String, String> {
    let name = format!("{} {}", entry.card.name, asked.options);
    let trained = auroc_after(asked.steps, entry, asked.options);
    if trained < asked.least {
        return Err(format!("{name}: AUROC {trained:.3} is below {}", asked.least));
    }
    // What does not train by steps has no untrained state.
    if !entry.card.has(Class::Length) {
        return Ok(format!("{name}: {trained:.3}"));
    }
    let untrained = auroc_after(0, entry, asked.options);
    if trained < untrained + asked.gain {
        return Err(format!("{name}: AUROC {trained:.3} is not {} above {untrained:.3}", asked.gain));
    }
    Ok(format!("{name}: {untrained:.3} untrained, {trained:.3} trained"))
}

#[test]
fn methods_find_planted_defects_because_they_learned() {
    let methods: Vec<&DetectorEntry> = methods().filter(|entry| entry.cost > Cost::Trivial).collect();
    let shown = methods.par_iter().filter_map(|entry| Some(shown(entry, entry.separation.as_ref()?)));
    let lines: Vec<Result<String, String>> = shown.collect();
    lines.iter().for_each(|line| println!("{line:?}"));
    assert!(lines.len() > methods.len() / 2, "most show it: {lines:#?}");
    assert!(lines.iter().all(Result::is_ok), "{lines:#?}");
}
