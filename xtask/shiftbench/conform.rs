//! `conform`: whether a detector in another language keeps what every method must.

mod trial;

use crate::command::{CommandEntry, Run};
use crate::exit::{Exit, FAILED, USAGE};
use crate::out::show;
use clap::Parser;
use serde_json::json;
use std::path::Path;
use trial::{Check, Terms, trials};

/// Try a detector in another language: `conform -- python3 my_detector.py`
#[derive(Parser)]
#[command(name = "conform", display_order = 9)]
struct Conform {
    /// Options that are passed on, as JSON
    #[arg(long, value_name = "JSON", default_value = "{}")]
    options: String,
    /// Side of the pictures in pixels
    #[arg(long, value_name = "PIXELS", default_value = "64", value_parser = clap::value_parser!(u32).range(8..=1024))]
    image_size: u32,
    /// Steps that it is told to take, if it trains by steps
    #[arg(long, value_name = "N", default_value = "20", value_parser = clap::value_parser!(u16).range(1..))]
    steps: u16,
    /// Seconds that it may be silent
    #[arg(long, value_name = "SECONDS", default_value = "600", value_parser = clap::value_parser!(u64).range(1..))]
    deadline: u64,
    /// Largest relative difference between scores that should be equal
    #[arg(long, value_name = "SHARE", default_value = "1e-5")]
    tolerance: f64,
    /// The program and its arguments
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

inventory::submit! { CommandEntry::of::<Conform>() }

impl Run for Conform {
    fn run(&self) -> Result<(), Exit> {
        let terms = Terms {
            options: [
                ("command", json!(self.command.iter().map(|word| absolute(word)).collect::<Vec<_>>())),
                ("options", json!(self.options)),
                ("deadline", json!(self.deadline)),
            ],
            image_size: self.image_size,
            steps: self.steps.into(),
            tolerance: self.tolerance,
        };
        let checks = trials(&terms).map_err(|reason| Exit::new(USAGE, reason))?;
        for Check { name, outcome } in &checks {
            match outcome {
                Ok(figures) => show!("held    {name:32} {figures}"),
                Err(reason) => show!("FAILED  {name:32} {reason}"),
            }
        }
        let failed = checks.iter().filter(|check| check.outcome.is_err()).count();
        match failed {
            0 => Ok(()),
            _ => Err(Exit::new(
                FAILED,
                format!("{failed} of {} checks failed: see docs/external.md", checks.len()),
            )),
        }
    }
}

/// A file by a name that holds wherever the program is started.
fn absolute(word: &str) -> String {
    let path = Path::new(word);
    let found = if path.is_file() { path.canonicalize().ok() } else { None };
    found.map_or_else(|| word.to_owned(), |path| path.display().to_string())
}
