//! `report`: tables and figures of finished results.

use crate::cli;
use crate::exit::Exit;
use harness::plan::Plan;
use harness::run::RunFolder;

pub fn run(_options: &cli::Report) -> Result<(), Exit> {
    Ok(())
}

/// The comparison of what `plan` names.
pub fn print(_folder: &RunFolder, _plan: &Plan) -> Result<(), Exit> {
    Ok(())
}
