//! Pictures for detectors elsewhere, and scores from there.

use crate::support::{fail, files, scores, succeed, text};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const SUITE: &str = r#"Suite(
    summary: "elsewhere", protocol: strict(steps: 3, batch: 4, references: 1), image_size: 32, seeds: [0, 1],
    datasets: [(name: "synthetic", categories: ["stripes"], options: (size: 48, train: 6, test_normal: 4, test_defective: 4))],
    shifts: [(name: "contrast", severities: [3])],
    methods: [(name: "nearest-image")],
)"#;

/// Lines of a CSV file, by the first field.
fn lines(path: &Path) -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(path).unwrap();
    let fields = text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    fields.map(|fields| (fields[0].clone(), fields)).collect()
}

#[test]
fn scores_from_elsewhere_are_a_row_like_any_other() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    fs::write(at("mine.ron"), SUITE).unwrap();
    let (suite, out, folder) = (at("mine.ron"), at("runs"), at("pictures"));
    succeed(&["bench", text(&suite), "--out", text(&out)]);
    let blind = at("blind");
    succeed(&["export", text(&suite), text(&blind)]);
    succeed(&["export", text(&suite), text(&folder), "--with-labels"]);
    let told = |name: &str| files(&blind).keys().any(|path| path.to_str().unwrap().contains(name));
    assert!(told("synthetic/stripes/contrast-3/000007.png") && told("train/000005.png"));
    assert!(!told("labels") && !told("mask") && !told("good"));

    // What was scored here, as if it came from elsewhere.
    let labels = lines(&folder.join("labels.csv"));
    let job = out.join("mine/synthetic/stripes/nearest-image/seed0");
    let mut table = String::from("file,score\n");
    for (file, fields) in &labels {
        let part = file.split('/').nth(2).unwrap();
        if part != "train" {
            let score = &lines(&job.join(format!("cells/{part}.csv")))[&fields[2]][2];
            table += &format!("{file},{score}\n");
        }
    }
    let given = at("scores.csv");
    let import = |table: &str| {
        fs::write(&given, table).unwrap();
        ["import", text(&folder), "--scores", text(&given), "--method", "again", "--out", text(&out)]
    };
    let printed = succeed(&import(&table));
    assert!(printed.contains("again"), "{printed}");
    assert!(scores(&job) == scores(&out.join("mine/synthetic/stripes/again/seed0")));
    let report = succeed(&["report", "mine", "--out", text(&out)]);
    assert!(report.contains("nearest-image"), "{report}");
    assert!(report.contains("Computed by other programs: again (imported)."), "{report}");
    succeed(&["verify", text(&out.join("mine"))]);

    let line = table.lines().nth(1).unwrap();
    let (file, score) = line.split_once(',').unwrap();
    let train = labels.keys().find(|file| file.contains("/train/")).unwrap();
    for (table, words) in [
        (table.replace(&format!("{line}\n"), ""), format!("1 pictures have no score; the first is {file}")),
        (format!("{table}{line}\n"), "line 18: ".to_owned() + file + " has a score already"),
        (format!("{table}other.png,1\n"), "line 18: other.png was not exported".into()),
        (format!("{table}{train},1\n"), "is a training picture".into()),
        (table.replace(score, "nan"), "has a score that is no number".into()),
        (table.replace("file,score", "name,score"), "missing field `file`".into()),
    ] {
        let (code, errors) = fail(&import(&table));
        assert!(code == 3 && errors.contains(&words), "{words}\n{errors}");
    }
    let (code, errors) = fail(&["export", text(&suite), text(&folder)]);
    assert!(code == 2 && errors.contains("is there already"), "{errors}");
}
