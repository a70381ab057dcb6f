//! A cell: where it stands, and what became of it.

use harness::results::{CellRecord, Failure};

/// Where a cell stands in its [`Group`](crate::Group): indices into its lists, the seed, and which reference image
/// scored it, if one did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Place {
    pub row: usize,
    pub condition: usize,
    pub category: usize,
    pub seed: u64,
    pub reference: Option<usize>,
}

/// Where a cell lies on disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellFile {
    /// Job folder below the run folder.
    pub job: String,
    /// Cell label.
    pub cell: String,
}

/// What became of a cell.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A valid record.
    Done(Box<CellRecord>),
    /// Its job failed before it got there.
    Failed(Failure),
    /// There is no record that counts.
    Hole(Hole),
}

/// Why no record counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hole {
    /// There is none.
    Missing,
    /// It was computed from other inputs than the index expects.
    Outdated,
    /// It, or something it rests on, is not what was written; in words.
    Damaged(String),
}

/// A job that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedJob {
    /// Its folder below the run folder.
    pub job: String,
    /// Why, in one line.
    pub reason: String,
}

/// A failure's sentence without line breaks.
pub(crate) fn one_line(failure: &Failure) -> String {
    failure.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}
