//! Intervals, footnotes and rankings of made-up runs.

use crate::fake::FakeRun;
use harness::metrics::Metric;
use reports::table::{TableKind, Value};
use reports::{Comparison, Document, Scores, Statistics, figure, terminal};
use std::fs;

/// 24 normal and 16 anomalous images; the anomalies lie `shift` higher.
fn scores(shift: f32, turn: usize) -> Vec<f32> {
    (0..40).map(|i| ((i * 7 + turn * 13) % 41) as f32 + if i < 24 { 0.0 } else { shift }).collect()
}

/// `data sets x categories`, each with four methods of quality 30, 29, 12 and 0 and two seeds; `rd` is
/// scored with two reference images.
fn run(datasets: &[(&str, usize)]) -> FakeRun {
    let mut run = FakeRun::new();
    for (dataset, categories) in datasets {
        for category in 0..*categories {
            let name = format!("c{category}");
            for seed in 0..2 {
                for (c, condition) in ["id", "contrast-3"].into_iter().enumerate() {
                    let turn = category + 5 * seed as usize;
                    let lower = 6.0 * c as f32;
                    for reference in 0..2 {
                        let label = format!("{condition}@reference={reference}");
                        let cell = (*dataset, name.as_str(), "rd", seed, label.as_str());
                        run.scored(cell, &scores(30.0 - lower, turn + reference), 16);
                    }
                    for (method, quality) in [("gnl", 29.0), ("fico", 12.0), ("random", 0.0)] {
                        let cell = (*dataset, name.as_str(), method, seed, condition);
                        let same = if method == "gnl" { turn } else { turn + 3 };
                        run.scored(cell, &scores(quality - lower, same), 16);
                    }
                }
            }
        }
    }
    run
}

fn load(run: &mut FakeRun) -> (Comparison, Scores) {
    let folder = run.write();
    let comparison = Comparison::load(&folder, None).unwrap().with_baselines(&["random"]);
    let scores = Scores::load(&folder, &comparison).unwrap();
    (comparison, scores)
}

#[test]
fn every_number_of_the_table_has_an_interval_round_it() {
    let (comparison, scores) = load(&mut run(&[("elpv", 2)]));
    let statistics = Statistics::new(&comparison, &scores);
    let (group, of_group) = (&comparison.groups[0], &statistics.groups[0]);
    assert_eq!(of_group.columns(), 4);
    for row in 0..group.rows.len() {
        for condition in 0..2 {
            let estimate = group.score(Metric::DEFAULT, row, condition).unwrap().mean;
            assert_eq!(of_group.estimate(row, condition), Some(estimate));
        }
        for column in 0..4 {
            let (estimate, interval) =
                (of_group.estimate(row, column).unwrap(), of_group.interval(row, column).unwrap());
            assert!(interval.contains(estimate) && interval.low < interval.high, "{row} {column}");
            assert!(interval.high - interval.low < 0.3, "{interval:?}");
        }
    }
    // The mean over both conditions is over the same images: no narrower than the narrower of them.
    let width = |column| of_group.interval(2, column).map(|interval| interval.high - interval.low).unwrap();
    assert!(width(2) > 0.9 * width(0).min(width(1)), "{} {} {}", width(0), width(1), width(2));
    assert_eq!(of_group.best(of_group.summary()), Some(0));
    assert!(!of_group.difference(2, 0, 2).unwrap().within_noise());
    assert_eq!(of_group.difference(0, 0, 2).unwrap().estimate, 0.0);
}

#[test]
fn two_loads_and_any_number_of_threads_give_the_same_bits() {
    let mut run = run(&[("elpv", 2)]);
    let with = |threads: usize, (comparison, scores): (Comparison, Scores)| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let statistics = pool.install(|| Statistics::new(&comparison, &scores));
        let intervals = (0..4).flat_map(|row| (0..4).map(move |column| (row, column)));
        let of = |(row, column)| statistics.groups[0].interval(row, column);
        intervals.map(of).collect::<Vec<_>>()
    };
    let (one, three) = (load(&mut run), load(&mut run));
    assert_eq!(with(1, one), with(3, three));
}

