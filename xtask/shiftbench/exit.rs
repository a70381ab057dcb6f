//! Exit codes: what a script may rely on.

use harness::contract::error::DetectorError;
use harness::plan::PlanError;
use harness::results::StoreError;
use harness::suite::SuiteError;
use std::fmt::Display;
use std::path::Path;

/// A suite, option or name is wrong.
pub const USAGE: u8 = 2;
/// Data or weights are missing, unreadable or could not be fetched.
pub const DATA: u8 = 3;
/// The filters leave nothing to do.
pub const NOTHING: u8 = 4;
/// Results are missing or do not belong together.
pub const INCOMPLETE: u8 = 5;
/// A folder cannot be written, is in use, or lost what a run had put there.
pub const FOLDER: u8 = 6;
/// Everything was done, but standard output could not be written.
pub const OUTPUT: u8 = 7;
/// Some jobs, or a scoring, failed.
pub const FAILED: u8 = 100;
/// Stopped by the user.
pub const INTERRUPTED: u8 = 130;

/// The exit codes, for `--help`.
pub const HELP: &str = "Exit codes: 0 all done, 2 wrong suite, option or name, 3 data or weights missing or \
unreadable, 4 nothing selected, 5 results missing or not comparable, 6 folder not writable, in use, \
or emptied under way, 7 all done but standard output lost (a reader that leaves early, such as head, is none), \
100 some jobs or a scoring failed, 130 interrupted.";

/// How a command ends when it does not succeed.
#[derive(Debug)]
pub struct Exit {
    /// The process's exit code.
    pub code: u8,
    /// What to tell the user; nothing if all was said.
    pub message: String,
}

impl Exit {
    /// An exit with a message.
    pub fn new(code: u8, message: impl ToString) -> Self {
        Self { code, message: message.to_string() }
    }

    /// A file or folder that cannot be written.
    pub fn unwritable(path: &Path, reason: impl Display) -> Self {
        Self::new(FOLDER, format!("cannot write {}: {reason}", path.display()))
    }
}

impl From<SuiteError> for Exit {
    fn from(error: SuiteError) -> Self {
        Self::new(USAGE, error)
    }
}

impl From<PlanError> for Exit {
    fn from(error: PlanError) -> Self {
        let code = match &error {
            PlanError::Filter(_)
            | PlanError::Category(_)
            | PlanError::Outside(..)
            | PlanError::TooLarge(_) => USAGE,
            PlanError::Nothing(_) => NOTHING,
            PlanError::Data { .. } | PlanError::Weights(_) => DATA,
        };
        Self::new(code, error)
    }
}

impl From<StoreError> for Exit {
    fn from(error: StoreError) -> Self {
        Self::new(FOLDER, error)
    }
}

impl From<DetectorError> for Exit {
    fn from(error: DetectorError) -> Self {
        let code = match &error {
            DetectorError::Option { .. }
            | DetectorError::Device(_)
            | DetectorError::NoOfficialFormat
            | DetectorError::NoReference => USAGE,
            DetectorError::Weights(_) | DetectorError::State { .. } => DATA,
            DetectorError::Training(_) | DetectorError::Scoring(_) => FAILED,
        };
        Self::new(code, error)
    }
}

impl From<harness::fetch::FetchError> for Exit {
    fn from(error: harness::fetch::FetchError) -> Self {
        Self::new(DATA, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_code() {
        for code in [USAGE, DATA, NOTHING, INCOMPLETE, FOLDER, OUTPUT, FAILED, INTERRUPTED] {
            assert!(HELP.contains(&format!(" {code} ")), "{code}");
        }
    }
}
