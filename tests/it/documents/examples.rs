//! What documents tell to type: commands, lines of suites, and Rust.

use super::{DOCUMENTS, code, read};
use crate::support::shiftbench;
use harness::suite::Suite;

/// Fenced blocks of a language; `""` are those without one.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(fence) = lines.by_ref().find_map(|line| line.strip_prefix("```")) {
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if fence == language {
            found.push(block.join("\n") + "\n");
        }
    }
    found
}

/// Arguments of every `cargo xtask` in a document, without comments.
fn commands(text: &str) -> Vec<Vec<String>> {
    let fenced = blocks(text, "").into_iter().flat_map(|block| {
        let block = block.replace("\\\n", " ");
        block.lines().map(str::to_owned).collect::<Vec<_>>()
    });
    let written = fenced.chain(code(text));
    let written = written.filter_map(|line| line.strip_prefix("cargo xtask ").map(str::to_owned));
    let words = |line: String| {
        let line = line.split(" #").next().unwrap().replace("...", "");
        // Quotes hold words together.
        let parts = line.split('"').enumerate().flat_map(|(index, part)| match index % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        });
        parts.collect::<Vec<String>>()
    };
    written.map(words).collect()
}

/// Placeholders in capitals stand for any value; where one asks for a number, for a number.
fn filled(word: &str) -> &str {
    if word == "N" { "3" } else { word }
}

#[test]
fn commands_in_documents_are_understood() {
    let mut asked = 0;
    for document in DOCUMENTS {
        for command in commands(&read(document)) {
            // Another program's; and names of commands with patterns.
            if command.first().is_none_or(|first| first == "cuda") {
                continue;
            }
            // Behind `--` stands what is another program's.
            let words =
                command.iter().map(|word| filled(word)).take_while(|word| *word != "--").chain(["--help"]);
            // What stands before `--help` is read first, and refused if it is unknown.
            let output = shiftbench(&words.collect::<Vec<_>>()).output().unwrap();
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{document}: {command:?}: {errors}");
            asked += 1;
        }
    }
    assert!(asked > 30, "{asked} commands");
}

/// A suite by lines, one key each; a document shows some of them.
const LINES: [&str; 6] = [
    "summary: \"a document\"",
    "protocol: strict(steps: 4, batch: 4)",
    "image_size: 32",
    "backbone: (name: \"tiny\", weights: random(0))",
    "datasets: [(name: \"synthetic\")]",
    "methods: [(name: \"rd\")]",
];

#[test]
fn lines_of_suites_in_documents_are_suites() {
    let mut tried = 0;
    for document in DOCUMENTS {
        for block in blocks(&read(document), "ron") {
            let key = |line: &str| line.split(':').next().unwrap().to_owned();
            let rest = LINES.iter().filter(|line| !block.lines().any(|own| key(own) == key(line)));
            let rest: String = rest.map(|line| format!("{line},\n")).collect();
            let suite = Suite::parse("document", document, &format!("Suite(\n{block}{rest})"), &[]);
            suite.unwrap_or_else(|error| panic!("{document}: {error}\n{block}"));
            tried += 1;
        }
    }
    assert!(tried >= 2, "{tried} blocks");
}

/// Rust in documents is text of files that are compiled.
#[test]
fn rust_in_documents_is_compiled() {
    let template = read("xtask/shiftbench/new/method.rs.txt");
    let template = template.replace("{name}", "my-method").replace("{Type}", "MyMethod");
    let compiled = [template, read("tests/out-of-tree/src/main.rs")];
    let mut shown = 0;
    for document in DOCUMENTS {
        for block in blocks(&read(document), "rust") {
            assert!(
                compiled.iter().any(|text| text.contains(&block)),
                "{document}: nothing compiles\n{block}"
            );
            shown += 1;
        }
    }
    assert!(shown >= 2, "{shown} blocks");
}
