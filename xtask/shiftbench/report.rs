//! `report`: tables and figures of finished results.

use crate::cli;
use crate::exit::{Exit, FOLDER, INCOMPLETE};
use harness::detector::Cost;
use harness::plan::Plan;
use harness::registry::{self, DetectorEntry};
use harness::run::RunFolder;
use reports::{Comparison, Metric, ReportError, terminal_of, write};

pub fn run(options: &cli::Report) -> Result<(), Exit> {
    let folder = RunFolder::new(&options.out, &options.suite);
    let comparison = Comparison::load(&folder, None)?.with_baselines(&baselines());
    let holes = comparison.holes();
    if holes > 0 && !options.partial {
        let message = format!(
            "{holes} results of {} are missing: run `cargo xtask bench {}` to fill them in, or add --partial",
            folder.path().display(),
            options.suite
        );
        return Err(Exit::new(INCOMPLETE, message));
    }
    show(&comparison);
    say_written(&comparison, &folder)
}

/// The comparison of what `plan` names on standard output; that of the whole folder into files.
pub fn print(folder: &RunFolder, plan: &Plan) -> Result<(), Exit> {
    let selected = Comparison::load(folder, Some(&plan.entries()))?.with_baselines(&baselines());
    show(&selected);
    say_written(&Comparison::load(folder, None)?.with_baselines(&baselines()), folder)
}

/// How well anomalies are ranked, then what that ranking hides: false alarms at a fixed threshold.
fn show(comparison: &Comparison) {
    for name in ["image_auroc", "fpr_at_id_threshold"] {
        if let Ok(metric) = Metric::named(name) {
            println!("{}", terminal_of(comparison, metric));
        }
    }
}

fn say_written(comparison: &Comparison, folder: &RunFolder) -> Result<(), Exit> {
    for path in write(comparison, folder.path())? {
        eprintln!("wrote {}", path.display());
    }
    Ok(())
}

/// Trivial methods stand apart from the others.
fn baselines() -> Vec<&'static str> {
    let entries = registry::all::<DetectorEntry>().into_iter();
    entries.filter(|entry| entry.cost == Cost::Trivial).map(|entry| entry.card.name).collect()
}

impl From<ReportError> for Exit {
    fn from(error: ReportError) -> Self {
        let code = match &error {
            ReportError::Write { .. } => FOLDER,
            _ => INCOMPLETE,
        };
        Self::new(code, error)
    }
}
