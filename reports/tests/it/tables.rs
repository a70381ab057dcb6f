//! Tables, CSV and figures of made-up runs.

use crate::fake::{FakeRun, row};
use harness::contract::protocol::Protocol;
use harness::contract::registry::find;
use harness::metrics::Metric;
use harness::results::{Failure, FailureKind, MetricValue, RunFolder};
use reports::{Average, Comparison, Document, Gap, csv, figure, markdown, terminal, terminal_of, write};
use std::fs;
use std::path::Path;

/// Compares with `tests/expected/<name>`; with `UPDATE_EXPECTED` set, writes it instead.
fn expect(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected").join(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(&path, text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(path).unwrap());
}

fn in_markdown(comparison: &Comparison) -> String {
    markdown(&Document::overview(comparison), "")
}

fn load(folder: &RunFolder) -> Comparison {
    Comparison::load(folder, None).unwrap().with_baselines(&["random"])
}

/// Two methods and a baseline, one with a sweep, two categories, two seeds.
fn small() -> FakeRun {
    let mut run = FakeRun::new();
    for (c, category) in ["mono", "poly"].into_iter().enumerate() {
        for seed in 0..2 {
            for (m, method) in ["random", "rd", "gnl"].into_iter().enumerate() {
                for (s, shift) in ["id", "contrast-3"].into_iter().enumerate() {
                    let auroc = [0.5, 0.9, 0.92][m] - 0.04 * c as f64 + 0.01 * seed as f64
                        - [0.0, 0.2, 0.02][m] * s as f64;
                    let record = run.done(("elpv", category, method, seed, shift), auroc);
                    if s > 0 {
                        let alarms = MetricValue::Value([0.05, 0.6, 0.2][m]);
                        record.metrics.insert("fpr_at_id_threshold".into(), alarms);
                    }
                    if method == "gnl" {
                        run.done(
                            ("elpv", category, method, seed, &format!("{shift}@alpha=0.25")),
                            auroc - 0.1,
                        );
                    }
                }
            }
        }
    }
    run
}

#[test]
fn a_terminal_table_reads_well() {
    let text = terminal(&load(&small().write()));
    expect("small.txt", &text);
}

#[test]
fn so_does_markdown() {
    let text = in_markdown(&load(&small().write()));
    expect("small.md", &text);
}

#[test]
fn every_format_writes_every_table() {
    let comparison = load(&small().write());
    let document = Document::overview(&comparison);
    let tables = &document.sections[0].tables;
    assert!(tables.len() > 2, "{tables:?}");
    for format in reports::format::all() {
        for table in tables {
            let text = format.table(table);
            assert!(table.lines.iter().all(|line| text.contains(&line.method)), "{text}");
        }
    }
    let names: Vec<String> =
        reports::format::files(&document).unwrap().into_iter().map(|(name, _)| name).collect();
    for name in ["report.html", "tables.md", "tables/elpv-image-auroc.tex", "tables/elpv-image-auroc.csv"] {
        assert!(names.iter().any(|known| known == name), "{names:?}");
    }
}

#[test]
fn an_index_of_another_version_is_refused_in_one_sentence() {
    let mut run = small();
    let folder = run.write();
    let path = folder.path().join("index.json");
    fs::write(path, "{\"suite\": \"toy\", \"cells\": []}").unwrap();
    let error = Comparison::load(&folder, None).unwrap_err().to_string();
    assert!(error.contains("not a record of this version") && error.ends_with("with --out"), "{error}");
}

#[test]
fn csv_has_every_number_and_every_hole() {
    let mut run = small();
    run.plan(("elpv", "mono", "fico", 0, "id"));
    let text = csv(&load(&run.write()));
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines[0],
        "suite,dataset,category,method,setting,seed,reference,condition,metric,value,undefined_reason,images,protocol,\
         backbone,image_size,device"
    );
    assert_eq!(
        lines[1],
        "toy,elpv,mono,random,,0,,id,image_auroc,0.5,,40,\"strict (104 steps of batch 16, 3 references)\",,64,cpu"
    );
    assert!(text.contains("toy,elpv,mono,gnl,alpha=0.25,0,,id,image_auroc,0.82"));
    let hole = "toy,elpv,mono,fico,,0,,id,,,missing,,\"strict (104 steps of batch 16, 3 references)\",,64,\n";
    assert!(text.ends_with(hole), "{text}");
    assert_eq!(lines.len(), 1 + 32 + 12 + 1);
}

