//! What happens to a method that does not hold what every method must.

use super::faulty::Faulty;
use super::{SIDE, pictures};
use harness::contract::backbone::Teacher;
use harness::contract::condition::{Condition, Link};
use harness::contract::dataset::ImageCounts;
use harness::contract::device::DeviceChoice;
use harness::contract::plugin::Plugin;
use harness::contract::protocol::Protocol;
use harness::contract::registry::{self, DatasetEntry, DetectorEntry};
use harness::plan::{Cell, Job};
use harness::prelude::*;
use harness::results::{FailureKind, JobFolder, Provenance};
use harness::run::{WorkerEvent, work};
use std::collections::BTreeMap;

fn job(fault: &str) -> Job {
    let synthetic = registry::find::<DatasetEntry>("synthetic").unwrap();
    let options =
        (synthetic.card.resolve)(&["(size: 32, train: 2, test_normal: 2, test_defective: 2)"]).unwrap();
    let faulty = registry::find::<DetectorEntry>("faulty").unwrap();
    let fault = format!("(fault: {fault:?})");
    let shift = Plugin { name: "no_shift".into(), revision: 1, options: Default::default() };
    let conditions =
        [Condition::Id, Condition::Shift(Link { shift, severity: Severity::try_from(1).unwrap() })];
    let dataset = registry::find::<DatasetEntry>("synthetic").unwrap();
    let dataset = (dataset.open)(&options, &DataContext { data_root: "/nowhere".into() }).unwrap();
    Job {
        suite: "test".into(),
        protocol: Protocol::Strict { steps: 4, batch: 2, references: 1 },
        dataset: Plugin { name: "synthetic".into(), revision: 1, options },
        dataset_label: "synthetic".into(),
        category: "stripes".into(),
        data: dataset.fingerprint("stripes").unwrap(),
        images: ImageCounts::default(),
        outside: None,
        method: Plugin {
            name: "faulty".into(),
            revision: 1,
            options: (faulty.card.resolve)(&[&fault]).unwrap(),
        },
        label: "faulty".into(),
        seed: 0,
        data_seed: 0,
        image_size: SIDE,
        teacher: None::<Teacher>,
        device: DeviceChoice::Cpu,
        keep_model: true,
        data_root: "none".into(),
        prepared: None,
        cells: conditions.map(|condition| Cell { condition, settings: Default::default() }).into(),
    }
}

fn run(fault: &str) -> (tempfile::TempDir, Result<(), harness::results::Failure>) {
    let folder = tempfile::tempdir().unwrap();
    let provenance = Provenance {
        version: "test".into(),
        revision: "test".into(),
        libraries: BTreeMap::new(),
        device: DeviceChoice::Cpu,
        cpu: "test".into(),
        threads: 1,
    };
    let emit = |_: WorkerEvent| {};
    let outcome = work(&job(fault), &JobFolder::at(folder.path()), &provenance, &emit);
    (folder, outcome)
}

#[test]
fn faults_of_a_method_are_named_and_leave_no_record() {
    for (fault, kind, words) in [
        ("nan", FailureKind::NotFinite, "the score of test/"),
        ("map", FailureKind::Shape, "is 7x7"),
        ("length", FailureKind::Shape, "3 scores for 4 images"),
        ("error", FailureKind::Method, "the loss is not finite at step 3"),
        ("steps", FailureKind::Budget, "prescribes 4 optimisation steps, the method reported 3"),
    ] {
        let (folder, outcome) = run(fault);
        let failure = outcome.unwrap_err();
        assert_eq!(failure.kind, kind, "{failure}");
        assert!(failure.message.contains(words), "{failure}");
        assert!(JobFolder::at(folder.path()).cell("id").is_err());
    }
}

/// Who trains is never shown a test image, so nothing can be chosen by test results.
#[test]
fn only_the_saved_state_meets_test_images() {
    let (folder, outcome) = run("none");
    outcome.unwrap();
    assert!(JobFolder::at(folder.path()).model().is_dir());
    let mut untrained = Faulty { fault: String::new(), loaded: false };
    assert!(untrained.score(&pictures(1)).is_err(), "the detector of this test refuses otherwise");
}

#[test]
fn a_constant_score_is_chance_and_a_shift_that_does_nothing_changes_nothing() {
    let (folder, outcome) = run("none");
    outcome.unwrap();
    let folder = JobFolder::at(folder.path());
    let (id, shifted) = (folder.cell("id").unwrap(), folder.cell("no_shift-1").unwrap());
    assert_eq!(id.metrics["image_auroc"].value(), Some(0.5));
    assert_eq!(folder.scores("id", &id).unwrap(), folder.scores("no_shift-1", &shifted).unwrap());
    assert_eq!(shifted.metrics["fpr_at_id_threshold"].value(), Some(0.0));
    assert!(!id.metrics.contains_key("fpr_at_id_threshold"));
}
