//! `verify`: whether a run folder is what was written.

use crate::arguments::DataRoot;
use crate::command::{CommandEntry, Run};
use crate::exit::{DATA, Exit, INCOMPLETE, USAGE};
use crate::out::{say, show};
use clap::Parser;
use harness::results::RunFolder;
use harness::run::{Rescored, rescore, verify};
use std::path::PathBuf;

/// Findings that are shown.
const SHOWN: usize = 20;

/// Look whether a run folder is what was written: every hash, and every metric against its scores
#[derive(Parser)]
#[command(name = "verify", display_order = 4)]
struct Verify {
    /// Folder of a run, such as runs/quick
    run: PathBuf,
    /// Also score this many images of every job again, with the trained state that was kept
    #[arg(long, value_name = "IMAGES", default_value = "0")]
    rescore: usize,
    /// Chooses the images to score again
    #[arg(long, default_value = "0")]
    seed: u64,
    #[command(flatten)]
    data_root: DataRoot,
}

inventory::submit! { CommandEntry::of::<Verify>() }

impl Run for Verify {
    fn run(&self) -> Result<(), Exit> {
        let folder = RunFolder::at(&self.run);
        let reports = ["report", "paper"].map(|name| reports::check_folder(&folder.path().join(name)));
        whole(&folder, reports.concat())?;
        if self.rescore > 0 {
            let Rescored { images, jobs, skipped, largest } =
                rescore(&folder, self.rescore, self.seed, &self.data_root.path())
                    .map_err(|reason| Exit::new(DATA, reason))?;
            show!(
                "{images} images of {jobs} jobs scored again, largest relative difference {largest:.1e}; {skipped} jobs \
                 have no state any more"
            );
        }
        Ok(())
    }
}

/// Says what was looked at in `folder`, and fails with what is damaged in it, or was found before.
///
/// # Errors
/// What was found, and the way out.
pub fn whole(folder: &RunFolder, before: Vec<String>) -> Result<(), Exit> {
    let verified = verify(folder).map_err(|reason| Exit::new(USAGE, reason))?;
    let mut findings: Vec<String> = verified.findings.into_iter().map(|finding| finding.0).collect();
    findings.extend(before);
    say!(
        "{}: {} trainings and {} results are whole, {} results are missing",
        folder.path().display(),
        verified.trainings,
        verified.cells,
        verified.missing
    );
    if findings.is_empty() {
        return Ok(());
    }
    let shown = findings.iter().take(SHOWN).map(|finding| format!("\n  {finding}")).collect::<String>();
    let more = findings.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
    let message = format!(
        "{} things in {} are not what was written:{shown}{more}\nThe `bench` command that made the run makes damaged results, \
         states and pictures again, `report` and `paper` their files",
        findings.len(),
        folder.path().display()
    );
    Err(Exit::new(INCOMPLETE, message))
}