/// Rows on MVTec AD as FiCo's paper prints them.
#[test]
fn averages_are_those_of_the_papers() {
    let published = [
        ("patchcore", [99.1, 96.0, 92.1, 97.2, 93.9], 95.7),
        ("rd", [98.6, 96.5, 94.1, 98.9, 90.1], 95.7),
        ("gnl", [98.0, 97.4, 97.5, 97.8, 94.1], 97.0),
        ("fico", [98.8, 97.9, 97.9, 98.5, 95.0], 97.6),
    ];
    let mut run = FakeRun::new();
    for (method, values, _) in published {
        row(&mut run, method, &values.map(|value| value / 100.0));
    }
    let comparison = load(&run.write());
    let average = |row, kind| comparison.groups[0].average(Metric::DEFAULT, row, kind).unwrap().mean * 100.0;
    for (row, (method, _, printed)) in published.into_iter().enumerate() {
        assert!((average(row, Average::All) - printed).abs() < 0.075, "{method}");
    }
    assert!((average(1, Average::Ood) - 94.9).abs() < 1e-9);
    assert!((average(1, Average::Worst) - 90.1).abs() < 1e-9);
    assert!((average(1, Average::Drop) - 3.7).abs() < 1e-9);
}

#[test]
fn the_worst_false_alarm_rate_is_the_highest() {
    let comparison = load(&small().write());
    let alarms = find::<Metric>("fpr_at_id_threshold").unwrap();
    let worst = comparison.groups[0].average(alarms, 1, Average::Worst).unwrap();
    assert_eq!((worst.mean, worst.std), (0.6, Some(0.0)));
    let text = terminal_of(&comparison, alarms);
    assert!(text.contains("lower is better") && !text.contains("ID  ") && !text.contains("drop"), "{text}");
}

#[test]
fn holes_failures_and_undefined_values_keep_their_place() {
    let mut run = FakeRun::new();
    row(&mut run, "rd", &[0.9, 0.8, 0.7]);
    row(&mut run, "gnl", &[0.91, 0.8]);
    run.plan(("fake", "one", "gnl", 0, "b-3"));
    for label in ["id", "a-3", "b-3"] {
        run.plan(("fake", "one", "fico", 0, label));
    }
    row(&mut run, "outdated", &[0.9, 0.8, 0.7]);
    run.records.last_mut().unwrap().key = "another".into();
    row(&mut run, "undefined", &[0.9, 0.8, 0.7]);
    let reason = MetricValue::Undefined("no anomalous image".into());
    run.records.last_mut().unwrap().metrics.insert("image_auroc".into(), reason);
    row(&mut run, "broken", &[0.9, 0.8, 0.7]);
    let folder = run.write();
    fs::write(folder.path().join("fake/one/broken/seed0/cells/id.json"), "{").unwrap();
    run.fail("fake/one/fico/seed0", Failure::new(FailureKind::OutOfMemory, "killed after\n7000 MiB"));

    let text = terminal(&load(&folder));
    expect("gaps.txt", &text);
    let text = csv(&load(&folder));
    assert!(text.contains("fico,,0,,id,,,failed: out of memory: killed after"), "{text}");
}

#[test]
fn no_mean_without_all_categories_and_no_seed_counts_half() {
    let mut run = FakeRun::new();
    for (seed, auroc) in [(0, 0.9), (1, 0.8), (2, 0.7)] {
        run.done(("fake", "one", "rd", seed, "id"), auroc);
        run.done(("fake", "two", "rd", seed, "id"), auroc);
    }
    run.records.pop();
    let score = load(&run.write()).groups[0].score(Metric::DEFAULT, 0, 0).unwrap();
    assert!((score.mean - 0.85).abs() < 1e-12 && (score.seeds, score.planned) == (2, 3), "{score:?}");

    // A method that lacks a category which another has gets no mean either.
    run.done(("fake", "three", "gnl", 0, "id"), 0.9);
    assert_eq!(load(&run.write()).groups[0].score(Metric::DEFAULT, 0, 0), Err(Gap::Missing));

    // Undefined for one seed: undefined, not the mean of the others.
    let mut run = FakeRun::new();
    run.done(("fake", "one", "rd", 0, "id"), 0.9);
    run.done(("fake", "one", "rd", 1, "id"), 0.9).metrics.clear();
    let comparison = load(&run.write());
    assert_eq!(comparison.groups[0].score(Metric::DEFAULT, 0, 0), Err(Gap::Undefined));
    assert!(terminal(&comparison).contains("not recorded"));
}

#[test]
fn numbers_under_different_rules_are_refused() {
    let mut run = FakeRun::new();
    row(&mut run, "rd", &[0.9, 0.8]);
    run.records[1].metrics_version = 2;
    let message = Comparison::load(&run.write(), None).unwrap_err().to_string();
    assert!(message.contains("seed0/cells/a-3.json has metric definitions of version 2"), "{message}");
    assert!(message.contains("other results of this run have 1"), "{message}");
    for (found, words) in [
        (Protocol::Released, "has protocol released"),
        (
            Protocol::Strict { steps: 208, batch: 16, references: 3 },
            "has protocol strict (208 steps of batch 16, 3 references)",
        ),
    ] {
        let mut run = FakeRun::new();
        row(&mut run, "rd", &[0.9, 0.8]);
        run.records[1].protocol = found;
        let message = Comparison::load(&run.write(), None).unwrap_err().to_string();
        assert!(message.contains("seed0/cells/a-3") && message.contains(words), "{message}");
        let expected = "have strict (104 steps of batch 16, 3 references). Such numbers never stand in one";
        assert!(message.contains(expected), "{message}");
    }
    let none = Comparison::load(&FakeRun::new().folder(), None).unwrap_err().to_string();
    assert!(none.contains("run the suite first"), "{none}");
}

