//! `report`: tables and figures of finished results.

use crate::command::{CommandEntry, Run};
use crate::exhibits::keep_worst;
use crate::exit::{Exit, FOLDER, INCOMPLETE, USAGE};
use crate::finished::{baselines, refuse_holes};
use crate::out::{say, show};
use clap::Parser;
use harness::contract::registry;
use harness::metrics::Metric;
use harness::plan::Plan;
use harness::results::RunFolder;
use reports::{Comparison, ReportError, terminal_of, write};
use std::path::{Path, PathBuf};

/// Print and write the tables and figures of finished results
#[derive(Parser)]
#[command(name = "report", display_order = 2)]
struct Report {
    /// Suite name, as below the output folder
    #[arg(default_value = "quick")]
    suite: String,
    /// Where results are
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
    /// Accept missing results; they are marked
    #[arg(long)]
    partial: bool,
}

inventory::submit! { CommandEntry::of::<Report>() }

impl Run for Report {
    fn run(&self) -> Result<(), Exit> {
        let folder = RunFolder::new(&self.out, &self.suite);
        let comparison = Comparison::load(&folder, None)?.with_baselines(&baselines());
        refuse_holes(&comparison, &folder, &self.suite, self.partial)?;
        show(&comparison);
        say_written(&comparison, &folder)
    }
}

/// The comparison of what `plan` names on standard output; that of the whole folder into files.
pub fn print(folder: &RunFolder, plan: &Plan, data_root: &Path) -> Result<(), Exit> {
    let selected = Comparison::load(folder, Some(&plan.entries()))?.with_baselines(&baselines());
    show(&selected);
    let whole = Comparison::load(folder, None)?.with_baselines(&baselines());
    keep_worst(folder, &whole, data_root)?;
    say_written(&whole, folder)
}

/// How well anomalies are ranked, then what that ranking hides: false alarms at a fixed threshold.
fn show(comparison: &Comparison) {
    for name in ["image_auroc", "fpr_at_id_threshold"] {
        if let Ok(metric) = registry::find::<Metric>(name) {
            show!("{}", terminal_of(comparison, metric));
        }
    }
}

fn say_written(comparison: &Comparison, folder: &RunFolder) -> Result<(), Exit> {
    for path in write(comparison, folder.path())? {
        say!("wrote {}", path.display());
    }
    Ok(())
}

impl From<ReportError> for Exit {
    fn from(error: ReportError) -> Self {
        let code = match &error {
            ReportError::Write(_) => FOLDER,
            ReportError::UnknownImage { .. } | ReportError::UnknownMethod { .. } => USAGE,
            _ => INCOMPLETE,
        };
        Self::new(code, error)
    }
}
