//! The program has what shiftbench has, and what this crate adds to it.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

/// Standard output of the program, which must succeed.
fn ask(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_out-of-tree")).args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?} ended with {}:\n{errors}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_list_has_plugins_of_both() {
    for (kind, ours, theirs) in [("methods", "corner", "gnl"), ("shifts", "upside_down", "contrast")] {
        let list = ask(&["list", kind]);
        let has = |name: &str| list.lines().any(|line| line.split_whitespace().next() == Some(name));
        assert!(has(ours) && has(theirs), "{list}");
    }
}

#[test]
fn a_suite_runs_plugins_of_both_in_one_table() {
    let folder = tempfile::tempdir().unwrap();
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("corner.ron");
    let out = folder.path().to_str().unwrap();
    let table = ask(&["bench", suite.to_str().unwrap(), "--out", out]);
    for word in ["corner", "mean-intensity", "upside_"] {
        assert!(table.contains(word), "{word} is missing in\n{table}");
    }
    // The shift acts: it moves what the method looks at.
    let cells = folder.path().join("corner/synthetic/disk/corner/seed0/cells");
    let scores = |cell: &str| std::fs::read_to_string(cells.join(cell)).unwrap();
    assert_ne!(scores("id.csv"), scores("upside_down-3.csv"));
}
