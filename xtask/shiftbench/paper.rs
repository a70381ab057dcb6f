//! `paper`: everything a paper needs of a finished run, in one folder. Neither network nor GPU takes part.

use crate::arguments::DataRoot;
use crate::command::{CommandEntry, Run};
use crate::exhibits::{chosen_cases, keep, worst_cases};
use crate::exit::{DATA, Exit};
use crate::finished::{baselines, refuse_holes};
use crate::out::{say, show};
use crate::verify::whole;
use clap::Parser;
use harness::results::RunFolder;
use reports::{Comparison, Document, Scores};
use std::path::PathBuf;

/// Put everything a paper needs of a finished run into one folder: tables, figures, heat maps, an HTML report
#[derive(Parser)]
#[command(name = "paper", display_order = 3)]
struct Paper {
    /// Suite name, as below the output folder
    #[arg(default_value = "quick")]
    suite: String,
    /// Where results are
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
    /// Where to write [default: the folder `paper` beside the results]
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Accept missing results; they are marked
    #[arg(long)]
    partial: bool,
    /// Also show the heat maps of this test image, such as bottle/test/broken_large/000.png (repeatable)
    #[arg(long = "case", value_name = "CATEGORY/IMAGE")]
    cases: Vec<String>,
    #[command(flatten)]
    data_root: DataRoot,
}

inventory::submit! { CommandEntry::of::<Paper>() }

impl Run for Paper {
    fn run(&self) -> Result<(), Exit> {
        let folder = RunFolder::new(&self.out, &self.suite);
        let comparison = Comparison::load(&folder, None)?.with_baselines(&baselines());
        whole(&folder, Vec::new())?;
        refuse_holes(&comparison, &folder, &self.suite, self.partial)?;
        let scores = Scores::load(&folder, &comparison)?;
        let mut cases = chosen_cases(&comparison, &scores, &self.cases)?;
        keep(&folder, &comparison, &cases, &self.data_root.path())
            .map_err(|reason| Exit::new(DATA, reason))?;
        for case in worst_cases(&comparison, &scores) {
            match keep(&folder, &comparison, std::slice::from_ref(&case), &self.data_root.path()) {
                Ok(()) => cases.push(case),
                Err(reason) => say!(
                    "note: no {} pictures of {}: the run did not keep them, and they cannot be made here ({reason})",
                    case.1.name,
                    comparison.groups[case.0].dataset
                ),
            }
        }
        let target = self.to.clone().unwrap_or_else(|| folder.path().join("paper"));
        let files = reports::format::files(&Document::new(&folder, &comparison, &scores, &cases)?)?;
        let count = files.len();
        reports::write_folder(&target, files)?;
        show!("{count} files in {}: begin with report.html", target.display());
        Ok(())
    }
}
