//! `compare`: what differs between two finished runs.

use crate::support::{fail, finished, succeed, text};
use harness::results::RunFolder;
use std::fs;

#[test]
fn two_runs_are_compared_cell_by_cell() {
    let (first, second) = (finished::few(), finished::few());
    finished::smoke(second.path(), &["--set", "methods.gnl.sigma=1.0"]);
    let [a, b] = [&first, &second].map(|out| out.path().join("smoke"));
    let same = succeed(&["compare", text(&a), text(&a)]);
    assert!(same.starts_with("0 of"), "{same}");
    let changed = succeed(&["compare", text(&a), text(&b)]);
    assert!(changed.contains("gnl") && changed.contains("sigma"), "{changed}");
    assert!(!changed.lines().any(|line| line.contains("nearest-image")), "{changed}");
    let pair = succeed(&["compare", text(&a), text(&b), "--method", "gnl=rd"]);
    assert!(pair.contains("rd"), "{pair}");
    let (code, message) = fail(&["compare", text(&a), text(&b), "--method", "gln=rd"]);
    assert!(code == 2 && message.contains("run B has no method gln"), "{code} {message}");
    let (code, message) = fail(&["compare", text(&a), "/nowhere/run"]);
    assert!(code == 5 && message.contains("/nowhere/run"), "{code} {message}");

    // Other metric definitions are no basis for a comparison; other rules are, and are named.
    let folder = RunFolder::at(&b);
    for entry in folder.index().unwrap().unwrap().cells {
        let job = folder.job(&entry.job);
        let mut record = job.cell(&entry.cell).unwrap();
        let scores = job.scores(&entry.cell, &record).unwrap();
        record.metrics_version = 7;
        job.write_cell(&entry.cell, &mut record, &scores).unwrap();
    }
    let (code, message) = fail(&["compare", text(&a), text(&b)]);
    assert!(code == 5 && message.contains("metrics of version 1, run B of version 7"), "{code} {message}");
    // What is damaged is not passed over.
    fs::remove_file(b.join("synthetic/stripes/rd/seed0/cells/id.csv")).unwrap();
    let (code, message) = fail(&["compare", text(&b), text(&b)]);
    assert!(code == 5 && message.contains("cells/id.csv"), "{code} {message}");
}
