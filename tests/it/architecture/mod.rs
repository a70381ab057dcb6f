//! The invariants of ARCHITECTURE.md that no type can hold.

mod circles;

use harness::contract::registry::{self, DatasetEntry, DetectorEntry, ShiftEntry};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below `folder`.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join(folder)];
    while let Some(path) = waiting.pop() {
        for entry in fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                waiting.push(entry);
            } else if entry.extension().is_some_and(|ending| ending == "rs") {
                found.push(entry);
            }
        }
    }
    found.sort();
    found
}

/// The names below `[dependencies]` of a crate's manifest.
fn dependencies(folder: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let section = text.split("[dependencies]").nth(1).unwrap_or("");
    let lines = section.lines().skip(1).take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| line.split(['.', ' ', '=']).next());
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[test]
fn arrows_point_one_way() {
    let ours = ["harness", "methods", "datasets", "reports", "shiftbench", "xtask"];
    for (folder, allowed) in [
        ("harness", &[][..]),
        ("methods", &["harness"]),
        ("datasets", &["harness"]),
        ("reports", &["harness"]),
        ("xtask", &[]),
    ] {
        let found = dependencies(folder);
        let found: Vec<&str> = found.iter().map(String::as_str).filter(|name| ours.contains(name)).collect();
        assert_eq!(found, allowed, "{folder}");
    }
}

#[test]
fn only_methods_compute_with_tensors() {
    for folder in ["harness", "datasets", "reports", "xtask"] {
        assert!(!dependencies(folder).contains(&"burn".to_owned()), "{folder} depends on burn");
    }
}

#[test]
fn harness_knows_no_plugin_by_name() {
    let names = registry::all::<DetectorEntry>().into_iter().map(|entry| entry.card.name);
    let names = names.chain(registry::all::<DatasetEntry>().into_iter().map(|entry| entry.card.name));
    let names: Vec<String> = names
        .chain(registry::all::<ShiftEntry>().into_iter().map(|entry| entry.card.name))
        .map(|name| format!("\"{name}\""))
        .collect();
    for path in sources("harness/src") {
        let code = code(&path);
        for name in &names {
            assert!(!code.contains(name), "{} names {name}", path.display());
        }
    }
}

#[test]
fn files_hold_one_idea() {
    for folder in ["harness", "methods", "datasets", "reports", "xtask", "tests"] {
        for path in sources(folder) {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= 350, "{} has {lines} lines: split it", path.display());
        }
    }
}

/// Each program of tests links everything once more.
#[test]
fn a_crate_has_one_program_of_integration_tests() {
    for (folder, programs) in [
        ("harness/tests", &["it"][..]),
        ("methods/tests", &["it"]),
        ("datasets/tests", &["it"]),
        ("reports/tests", &["it"]),
        // A program of its own kind, and one that needs data.
        ("tests", &["golden", "it", "torture"]),
    ] {
        let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        let is_program = |path: &PathBuf| {
            path.join("main.rs").is_file() || path.extension().is_some_and(|ending| ending == "rs")
        };
        let mut found: Vec<PathBuf> = entries.filter(is_program).collect();
        found.sort();
        let names: Vec<_> = found.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, programs, "{folder}");
    }
}

#[test]
fn only_the_command_line_prints() {
    for folder in ["harness/src/run", "harness/src/metrics", "methods/src", "datasets/src", "reports/src"] {
        for path in sources(folder) {
            assert!(!code(&path).contains("println!("), "{} prints", path.display());
        }
    }
}

/// What plugins name of harness is the contract; reports also read results.
#[test]
fn plugins_name_nothing_but_the_contract() {
    let plugins = &["contract", "prelude", "options"][..];
    let reports = &["contract", "prelude", "metrics", "results"][..];
    for (folder, rooms) in [("methods/src", plugins), ("datasets/src", plugins), ("reports/src", reports)] {
        for path in sources(folder) {
            let code = fs::read_to_string(&path).unwrap();
            for named in code.split("harness::").skip(1) {
                let room = named.split(|letter: char| !letter.is_alphanumeric()).next().unwrap();
                assert!(rooms.contains(&room), "{} names harness::{room}", path.display());
            }
        }
    }
}

/// Calls that make, change or remove files.
const WRITES: [&str; 12] = [
    "fs::write",
    "File::create",
    "File::options",
    "OpenOptions",
    "create_dir",
    "fs::rename",
    "fs::copy",
    "fs::hard_link",
    "fs::remove_file",
    "remove_dir",
    "set_permissions",
    ".save(",
];

/// A run folder belongs to `results`, and `run` and reports write through it. Two files say why they write elsewhere.
#[test]
fn results_alone_write_below_a_run_folder() {
    // Measurements of this process; trained states, into a folder that results made.
    let elsewhere = ["machine.rs", "state.rs"];
    for folder in ["harness/src", "reports/src"] {
        let test = |path: &Path| path.ends_with("tests.rs") || path.ends_with("toy.rs");
        let owner = |path: &Path| {
            ["results", "fetch", "prepared"].iter().any(|room| path.iter().any(|part| part == *room))
        };
        for path in sources(folder).into_iter().filter(|path| !test(path) && !owner(path)) {
            let name = path.file_name().unwrap().to_str().unwrap();
            // The detector's own call: into a folder that results made.
            let code = code(&path).replace("detector.save(", "");
            for call in WRITES {
                assert!(elsewhere.contains(&name) || !code.contains(call), "{} uses {call}", path.display());
            }
        }
    }
}

/// What a training leaves is written by `module_file::save` and by `contract::state`, which name what could not be written.
#[test]
fn methods_write_no_files_themselves() {
    for path in sources("methods/src") {
        let code = code(&path);
        for call in WRITES.iter().filter(|call| **call != ".save(") {
            assert!(!code.contains(call), "{} uses {call}", path.display());
        }
    }
}

/// `println!` panics where nobody reads or a disk is full; `out` remembers it instead.
#[test]
fn the_command_line_prints_through_one_door() {
    for path in sources("xtask/shiftbench") {
        let code = code(&path);
        assert!(!code.contains("println!(") && !code.contains("print!("), "{} prints", path.display());
    }
}

/// A file without its tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]").next().unwrap().to_owned()
}

#[test]
fn the_recorded_burn_is_the_burn_in_the_lock_file() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let entry = format!("name = \"burn\"\nversion = \"{}\"", methods::BURN_VERSION);
    assert!(lock.contains(&entry), "methods::BURN_VERSION is {}", methods::BURN_VERSION);
}
