//! `paper`: from a finished run to what is printed of it.

use crate::support::{fail, files, finished, succeed, text};
use harness::contract::protocol::Protocol;
use harness::results::{CellRecord, RunFolder};
use std::fs;
use std::path::Path;

#[test]
fn everything_lies_in_one_folder_and_has_the_same_bytes_every_time() {
    let root = finished::few();
    let said = succeed(&["paper", "smoke", "--out", text(root.path())]);
    assert!(said.contains("report.html"), "{said}");
    let paper = root.path().join("smoke/paper");
    let first = files(&paper);
    for file in [
        "report.html",
        "results.csv",
        "tables.md",
        "tables.tex",
        "tables/synthetic-image-auroc.tex",
        "tables/synthetic-image-auroc.csv",
        "figures/synthetic-auroc.svg",
        "figures/synthetic-roc.png",
        "figures/synthetic-histogram.svg",
        "pictures/synthetic-missed.png",
        "SHA256SUMS",
    ] {
        assert!(
            first.get(Path::new(file)).is_some_and(|bytes| !bytes.is_empty()),
            "no {file}: {:?}",
            first.keys()
        );
    }
    // The list names every other file, and its hashes are those of the files.
    let list = fs::read_to_string(paper.join("SHA256SUMS")).unwrap();
    assert_eq!(list.lines().count(), first.len() - 1);
    for (hash, name) in list.lines().map(|line| line.split_once("  ").unwrap()) {
        use sha2::{Digest, Sha256};
        let found: String =
            Sha256::digest(&first[Path::new(name)]).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(found, hash, "{name}");
    }
    // Elsewhere, with one thread, and without any data: the records are enough.
    let elsewhere = root.path().join("elsewhere");
    let status =
        crate::support::shiftbench(&["paper", "smoke", "--out", text(root.path()), "--to", text(&elsewhere)])
            .env("RAYON_NUM_THREADS", "1")
            .env("SHIFTBENCH_DATA", "/nowhere")
            .status();
    assert!(status.unwrap().success());
    assert!(files(&elsewhere) == first, "another folder and one thread gave other bytes");
}

#[test]
fn what_an_earlier_report_left_goes_and_other_files_stay() {
    let root = finished::few();
    let target = root.path().join("target");
    let base = ["paper", "smoke", "--out", text(root.path()), "--to", text(&target)];
    let cells = root.path().join("smoke/synthetic/stripes/rd/seed0/cells/id.csv");
    let image =
        fs::read_to_string(cells).unwrap().lines().nth(1).unwrap().split(',').next().unwrap().to_owned();
    let case = format!("stripes/{image}");
    succeed(&[&base[..], &["--case", &case]].concat());
    let chosen = |folder: &Path| {
        let names = files(folder).into_keys();
        names.filter(|name| name.to_str().unwrap().contains("chosen-stripes")).count()
    };
    assert_eq!(chosen(&target), 1);
    fs::write(target.join("notes.txt"), "mine").unwrap();
    succeed(&base);
    assert_eq!(chosen(&target), 0);
    assert_eq!(fs::read_to_string(target.join("notes.txt")).unwrap(), "mine");
    let (code, message) = fail(&[&base[..], &["--case", "stripes/nothing"]].concat());
    assert!(code == 2 && message.contains("no test image stripes/nothing"), "{code} {message}");
}

#[test]
fn holes_are_refused_unless_asked_for_and_then_marked() {
    let root = finished::few();
    fs::remove_file(root.path().join("smoke/synthetic/stripes/gnl/seed0/cells/contrast-3.json")).unwrap();
    let base = ["paper", "smoke", "--out", text(root.path())];
    let (code, message) = fail(&base);
    assert!(code == 5 && message.contains("1 results") && message.contains("--partial"), "{code} {message}");
    assert!(!root.path().join("smoke/paper").exists());
    succeed(&[&base[..], &["--partial"]].concat());
    let html = fs::read_to_string(root.path().join("smoke/paper/report.html")).unwrap();
    let reason =
        "<strong class=\"hole\">missing</strong> <code>synthetic/stripes/gnl/seed0</code>: contrast-3.";
    assert!(html.contains(reason), "the report does not say what is missing");
    let (code, message) = fail(&["paper", "nothing", "--out", text(root.path())]);
    assert!(code == 5 && message.contains("no run in"), "{code} {message}");
}

#[test]
fn results_under_different_rules_are_refused() {
    let root = finished::few();
    let job = RunFolder::new(root.path(), "smoke").job("synthetic/stripes/rd/seed0");
    let record = job.cell("id").unwrap();
    let scores = job.scores("id", &record).unwrap();
    let refused = |mut record: CellRecord, words: &str| {
        job.write_cell("id", &mut record, &scores).unwrap();
        let (code, message) = fail(&["paper", "smoke", "--out", text(root.path())]);
        assert!(code == 5 && message.contains(words) && message.contains("id"), "{code} {message}");
    };
    refused(CellRecord { metrics_version: 7, ..record.clone() }, "metric definitions of version 7");
    let protocol = Protocol::Strict { steps: 5, batch: 4, references: 2 };
    refused(CellRecord { protocol, ..record.clone() }, "protocol strict (5 steps");
}

#[test]
fn pictures_need_no_data_and_a_report_no_pictures() {
    let root = tempfile::tempdir().unwrap();
    let out = text(root.path());
    let filters = ["--filter", "category=bottle", "--filter", "method=mean-intensity,rd"];
    succeed(&[&["rehearse", "paper-mvtec", "--out", out][..], &filters].concat());
    let paper = |to: &str| {
        let to = root.path().join(to);
        succeed(&["paper", "paper-mvtec", "--out", out, "--to", text(&to), "--data-root", "/nowhere"]);
        files(&to)
    };
    let pictures = |files: &std::collections::BTreeMap<_, _>| {
        files.keys().filter(|path: &&std::path::PathBuf| path.starts_with("pictures")).count()
    };
    fs::remove_dir_all(root.path().join("data")).unwrap();
    let kept = paper("kept");
    assert!(pictures(&kept) > 0 && kept == paper("again"), "{:?}", kept.keys());
    fs::remove_dir_all(root.path().join("paper-mvtec/exhibits")).unwrap();
    let bare = paper("bare");
    assert!(pictures(&bare) == 0 && bare.contains_key(Path::new("report.html")), "{:?}", bare.keys());
}
