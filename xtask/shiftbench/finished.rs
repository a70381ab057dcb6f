//! What holds of a finished run, whichever command shows it.

use crate::exit::{Exit, INCOMPLETE};
use harness::contract::detector::Cost;
use harness::contract::registry::{self, DetectorEntry};
use harness::results::RunFolder;
use reports::Comparison;

/// Trivial methods stand apart from the others.
pub fn baselines() -> Vec<&'static str> {
    let entries = registry::all::<DetectorEntry>().into_iter();
    entries.filter(|entry| entry.cost == Cost::Trivial).map(|entry| entry.card.name).collect()
}

/// An incomplete table is shown only to those who asked for it.
pub fn refuse_holes(
    comparison: &Comparison,
    folder: &RunFolder,
    suite: &str,
    partial: bool,
) -> Result<(), Exit> {
    let holes = comparison.holes();
    if holes == 0 || partial {
        return Ok(());
    }
    let damaged = comparison.damaged().map_or_else(String::new, |reason| format!(" or damaged ({reason})"));
    let message = format!(
        "{holes} results of {} are missing{damaged}: run `cargo xtask bench {suite}` to fill them in, or add --partial",
        folder.path().display(),
    );
    Err(Exit::new(INCOMPLETE, message))
}
