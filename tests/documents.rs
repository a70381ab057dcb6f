//! Documents must stay true.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The README shows the very file that `new method` writes.
#[test]
fn the_example_of_the_readme_is_the_template() {
    let template = read("xtask/shiftbench/new/method.rs.txt");
    let example = template.replace("{name}", "my-method").replace("{Type}", "MyMethod");
    assert!(read("README.md").contains(&example));
}

/// The template compiles: it is this module.
#[test]
fn the_template_is_a_method() {
    let template = read("xtask/shiftbench/new/method.rs.txt");
    let example = template.replace("{name}", "example").replace("{Type}", "Example");
    assert_eq!(read("tests/support/example.rs"), example);
    let entry =
        harness::contract::registry::find::<harness::contract::registry::DetectorEntry>("example").unwrap();
    assert_eq!(entry.card.summary, "the brightest pixel");
}

// Registered at link time; nothing names its items.
#[path = "support/example.rs"]
#[allow(dead_code)]
mod example;

/// Every test that docs/protocol.md names, as `file::test`, is there.
#[test]
fn tests_named_by_the_protocol_exist() {
    let text = read("docs/protocol.md");
    let named: Vec<(&str, &str)> = text
        .split('`')
        .filter_map(|code| code.split_once(".rs::"))
        .filter(|(_, test)| !test.contains(' '))
        .collect();
    assert!(named.len() > 40, "{} tests are named", named.len());
    for (file, test) in named {
        let source = read(&format!("{file}.rs"));
        let before = source.split(&format!("fn {test}(")).next().filter(|before| before.len() < source.len());
        let before = before.unwrap_or_else(|| panic!("{file}.rs has no test {test}"));
        // Between its mark and its name may stand what it needs.
        let marked = before.lines().rev().take(3).any(|line| line.trim() == "#[test]");
        let tested = marked || before.contains("proptest! {");
        assert!(tested, "{file}.rs: {test} is no test");
    }
}

/// Each pitfall of the papers' protocol has its entry.
#[test]
fn the_protocol_has_all_pitfalls_in_order() {
    let text = read("docs/protocol.md");
    let headings = text.lines().filter_map(|line| line.strip_prefix("### ")?.split('.').next());
    let numbers: Vec<usize> = headings.map(|number| number.parse().unwrap()).collect();
    assert_eq!(numbers, (1..=28).collect::<Vec<_>>());
}

/// Files that documents point to exist.
#[test]
fn links_lead_somewhere() {
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/protocol.md", "docs/shifts.md"]
    {
        let text = read(document);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if !link.contains("://") {
                let path = folder.with_file_name("").join(link);
                assert!(path.exists(), "{document} points to {link}");
            }
        }
    }
}

/// Every shift is described, with its agreement or its parameters.
#[test]
fn the_document_of_shifts_has_all_of_them() {
    let text = read("docs/shifts.md");
    let shifts = harness::contract::registry::all::<harness::contract::registry::ShiftEntry>();
    for shift in &shifts {
        let name = shift.card.name;
        assert!(text.contains(&format!("\n| `{name}` |")), "docs/shifts.md has no row for {name}");
    }
    assert!(text.contains(&format!("{} shifts at severities", shifts.len())));
}
