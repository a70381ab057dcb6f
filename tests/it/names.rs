//! Names of data sets, categories and images, from the suite and the disk to tables and terminals.

use crate::support::{fail, mvtec_like, scores, succeed, text};
use std::fs;
use std::path::{Path, PathBuf};

/// A suite of the trivial methods over `datasets`.
fn suite(root: &Path, datasets: &str) -> PathBuf {
    let path = root.join("mine.ron");
    let text = format!(
        r#"Suite(
    summary: "names", protocol: strict(steps: 4, batch: 4, references: 2), image_size: 32, seeds: [0],
    datasets: [{datasets}],
    methods: [(name: "mean-intensity")],
)"#
    );
    fs::write(&path, text).unwrap();
    path
}

fn folder(path: &Path, more: &str) -> String {
    format!("(name: \"folder\", {more}options: (path: {:?}))", text(path))
}

#[test]
fn two_folders_stand_side_by_side_under_labels() {
    let root = tempfile::tempdir().unwrap();
    let (a, b) = (root.path().join("a"), root.path().join("b"));
    mvtec_like(&a);
    mvtec_like(&b);
    // The same category in both, of other pictures.
    fs::remove_file(b.join("tiles/test/good/002.png")).unwrap();
    let both = |first: &str, second: &str| format!("{}, {}", folder(&a, first), folder(&b, second));
    let out = root.path().join("runs");
    let unlabelled = suite(root.path(), &both("", ""));
    let (code, errors) = fail(&["bench", text(&unlabelled), "--out", text(&out)]);
    assert!(code == 2 && errors.contains("data set 'folder' stands twice, first at"), "{errors}");

    let path = suite(root.path(), &both("label: \"line-a\", ", "label: \"line-b\", "));
    let bench = ["bench", text(&path), "--out", text(&out)];
    let table = succeed(&bench);
    assert!(table.contains("line-a") && table.contains("line-b"), "{table}");
    let counted = scores(&out);
    let lines = |label: &str| {
        let place = format!("mine/{label}/tiles/mean-intensity/seed0/cells/id.csv");
        String::from_utf8(counted[Path::new(&place)].clone()).unwrap().lines().count()
    };
    assert_eq!((lines("line-a"), lines("line-b")), (7, 6));
    assert!(succeed(&[&bench[..], &["--dry-run"]].concat()).contains("0 trainings, 0 of 2 cells"));
    let part = succeed(&[&bench[..], &["--dry-run", "--filter", "dataset=line-b"]].concat());
    assert!(part.contains("line-b/tiles") && !part.contains("line-a/tiles"), "{part}");
    let (code, errors) = fail(&[&bench[..], &["--dry-run", "--filter", "dataset=folder"]].concat());
    assert!(code == 2 && errors.contains("(it has: line-a, line-b)"), "{errors}");
    let moved = format!("datasets.line-b.path={}", text(&a));
    let plan = succeed(&[&bench[..], &["--dry-run", "--set", &moved]].concat());
    assert!(plan.contains("1 trainings, 1 of 2 cells") && plan.contains("again: data was"), "{plan}");

    let record = |label: &str, file: &str| {
        let path = out.join(format!("mine/{label}/tiles/mean-intensity/seed0/{file}"));
        serde_json::from_str::<serde_json::Value>(&fs::read_to_string(path).unwrap()).unwrap()
    };
    assert_eq!(record("line-a", "cells/id.json")["dataset"], "line-a");
    assert_eq!(record("line-a", "job.json")["dataset"]["name"], "folder");
    let csv = fs::read_to_string(out.join("mine/report/results.csv")).unwrap();
    assert!(csv.contains("mine,line-a,tiles") && csv.contains("mine,line-b,tiles"), "{csv}");
    succeed(&["paper", "mine", "--out", text(&out)]);
}

#[cfg(unix)]
#[test]
fn the_way_to_the_data_is_no_part_of_what_was_computed() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    mvtec_like(&data);
    let out = root.path().join("runs");
    let bench = |path: &Path, more: &[&str]| {
        let path = suite(root.path(), &folder(path, ""));
        succeed(&[&["bench", text(&path), "--out", text(&out)], more].concat())
    };
    bench(&data, &[]);
    let before = crate::support::files(&out);
    let link = root.path().join("link");
    std::os::unix::fs::symlink(&data, &link).unwrap();
    for way in [data.join("."), link.clone(), data.join("../data")] {
        let plan = bench(&way, &["--dry-run"]);
        assert!(plan.contains("0 trainings, 0 of 1 cells"), "{}: {plan}", way.display());
    }
    bench(&link, &[]);
    let after = crate::support::files(&out);
    let record = Path::new("mine/folder/tiles/mean-intensity/seed0/job.json");
    assert_eq!(before[record], after[record]);
}

#[test]
fn names_that_act_on_terminals_and_spreadsheets_are_written_out() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    let tiles = mvtec_like(&data);
    fs::rename(&tiles, data.join("=1+1|*x*")).unwrap();
    let good = data.join("=1+1|*x*/test/good");
    let picture = good.join("\u{1b}[31m\n.png");
    fs::rename(good.join("000.png"), &picture).unwrap();
    let path = suite(root.path(), &folder(&data, ""));
    let out = root.path().join("runs");
    let bench = ["bench", text(&path), "--out", text(&out)];
    let table = succeed(&bench);
    assert!(!table.contains('\u{1b}'), "{table}");
    let csv = fs::read_to_string(out.join("mine/report/results.csv")).unwrap();
    assert!(csv.contains("mine,folder,'=1+1|*x*,mean-intensity"), "{csv}");
    let markdown = fs::read_to_string(out.join("mine/report/table.md")).unwrap();
    assert!(!markdown.contains("*x*"), "{markdown}");
    succeed(&["paper", "mine", "--out", text(&out)]);
    for (path, bytes) in crate::support::files(&out.join("mine/paper")) {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("");
        if ["md", "csv"].contains(&ending) {
            let text = String::from_utf8(bytes).unwrap();
            assert!(!text.contains('\u{1b}'), "{}: {text}", path.display());
            let formula = |line: &str| line.starts_with('=') || line.contains(",=");
            assert!(!text.lines().any(formula), "{}: {text}", path.display());
        }
    }
    // What names an image in an error, too.
    fs::write(&picture, b"no image").unwrap();
    let (_, errors) = fail(&bench);
    assert!(errors.contains(r"\u{1b}[31m") && !errors.contains('\u{1b}'), "{errors}");
}

#[test]
fn categories_that_are_no_names_of_folders_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("runs");
    for (number, (names, expected)) in [
        (&["nut\u{7}"][..], r"category 'nut\u{7}' holds the control character \u{7}"),
        (&["a\\b"], r"category 'a\\b' holds '\', which separates folders"),
        (&["nut", "Nut"], "are one to file systems that ignore case"),
    ]
    .into_iter()
    .enumerate()
    {
        let data = root.path().join(format!("data{number}"));
        for name in names {
            let tiles = mvtec_like(&data);
            fs::rename(tiles, data.join(name)).unwrap();
        }
        let path = suite(root.path(), &folder(&data, ""));
        let (code, errors) = fail(&["bench", text(&path), "--out", text(&out)]);
        assert_eq!(code, 3, "{errors}");
        assert!(errors.contains(expected), "expected\n{expected}\nin\n{errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
    }
}
