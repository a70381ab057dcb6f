//! A campaign of faults against the finished program: kills, flipped bits, full disks, crashes, hung workers and more.
//!
//! `cargo test --test torture` runs a part of about two minutes; `cargo test --test torture -- --full` all of it, about ten
//! minutes on two cores. `--seed N` draws other moments, places and mutations, `--only NAME` runs one kind of fault,
//! `--try N` one try of each kind, `--write` puts the table into `tests/torture/RESULT.md`.
#![allow(clippy::unwrap_used)]

mod campaign;
mod crash;
mod data;
mod disks;
mod errors;
mod flips;
mod folders;
mod hung;
mod kills;
mod mutations;
mod names;
mod parents;
mod pipes;
#[path = "../support/mod.rs"]
mod support;

use campaign::{Campaign, Fault};
use std::process::ExitCode;

const FAULTS: [Fault; 14] = [
    kills::PARENTS,
    kills::WORKERS,
    flips::FLIPS,
    disks::SPACE,
    errors::CALLS,
    errors::LOCKS,
    crash::CRASHES,
    folders::VANISHED,
    parents::PARENTS,
    data::CHANGED,
    hung::STOPPED,
    pipes::PIPES,
    names::NAMES,
    mutations::MUTATIONS,
];

/// Whether names of tests are given, as in `cargo test NAME`, and this is none of them.
fn means_others(arguments: &[String]) -> bool {
    let is_value =
        |place: usize| place > 0 && ["--seed", "--only", "--try"].contains(&arguments[place - 1].as_str());
    let names =
        arguments.iter().enumerate().filter(|(place, name)| !name.starts_with('-') && !is_value(*place));
    let names: Vec<&String> = names.map(|(_, name)| name).collect();
    !names.is_empty() && !names.iter().any(|name| "torture".contains(name.as_str()))
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Who asks for a list of tests, or for tests of another name, does not mean this.
    if arguments.iter().any(|argument| argument == "--list") || means_others(&arguments) {
        return ExitCode::SUCCESS;
    }
    let value = |flag: &str| {
        let place = arguments.iter().position(|argument| argument == flag)?;
        arguments.get(place + 1).cloned()
    };
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let seed = value("--seed").map_or(0, |seed| seed.parse().expect("--seed takes a number"));
    let only_try = value("--try").map(|number| number.parse().expect("--try takes a number"));
    let campaign = Campaign::new(seed, has("--full"), value("--only"), only_try);
    let table = campaign.run(&FAULTS);
    println!("{table}");
    if has("--write") {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/torture/RESULT.md");
        std::fs::write(path, table.markdown(seed)).unwrap();
    }
    println!("{} passed, {} failed", table.held(), table.failed());
    if table.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
