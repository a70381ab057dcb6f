//! Documents must stay true.

mod example;
mod examples;

use crate::support::listed;
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The template compiles: it is this module.
#[test]
fn the_template_is_a_method() {
    let template = read("xtask/shiftbench/new/method.rs.txt");
    let example = template.replace("{name}", "example").replace("{Type}", "Example");
    assert_eq!(read("tests/it/documents/example.rs"), example);
    let entry =
        harness::contract::registry::find::<harness::contract::registry::DetectorEntry>("example").unwrap();
    assert_eq!(entry.card.summary, "the brightest pixel");
}

/// Documents for people, whose words are checked below.
const DOCUMENTS: [&str; 17] = [
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "README.md",
    "datasets/README.md",
    "docs/README.md",
    "docs/deviations.md",
    "docs/external.md",
    "docs/protocol.md",
    "docs/results/README.md",
    "docs/shifts.md",
    "harness/README.md",
    "methods/README.md",
    "reports/README.md",
    "tests/fixtures/README.md",
    "tests/out-of-tree/README.md",
    "tests/reference/README.md",
    "xtask/README.md",
];

/// What stands between backticks in a document, outside fenced blocks; what breaks across lines in one.
fn code(text: &str) -> Vec<String> {
    let prose: Vec<&str> = text.split("```").step_by(2).collect();
    let paragraphs = prose.iter().flat_map(|prose| prose.split("\n\n"));
    let spans = paragraphs.flat_map(|paragraph| paragraph.split('`').skip(1).step_by(2));
    spans.map(|span| span.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Every test that a document names, as `file::test`, is there.
#[test]
fn tests_named_by_documents_exist() {
    let spans = DOCUMENTS.into_iter().flat_map(|document| {
        let spans = code(&read(document)).into_iter();
        spans.map(move |span| (document, span)).collect::<Vec<_>>()
    });
    let named: Vec<(&str, String, String)> = spans
        .filter_map(|(document, span)| {
            let (file, test) = span.split_once(".rs::")?;
            Some((document, file.to_owned(), test.to_owned()))
        })
        .collect();
    assert!(named.len() > 40, "{} tests are named", named.len());
    for (document, file, test) in named {
        let source = read(&format!("{file}.rs"));
        let before = source.split(&format!("fn {test}(")).next().filter(|before| before.len() < source.len());
        let before = before.unwrap_or_else(|| panic!("{document}: {file}.rs has no test {test}"));
        // Between its mark and its name may stand what it needs.
        let marked = before.lines().rev().take(3).any(|line| line.trim() == "#[test]");
        let tested = marked || before.contains("proptest! {");
        assert!(tested, "{document}: {file}.rs: {test} is no test");
    }
}

/// Files and folders that documents name exist, where they name them from the top.
#[test]
fn places_named_by_documents_exist() {
    let tops = ["harness", "methods", "datasets", "reports", "tests", "xtask", "docs", ".ci", ".github"];
    for document in DOCUMENTS {
        let spans = code(&read(document));
        let words = spans.iter().flat_map(|span| span.split_whitespace());
        for word in words.filter(|word| word.split_once('/').is_some_and(|(top, _)| tops.contains(&top))) {
            let place = word.split("::").next().unwrap();
            // `{a,b}` and `*` are patterns, CAPITALS stand for something else, and what is called `my` is yours.
            let plain = |letter: char| letter.is_ascii_lowercase() || "0123456789_-./".contains(letter);
            if place.chars().all(plain) && !place.contains("/my_") {
                assert!(root().join(place).exists(), "{document} names {place}");
            }
        }
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
    for document in DOCUMENTS {
        let text = read(document);
        let folder = root().join(document);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if !link.contains("://") {
                let path = folder.with_file_name("").join(link);
                assert!(path.exists(), "{document} points to {link}");
            }
        }
    }
}

/// Every page is in the book.
#[test]
fn the_book_has_every_page() {
    let summary = read("docs/SUMMARY.md");
    for page in fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().file_name()) {
        let page = page.to_str().unwrap();
        if page.ends_with(".md") && page != "SUMMARY.md" {
            assert!(summary.contains(&format!("]({page})")), "docs/SUMMARY.md leaves out {page}");
        }
    }
}

/// What is said of a shift is said of one that there is.
#[test]
fn the_document_of_shifts_names_no_other() {
    let shifts = listed("shifts");
    let text = read("docs/shifts.md");
    let rows: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert!(rows.len() > 30, "{rows:?}");
    for row in rows {
        assert!(
            shifts.iter().any(|name| name == row),
            "docs/shifts.md has a row for {row}, which is no shift"
        );
    }
}