#[test]
fn an_edited_record_counts_as_damaged() {
    let mut run = FakeRun::new();
    row(&mut run, "rd", &[0.9, 0.8]);
    let folder = run.write();
    let path = folder.path().join("fake/one/rd/seed0/cells/a-3.json");
    let text = fs::read_to_string(&path).unwrap().replace("\"strict\"", "\"lenient\"");
    fs::write(path, text).unwrap();
    assert!(terminal(&load(&folder)).contains("1 of 2 results are missing (1 damaged)"));
}

#[test]
fn the_order_of_files_and_selections_changes_no_byte() {
    let mut run = small();
    let first = load(&run.write());
    let files = write(&first, run.folder().path()).unwrap();
    let before: Vec<_> = files.iter().map(|path| fs::read(path).unwrap()).collect();

    let mut again = small();
    again.records.reverse();
    let folder = again.write();
    run.entries.reverse();
    let second = Comparison::load(&folder, Some(&run.entries)).unwrap().with_baselines(&["random"]);
    let files = write(&second, folder.path()).unwrap();
    let after: Vec<_> = files.iter().map(|path| fs::read(path).unwrap()).collect();
    assert!(before == after);

    let names: Vec<_> = files.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["elpv-auroc.png", "elpv-auroc.svg", "results.csv", "table.md", "SHA256SUMS"]);
    assert!(fs::read_dir(folder.path().join("report")).unwrap().count() == 5, "no scratch file stays");
}

#[test]
fn only_what_was_asked_for_is_compared() {
    let mut run = small();
    let folder = run.write();
    run.entries.retain(|entry| entry.category == "poly" && entry.method != "rd");
    let comparison = Comparison::load(&folder, Some(&run.entries)).unwrap();
    assert_eq!(comparison.groups[0].categories, ["poly"]);
    assert_eq!(comparison.groups[0].rows.len(), 3);
}

#[test]
fn random_teachers_and_mixed_devices_are_said() {
    let mut run = FakeRun::new();
    run.teacher = "resnet18 (random weights)";
    row(&mut run, "rd", &[0.9, 0.8]);
    run.records[1].provenance.device = "cuda".parse().unwrap();
    let comparison = load(&run.write());
    for text in [terminal(&comparison), in_markdown(&comparison)] {
        assert!(
            text.contains("Random teacher weights") && text.contains("mixed devices: cpu, cuda:0"),
            "{text}"
        );
    }
    assert!(
        figure::overview(&comparison, &comparison.groups[0])
            .unwrap()
            .svg()
            .unwrap()
            .contains("Random teacher")
    );
    // Where only some have one, it is said of these.
    run.teacher = "resnet18";
    row(&mut run, "gnl", &[0.9, 0.8]);
    let text = terminal(&load(&run.write()));
    assert!(text.contains("Random teacher weights of rd: their numbers say nothing"), "{text}");
}

#[test]
fn a_terminal_shows_averages_of_more_conditions_than_fit() {
    let mut run = FakeRun::new();
    for severity in 1..=5 {
        run.done(("fake", "one", "rd", 0, &format!("a-{severity}")), 0.8);
        run.done(("fake", "one", "rd", 0, &format!("b-{severity}")), 0.6);
    }
    run.done(("fake", "one", "rd", 0, "id"), 0.9);
    let comparison = load(&run.write());
    let text = terminal(&comparison);
    assert!(text.contains("│ rd     │ 90.0  │ 71.8  │     70.0  │  60.0  │ 20.0  │"), "{text}");
    assert!(text.contains("The 10 shifted conditions are in report/table.md."), "{text}");
    assert!(in_markdown(&comparison).contains("| method | ID | a-1 | b-1 |"));
}

#[test]
fn equal_numbers_share_their_mark_and_a_column_of_equals_has_none() {
    let mut run = FakeRun::new();
    for (method, auroc) in [("a", 0.91), ("b", 0.9101), ("c", 0.8)] {
        row(&mut run, method, &[auroc, 0.5]);
    }
    let text = in_markdown(&load(&run.write()));
    assert!(text.contains("| a | **91.0** | 50.0 |") && text.contains("| b | **91.0** | 50.0 |"), "{text}");
    assert!(text.contains("| c | <u>80.0</u> | 50.0 |"), "{text}");
}