#[test]
fn tables_and_footnotes_say_what_is_within_noise() {
    let mut fake = run(&[("elpv", 2)]);
    let (comparison, scores) = load(&mut fake);
    let document = Document::new(&fake.folder(), &comparison, &scores, &[]).unwrap();
    assert_eq!(document.sections.len(), 1);
    let section = &document.sections[0];
    let table = |kind: TableKind| section.tables.iter().find(|table| table.kind == kind).unwrap();
    let footnote = table(TableKind::Metric(Metric::DEFAULT)).notes.last().unwrap();
    assert!(footnote.starts_with("Within noise of a column's best (95 % paired bootstrap"), "{footnote}");
    assert!(footnote.contains(": ID: gnl; contrast-3: gnl; Avg.: gnl; OOD mean: gnl."), "{footnote}");
    let intervals = table(TableKind::Intervals);
    assert_eq!(intervals.lines.len(), 4);
    let interval = &intervals.lines[0].entries[0].value;
    assert!(matches!(interval, Value::Interval { .. }), "{interval:?}");
    let differences = table(TableKind::Differences);
    assert!(differences.heading.full().contains("image AUROC less that of rd, in points"), "{differences:?}");
    let found = |line: usize| match differences.lines[line].entries[2].value {
        Value::Interval { estimate, within_noise, .. } => (estimate < 0.0, within_noise),
        ref other => panic!("{other:?}"),
    };
    assert!(found(0).1 && found(1) == (true, false), "{differences:?}");
    let last = differences.notes.last().unwrap();
    assert!(
        last.contains("2 categories with all methods done, and below 6 none can tell anything"),
        "{last}"
    );
    assert!(!section.tables.iter().any(|table| table.kind == TableKind::Ranks));
}

#[test]
fn with_many_methods_and_conditions_a_footnote_stays_short() {
    let mut fake = FakeRun::new();
    let conditions = ["id", "fog-1", "fog-2", "fog-3", "fog-4", "fog-5", "snow-1", "snow-2", "snow-3"];
    for method in 0..20 {
        for condition in conditions {
            let cell = ("elpv", "c0", &*format!("m{method}"), 0, condition);
            fake.scored(cell, &scores(20.0, method), 16);
        }
    }
    let (comparison, scores) = load(&mut fake);
    assert_eq!(comparison.groups[0].conditions.len(), 9);
    let footnotes = Statistics::new(&comparison, &scores).footnotes(&comparison, 0);
    assert!(footnotes[0].contains(" more; OOD mean: ") && !footnotes[0].contains("fog-"), "{footnotes:?}");
    assert!(footnotes[0].len() < 400, "{footnotes:?}");
}

#[test]
fn without_scores_of_their_images_there_are_no_intervals() {
    let mut run = FakeRun::new();
    crate::fake::row(&mut run, "rd", &[0.9, 0.8]);
    crate::fake::row(&mut run, "gnl", &[0.9, 0.8]);
    let (comparison, scores) = load(&mut run);
    let statistics = Statistics::new(&comparison, &scores);
    assert_eq!(statistics.groups[0].interval(0, 0), None);
    assert!(statistics.footnotes(&comparison, 0).is_empty() && statistics.tables(&comparison, 0).is_empty());
}

#[test]
fn a_hole_leaves_its_seed_out_and_other_images_are_no_pair() {
    let mut fake = run(&[("elpv", 1)]);
    fake.records.retain(|record| (record.method.as_str(), record.seed) != ("gnl", 1));
    let (comparison, scores) = load(&mut fake);
    let statistics = Statistics::new(&comparison, &scores);
    let score = comparison.groups[0].score(Metric::DEFAULT, 1, 0).unwrap();
    assert_eq!((score.seeds, statistics.groups[0].estimate(1, 0)), (1, Some(score.mean)));
    assert!(statistics.groups[0].interval(1, 0).is_some());

    let mut fake = run(&[("elpv", 1)]);
    fake.scored(("elpv", "c0", "other", 0, "id"), &scores_of_others(), 10);
    let (comparison, scores) = load(&mut fake);
    let statistics = Statistics::new(&comparison, &scores);
    let row = comparison.groups[0].rows.iter().position(|row| row.method == "other").unwrap();
    assert!(statistics.groups[0].interval(row, 0).is_some());
    assert!(statistics.groups[0].difference(row, 0, 0).is_none());
}

