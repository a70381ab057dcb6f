//! Two made-up runs, compared.

use crate::fake::FakeRun;
use harness::contract::options::Resolved;
use harness::contract::protocol::Protocol;
use reports::{Changes, Comparison, Scores, changes};
use serde_json::json;

/// 24 normal and 16 anomalous images; the anomalies lie `shift` higher.
fn scores(shift: f32) -> Vec<f32> {
    (0..40).map(|i| ((i * 7) % 41) as f32 + if i < 24 { 0.0 } else { shift }).collect()
}

/// Three methods, of which `gnl` is of this quality and scored with two reference images.
fn run(gnl: f32) -> FakeRun {
    let mut run = FakeRun::new();
    for condition in ["id", "contrast-3"] {
        for seed in 0..2 {
            run.scored(("elpv", "mono", "rd", seed, condition), &scores(15.0), 16);
            run.scored(("elpv", "mono", "random", seed, condition), &scores(0.0), 16);
            for reference in 0..2 {
                let label = format!("{condition}@reference={reference}");
                let record = run.scored(("elpv", "mono", "gnl", seed, &label), &scores(gnl), 16);
                record.identity.settings = Resolved::from_iter([("alpha".to_owned(), json!(gnl))]);
            }
        }
    }
    run
}

fn load(run: &mut FakeRun) -> (Comparison, Scores) {
    let folder = run.write();
    let comparison = Comparison::load(&folder, None).unwrap();
    let scores = Scores::load(&folder, &comparison).unwrap();
    (comparison, scores)
}

fn compared(a: &mut FakeRun, b: &mut FakeRun, pairs: &[(&str, &str)]) -> Changes {
    let ((a, a_scores), (b, b_scores)) = (load(a), load(b));
    let pairs: Vec<_> = pairs.iter().map(|(b, a)| (b.to_string(), a.to_string())).collect();
    changes((&a, &a_scores), (&b, &b_scores), &pairs).unwrap()
}

#[test]
fn equal_runs_have_no_changes() {
    let text = compared(&mut run(20.0), &mut run(20.0), &[]).terminal();
    assert_eq!(text, "0 of 16 results changed\n");
}

#[test]
fn what_changed_is_shown_with_its_interval_and_why() {
    let found = compared(&mut run(30.0), &mut run(10.0), &[]);
    assert_eq!((found.changed, found.compared), (8, 16));
    let text = found.terminal();
    assert!(text.starts_with("8 of 16 results changed\n"), "{text}");
    assert!(!text.contains("│ rd") && !text.contains("random"), "{text}");
    assert_eq!(text.matches("beyond noise").count(), 2, "{text}");
    assert!(text.contains("4 of 4") && text.contains("gnl on elpv: alpha 30.0 in A, 10.0 in B"), "{text}");
    let line = &found.tables[0].lines[0];
    let value = |column: usize| line.entries[column].value.number().unwrap();
    assert!((value(3) - value(2) - value(4)).abs() < 1e-9 && value(4) < -10.0, "{line:?}");

    let text = compared(&mut run(20.0), &mut run(20.5), &[]).terminal();
    assert!(text.contains("within noise") && !text.contains("beyond noise"), "{text}");
}

#[test]
fn a_method_can_be_compared_with_another() {
    // `rd` has no reference images: it stands beside the result of `gnl` with each of them.
    let found = compared(&mut run(30.0), &mut run(30.0), &[("gnl", "rd")]);
    assert_eq!((found.changed, found.compared), (8, 8));
    let text = found.terminal();
    assert!(
        text.contains("gnl (A: rd)") && text.contains("beyond noise") && !text.contains("Only in"),
        "{text}"
    );
    let found = compared(&mut run(30.0), &mut run(30.0), &[("rd", "gnl"), ("rd", "random")]);
    assert_eq!(found.compared, 12);

    let (comparison, scores) = load(&mut run(30.0));
    let of = (&comparison, &scores);
    let error = changes(of, of, &[("fico".into(), "rd".into())]).unwrap_err().to_string();
    assert_eq!(error, "run B has no method fico: its methods are rd, random, gnl");
}

#[test]
fn results_of_one_run_alone_are_counted() {
    let (mut a, mut b) = (run(20.0), run(20.0));
    a.done(("elpv", "mono", "rd", 0, "fog-1"), 0.5);
    b.done(("elpv", "mono", "fico", 0, "id"), 0.5);
    b.done(("elpv", "mono", "fico", 1, "id"), 0.5);
    b.plan(("elpv", "mono", "rd", 0, "fog-1"));
    let text = compared(&mut a, &mut b, &[]).terminal();
    assert!(text.contains("Only in A: 1 result (1 of rd on elpv).\n"), "{text}");
    assert!(text.contains("Only in B: 2 results (2 of fico on elpv).\n"), "{text}");
}

#[test]
fn results_on_other_images_have_no_interval() {
    let (mut a, mut b) = (FakeRun::new(), FakeRun::new());
    a.scored(("elpv", "mono", "rd", 0, "id"), &scores(20.0), 16);
    b.scored(("elpv", "mono", "rd", 0, "id"), &scores(10.0), 15);
    let text = compared(&mut a, &mut b, &[]).terminal();
    assert!(text.contains("other images") && !text.contains("noise │"), "{text}");
    assert!(text.contains("rd on elpv: nothing on record"), "{text}");
}

#[test]
fn other_rules_are_said_and_other_metrics_refused() {
    let ((mut a, a_scores), (b, b_scores)) = (load(&mut run(20.0)), load(&mut run(10.0)));
    a.protocol = Protocol::Released;
    let text = changes((&a, &a_scores), (&b, &b_scores), &[]).unwrap().terminal();
    let words =
        "Not under the same rules: protocol released in A, strict (104 steps of batch 16, 3 references)";
    assert!(text.lines().nth(1).unwrap().starts_with(words), "{text}");

    let mut other = run(20.0);
    other.records.iter_mut().for_each(|record| record.metrics_version = 7);
    let (c, c_scores) = load(&mut other);
    let error = changes((&b, &b_scores), (&c, &c_scores), &[]).unwrap_err().to_string();
    assert!(error.contains("run A has metrics of version 1, run B of version 7"), "{error}");
}
