//! Results of methods that keep reference images: means in the table, their spread below it.

use crate::fake::FakeRun;
use harness::metrics::Metric;
use reports::{Comparison, Document, Gap, Table, csv, markdown, terminal};

/// `rd` without references, `gnl` with three, and `gnl` at another alpha with one; two seeds.
fn run() -> FakeRun {
    let mut run = FakeRun::new();
    for seed in 0..2 {
        for (c, condition) in ["id", "contrast-3"].into_iter().enumerate() {
            let base = 0.9 - 0.1 * c as f64 + 0.02 * seed as f64;
            run.done(("fake", "one", "rd", seed, condition), base);
            for reference in 0..3 {
                let label = format!("{condition}@reference={reference}");
                run.done(("fake", "one", "gnl", seed, &label), base + 0.01 * (reference as f64 - 1.0));
            }
            run.done(("fake", "one", "gnl", seed, &format!("{condition}@alpha=0.25")), base - 0.1);
        }
    }
    run
}

fn load(run: &mut FakeRun) -> Comparison {
    Comparison::load(&run.write(), None).unwrap()
}

#[test]
fn the_table_shows_means_and_a_second_one_the_spread() {
    let comparison = load(&mut run());
    let group = &comparison.groups[0];
    let labels: Vec<String> = group.rows.iter().map(|row| row.label()).collect();
    assert_eq!(labels, ["rd", "gnl", "gnl @alpha=0.25"]);
    // The mean over references first, then mean and deviation over seeds.
    let score = group.score(Metric::DEFAULT, 1, 0).unwrap();
    assert!((score.mean - 0.91).abs() < 1e-12 && score.seeds == 2, "{score:?}");
    assert!((score.std.unwrap() - 0.02 / 2f64.sqrt()).abs() < 1e-12, "{score:?}");
    assert!((group.spread(Metric::DEFAULT, 1, 0).unwrap() - 0.01).abs() < 1e-12);

    let text = markdown(&Document::overview(&comparison), "");
    assert!(text.contains("| gnl | **91.0 ±1.4** |"), "{text}");
    assert!(text.contains("### fake: spread over 3 reference images, image AUROC in points"), "{text}");
    assert!(text.contains("| gnl | 1.0 | 1.0 |\n\n"), "{text}");
    let note = "Numbers of gnl are means over 3 reference images; rows with a setting (@) are of one.";
    assert!(text.contains(note), "{text}");
    assert!(text.contains("protocol strict (104 steps of batch 16, 3 references)"), "{text}");
    assert_eq!(terminal(&comparison).matches("spread over 3 reference images").count(), 1);
    let text = csv(&comparison);
    assert!(text.contains("fake,one,gnl,,1,2,contrast-3,image_auroc,0.83"), "{text}");
    assert!(text.contains("fake,one,rd,,0,,id,image_auroc,0.9,"), "{text}");
}

#[test]
fn a_missing_reference_makes_its_seed_incomplete() {
    let mut run = run();
    run.records.retain(|record| {
        (record.method.as_str(), record.seed, record.settings.get("reference").and_then(|r| r.as_u64()))
            != ("gnl", 1, Some(2))
    });
    let comparison = load(&mut run);
    let group = &comparison.groups[0];
    let score = group.score(Metric::DEFAULT, 1, 0).unwrap();
    assert!((score.mean - 0.9).abs() < 1e-12 && (score.seeds, score.planned) == (1, 2), "{score:?}");
    assert_eq!(group.spread(Metric::DEFAULT, 1, 0), Err(Gap::Missing));
    let text = terminal(&comparison);
    assert!(text.contains("90.0 (1/2)") && text.contains("2 of 20 results are missing"), "{text}");
}

#[test]
fn few_seeds_are_said_and_one_reference_has_no_spread() {
    let mut run = FakeRun::new();
    run.done(("fake", "one", "gnl", 0, "id@reference=0"), 0.9);
    let comparison = load(&mut run);
    assert!(Table::over_references(&comparison, &comparison.groups[0]).is_none());
    let text = terminal(&comparison);
    assert!(text.contains("1 seed: how far results vary with the seed is unknown"), "{text}");
    assert!(!text.contains("reference images"), "{text}");
    for seed in 1..3 {
        run.done(("fake", "one", "gnl", seed, "id@reference=0"), 0.9);
    }
    let text = terminal(&load(&mut run));
    assert!(!text.contains("varies with the seed") && !text.contains("protocol's default"), "{text}");
}
