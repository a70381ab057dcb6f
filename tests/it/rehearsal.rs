//! The papers' suites on miniatures of their data sets, and data sets looked over.

use crate::support::{fail, shiftbench, succeed, text};
use std::fs;

/// Suites, a category of each, and two columns that its table must have.
const SUITES: [(&str, &str, [&str; 2]); 7] = [
    ("paper-mvtec", "bottle", ["contrast-3", "brightness-3"]),
    ("paper-cifar10", "cat", ["contrast-5", "brightness-5"]),
    ("paper-pacs", "dog", ["cartoon", "sketch"]),
    ("paper-mnist-m", "7", ["ID", "mnist_m"]),
    ("ablation-pacs", "dog", ["cartoon", "sketch"]),
    ("severity", "bottle", ["contrast-1", "contrast-5"]),
    ("alpha", "bottle", ["contrast-3", "gaussian_"]),
];

#[test]
fn every_suite_of_the_papers_runs_from_end_to_end_under_both_protocols() {
    let out = tempfile::tempdir().unwrap();
    for (index, (suite, category, columns)) in SUITES.into_iter().enumerate() {
        let category = format!("category={category}");
        let mut rehearse = vec!["rehearse", suite, "--out", text(out.path()), "--filter", &category];
        let methods = if suite == "paper-mvtec" { "method=mean-intensity,gnl" } else { "method=gnl" };
        rehearse.extend(["--filter", methods]);
        // Both protocols, in turn: a folder of results has one.
        let protocol = if index % 2 == 0 { "protocol released" } else { "protocol strict" };
        if index % 2 == 1 {
            rehearse.push("--strict");
        }
        let table = succeed(&rehearse);
        assert!(table.contains("its numbers mean nothing"), "{table}");
        assert!(table.contains(protocol), "{suite}:\n{table}");
        let markdown = fs::read_to_string(out.path().join(suite).join("report/table.md")).unwrap();
        for column in columns {
            assert!(table.contains(column) || markdown.contains(column), "{suite} has no {column}:\n{table}");
        }
        assert!(!markdown.contains("missing"), "{suite}:\n{markdown}");
    }
}

#[test]
fn natural_shifts_and_corruptions_stand_side_by_side() {
    let root = tempfile::tempdir().unwrap();
    let suite = root.path().join("both.ron");
    let written = r#"Suite(
    summary: "natural shifts beside corruptions", protocol: strict(steps: 2, batch: 4), image_size: 32, seeds: [0],
    datasets: [(name: "pacs", categories: ["dog", "house"])],
    shifts: [(name: "contrast", severities: [3]), "fog(1) + jpeg_compression(2)"],
    methods: [(name: "nearest-image")],
)"#;
    fs::write(&suite, written).unwrap();
    let out = root.path().join("out");
    succeed(&["rehearse", text(&suite), "--out", text(&out)]);
    let markdown = fs::read_to_string(out.join("both/report/table.md")).unwrap();
    let header = markdown.lines().find(|line| line.starts_with("| method")).unwrap();
    for column in ["ID", "contrast-3", "fog-1+jpeg", "art", "cartoon", "sketch"] {
        assert!(header.contains(column), "{column} is missing in {header}");
    }
    let check = shiftbench(&["check", "pacs", "--data-root", text(&out.join("data"))]).output().unwrap();
    let said = String::from_utf8_lossy(&check.stdout);
    assert!(said.contains("DIFFERS") && said.contains("sketch"), "{said}");
    // A miniature is smaller than what was published, and nothing else is wrong with it.
    let errors = String::from_utf8_lossy(&check.stderr).into_owned();
    assert!(check.status.code() == Some(3) && errors.contains("count"), "{said}{errors}");

    let picture = out.join("data/pacs/photo/dog");
    let first = fs::read_dir(&picture).unwrap().next().unwrap().unwrap().path();
    let bytes = fs::read(&first).unwrap();
    fs::write(&first, &bytes[..bytes.len() / 2]).unwrap();
    let (code, _) = fail(&["check", "pacs", "--data-root", text(&out.join("data"))]);
    assert_eq!(code, 3);
    let check = shiftbench(&["check", "pacs", "--data-root", text(&out.join("data"))]).output().unwrap();
    let said = String::from_utf8_lossy(&check.stdout);
    let name = first.file_name().unwrap().to_str().unwrap();
    assert!(said.lines().any(|line| line.contains("unreadable") && line.contains(name)), "{said}");
}

#[test]
fn an_estimate_counts_and_times_every_method() {
    let out = tempfile::tempdir().unwrap();
    // Eight images under three conditions, and again with another alpha.
    let filter = "method=rd,gnl,mean-intensity";
    let said = succeed(&["bench", "smoke", "--estimate", "--out", text(out.path()), "--filter", filter]);
    let row =
        |method: &str| said.lines().find(|line| line.starts_with(&format!("{method} "))).unwrap().to_owned();
    let numbers = |method: &str| {
        row(method).split_whitespace().skip(1).map(|word| word.parse::<f64>().unwrap()).collect::<Vec<_>>()
    };
    // Trainings, steps, seconds per step, images, seconds per image, hours.
    let rd = numbers("rd");
    assert_eq!((rd[0], rd[1], rd[3]), (1.0, 4.0, 48.0), "{said}");
    assert!(rd[2] > 0.0 && rd[4] > 0.0 && numbers("gnl").len() == 6, "{said}");
    assert!(row("mean-intensity").contains("not timed"), "{said}");
    assert!(!out.path().join("smoke").exists(), "nothing was run");
}
