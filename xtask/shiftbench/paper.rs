//! `paper`: everything a paper needs of a finished run, in one folder. Neither network nor GPU takes part.

use crate::arguments::DataRoot;
use crate::command::{CommandEntry, Run};
use crate::exit::{DATA, Exit, FOLDER, INCOMPLETE};
use crate::out::{say, show};
use crate::report::baselines;
use crate::verify::whole;
use clap::Parser;
use harness::results::{Failure, FailureKind, RunFolder};
use reports::cases::{self, Case};
use reports::{Comparison, Document, Group, GroupScores, ReportError, Scores};
use std::path::{Path, PathBuf};

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

/// Keeps the pictures of the images that a report of the finished run will show; a run whose data cannot be
/// read any more goes without.
pub fn keep_worst(folder: &RunFolder, comparison: &Comparison, data_root: &Path) -> Result<(), Exit> {
    let scores = Scores::load(folder, comparison)?;
    match keep(folder, comparison, &worst_cases(comparison, &scores), data_root) {
        Err(failure) if failure.kind == FailureKind::Write => Err(Exit::new(FOLDER, failure.message)),
        Err(failure) => {
            say!(
                "note: no pictures are kept for the report: {}",
                harness::contract::text::message(&failure.to_string())
            );
            Ok(())
        }
        Ok(()) => Ok(()),
    }
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

/// Position of a group in the comparison, and a case of it.
type GroupCase = (usize, Case);

fn worst_cases(comparison: &Comparison, scores: &Scores) -> Vec<GroupCase> {
    let groups = comparison.groups.iter().zip(&scores.groups).enumerate();
    groups
        .flat_map(|(position, (group, scores))| {
            cases::worst(group, scores).into_iter().map(move |case| (position, case))
        })
        .collect()
}

/// The images that were asked for, each in the data sets that have it.
fn chosen_cases(
    comparison: &Comparison,
    scores: &Scores,
    names: &[String],
) -> Result<Vec<GroupCase>, ReportError> {
    let mut cases = Vec::new();
    for name in names {
        let of_group = |(position, (group, scores)): (usize, (&Group, &GroupScores))| {
            cases::chosen(group, scores, name).map(|case| (position, case))
        };
        let groups = comparison.groups.iter().zip(&scores.groups).enumerate();
        let (found, mut missing): (Vec<_>, Vec<_>) = groups.map(of_group).partition(Result::is_ok);
        match missing.pop() {
            Some(Err(error)) if found.is_empty() => return Err(error),
            _ => cases.extend(found.into_iter().flatten()),
        }
    }
    Ok(cases)
}

fn keep(
    folder: &RunFolder,
    comparison: &Comparison,
    cases: &[GroupCase],
    data_root: &Path,
) -> Result<(), Failure> {
    let exhibits =
        cases.iter().flat_map(|(group, case)| case.exhibits(comparison, &comparison.groups[*group]));
    let exhibits: Vec<_> = exhibits.collect();
    folder.keep_exhibits(&exhibits, data_root)
}
