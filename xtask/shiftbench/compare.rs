//! `compare`: what differs between two runs.

use crate::command::{CommandEntry, Run};
use crate::exit::{Exit, INCOMPLETE, USAGE};
use crate::finished::baselines;
use clap::Parser;
use harness::results::RunFolder;
use reports::{Comparison, Scores, changes};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Show which results differ between two runs, by how much, and whether beyond noise
#[derive(Parser)]
#[command(name = "compare", display_order = 5)]
struct Compare {
    /// Folder of a run, such as runs/quick
    a: PathBuf,
    /// Folder of the other
    b: PathBuf,
    /// Compare a method of B with another one of A, such as my-method=gnl (repeatable)
    #[arg(long = "method", value_name = "OF_B=OF_A")]
    pairs: Vec<Pair>,
}

inventory::submit! { CommandEntry::of::<Compare>() }

impl Run for Compare {
    fn run(&self) -> Result<(), Exit> {
        let (a, a_scores) = load(&self.a)?;
        let (b, b_scores) = load(&self.b)?;
        let pairs: Vec<(String, String)> =
            self.pairs.iter().map(|pair| (pair.of_b.clone(), pair.of_a.clone())).collect();
        let changes = changes((&a, &a_scores), (&b, &b_scores), &pairs)?;
        crate::out::put(format_args!("{}", changes.terminal()));
        Ok(())
    }
}

/// Two method labels.
#[derive(Clone)]
struct Pair {
    of_b: String,
    of_a: String,
}

impl FromStr for Pair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (of_b, of_a) = text.split_once('=').ok_or_else(|| format!("'{text}' is not OF_B=OF_A"))?;
        Ok(Self { of_b: of_b.into(), of_a: of_a.into() })
    }
}

/// The results of a run folder.
fn load(path: &Path) -> Result<(Comparison, Scores), Exit> {
    let not_a_run = || Exit::new(USAGE, format!("{} is not the folder of a run", path.display()));
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(not_a_run)?;
    let folder = RunFolder::new(path.parent().unwrap_or(Path::new("")), name);
    let comparison = Comparison::load(&folder, None)?.with_baselines(&baselines());
    if let Some(reason) = comparison.damaged() {
        let way_out = "the `bench` command that made the run makes it again";
        return Err(Exit::new(INCOMPLETE, format!("{}: {reason}; {way_out}", path.display())));
    }
    let scores = Scores::load(&folder, &comparison)?;
    Ok((comparison, scores))
}