fn scores_of_others() -> Vec<f32> {
    (0..30).map(|i| ((i * 7) % 31) as f32).collect()
}

#[test]
fn methods_are_ranked_over_all_data_sets() {
    let mut fake = run(&[("elpv", 4), ("pacs", 4)]);
    fake.plan(("pacs", "c9", "rd", 0, "id@reference=0"));
    fake.scored(("elpv", "c0", "here-only", 0, "id"), &scores(3.0, 0), 16);
    let (comparison, scores) = load(&mut fake);
    let document = Document::new(&fake.folder(), &comparison, &scores, &[]).unwrap();
    let overall = document.sections.last().unwrap();
    assert_eq!(
        (overall.dataset.as_str(), overall.tables.len(), overall.figures.len()),
        ("all data sets", 1, 1)
    );
    let ranks = &overall.tables[0];
    assert_eq!(ranks.name(), "ranks");
    let labels: Vec<&str> = ranks.lines.iter().map(|line| line.method.as_str()).collect();
    assert_eq!(labels, ["rd", "gnl", "fico", "random"]);
    assert_eq!(ranks.lines[3].entries[0].value, Value::Number { value: 4.0, decimals: 2 });
    let notes = ranks.notes.join("\n");
    for words in [
        "8 blocks: elpv/c0, elpv/c1, elpv/c2, elpv/c3, pacs/c0",
        "not every method has a result: pacs/c9.",
        "not tested on every data set: here-only.",
        "Friedman's test: chi-squared 2",
        "3 degrees of freedom",
        "Holm's correction for all 6 pairs",
        "critical difference at 5 %: 1.66",
    ] {
        assert!(notes.contains(words), "no '{words}' in {notes}");
    }
    let files = reports::format::files(&document).unwrap();
    assert!(files.iter().any(|(name, _)| name == "figures/critical-difference.svg"));
}

#[test]
fn too_few_blocks_are_ranked_but_not_tested() {
    let (comparison, scores) = load(&mut run(&[("elpv", 2), ("pacs", 3)]));
    let ranking = Statistics::new(&comparison, &scores).ranking.unwrap();
    assert!(ranking.tests.is_none() && ranking.cliques().is_empty());
    let table = ranking.table(&comparison);
    assert_eq!(table.columns.len(), 2);
    let last = table.notes.last().unwrap();
    assert!(last.contains("No test over data sets and categories: 5 categories"), "{last}");
    assert!(figure::critical_difference(&comparison, &ranking).is_none());
}

/// To look at: set `SHIFTBENCH_FIGURES` to a folder.
#[test]
fn critical_difference_diagrams_are_drawn() {
    for count in [4, 9, 25] {
        let mut run = FakeRun::new();
        for category in 0..15_usize {
            for m in 0..count {
                let method =
                    if m >= count - 2 { format!("baseline-{m}") } else { format!("method-number-{m}") };
                let auroc =
                    0.95 - 0.3 * (m as f64 / count as f64) + 0.004 * ((category * 7 + m * 11) % 31) as f64;
                run.done(("mvtec", &format!("c{category}"), &method, 0, "id"), auroc);
            }
        }
        let names = [format!("baseline-{}", count - 2), format!("baseline-{}", count - 1)];
        let comparison = Comparison::load(&run.write(), None)
            .unwrap()
            .with_baselines(&names.each_ref().map(|n| n.as_str()));
        let statistics = Statistics::new(&comparison, &Scores::load(&run.folder(), &comparison).unwrap());
        let ranking = statistics.ranking.unwrap();
        assert_eq!(ranking.methods.len(), count);
        let figure = figure::critical_difference(&comparison, &ranking).unwrap();
        assert!(figure.svg().unwrap().contains("critical difference"));
        if let Some(folder) = std::env::var_os("SHIFTBENCH_FIGURES") {
            fs::write(
                std::path::Path::new(&folder).join(format!("critical-{count}.png")),
                figure.png().unwrap(),
            )
            .unwrap();
        }
    }
    assert!(!terminal(&load(&mut run(&[("elpv", 1)])).0).contains("Within noise"));
}
