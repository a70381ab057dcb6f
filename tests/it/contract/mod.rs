//! What every registered method must hold, checked on each of them.

mod faults;
pub mod faulty;

use crate::support::toy::{SIDE, fitted, methods, pictures, small, toy_context, training_set};
use harness::contract::options::Class;
use harness::contract::registry::{self, DatasetEntry, DetectorEntry};
use harness::contract::seed::Root;
use harness::prelude::*;
use std::collections::BTreeSet;

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
        assert_eq!((entry.card.check)(&small).is_ok(), entry.defaults_suffice, "{}", entry.card.name);
    }
    assert_eq!(registry::duplicates(), Vec::<String>::new());
}

/// Saved and loaded, alone and in batches, a detector gives the same scores; and they are numbers.
#[test]
fn every_method_scores_the_same_after_loading_and_in_any_batch() {
    let (train, test) = (training_set(), pictures(5));
    for entry in methods() {
        let name = entry.card.name;
        let (options, context) = (small(entry, "()"), toy_context(entry, SIDE));
        let mut detector = (entry.build)(&options, &context).unwrap();
        let random = Root::new(0, "toy", "toy");
        let schedule = Schedule::Equal { steps: 2, batch: 4 };
        detector.fit(&train, &FitContext { random, schedule, progress: &|_, _, _| {} }).unwrap();
        let folder = tempfile::tempdir().unwrap();
        detector.save(folder.path()).unwrap();
        let mut loaded = (entry.build)(&options, &context).unwrap();
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

/// Options by which a training lasts three epochs of six pictures in batches of 4, where its length is a number of epochs
/// and nothing else: then a step does not depend on how many follow.
fn three_epochs(entry: &DetectorEntry) -> Option<String> {
    let values = entry.card.of_class(Class::Length).map(|option| match option {
        "epochs" => Some("epochs: 3"),
        "batch" => Some("batch: 4"),
        "longer" => Some("longer: {}"),
        "accumulate" => Some("accumulate: 1"),
        _ => None,
    });
    Some(format!("({})", values.collect::<Option<Vec<_>>>()?.join(", ")))
}

/// Equal steps are as many of the method's own, in batches of the same size: whatever its length is made of.
#[test]
fn as_many_equal_steps_as_a_method_takes_on_its_own_are_the_same_training() {
    let own = Schedule::Own { category: "toy".into() };
    for entry in methods().filter(|entry| entry.card.has(Class::Length)) {
        let name = entry.card.name;
        let budget = (entry.budget)(&small(entry, "()"), &own, 6).unwrap();
        let (_, losses) = fitted(entry, "()", own.clone(), 0);
        assert_eq!(losses.len(), budget.steps, "{name}");
        let equal = Schedule::Equal { steps: budget.steps, batch: budget.batch };
        assert_eq!(fitted(entry, "()", equal, 0).1, losses, "{name}");
    }
}

/// Six pictures in batches of 4 are two steps an epoch: five end in the third.
#[test]
fn equal_steps_are_those_of_epochs_cut_where_they_end() {
    let mut tried = 0;
    for entry in methods().filter(|entry| entry.card.has(Class::Length)) {
        let Some(options) = three_epochs(entry) else { continue };
        let name = entry.card.name;
        let (_, epochs) = fitted(entry, &options, Schedule::Own { category: "toy".into() }, 0);
        let (_, steps) = fitted(entry, &options, Schedule::Equal { steps: 5, batch: 4 }, 0);
        assert_eq!(epochs.len(), 6, "{name}");
        assert_eq!(steps, epochs[..5], "{name}");
        tried += 1;
    }
    assert!(tried >= 8, "every recipe trains by epochs");
}
