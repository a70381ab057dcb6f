//! `compare`: what differs between two runs.

use crate::cli;
use crate::exit::{Exit, INCOMPLETE, USAGE};
use crate::report::baselines;
use harness::results::RunFolder;
use reports::{Comparison, Scores, changes};
use std::path::Path;

pub fn run(options: &cli::Compare) -> Result<(), Exit> {
    let (a, a_scores) = load(&options.a)?;
    let (b, b_scores) = load(&options.b)?;
    let pairs: Vec<(String, String)> =
        options.pairs.iter().map(|pair| (pair.of_b.clone(), pair.of_a.clone())).collect();
    let changes = changes((&a, &a_scores), (&b, &b_scores), &pairs)?;
    crate::out::put(format_args!("{}", changes.terminal()));
    Ok(())
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
