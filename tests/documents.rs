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
    let entry = harness::registry::find::<harness::registry::DetectorEntry>("example").unwrap();
    assert_eq!(entry.card.summary, "the brightest pixel");
}

// Registered at link time; nothing names its items.
#[path = "support/example.rs"]
#[allow(dead_code)]
mod example;

/// Files that documents point to exist.
#[test]
fn links_lead_somewhere() {
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = read(document);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if !link.contains("://") {
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(link);
                assert!(path.exists(), "{document} points to {link}");
            }
        }
    }
}
