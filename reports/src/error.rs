//! Why there is no report.

use harness::results::StoreError;
use std::path::PathBuf;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Nothing was ever run there.
    #[error("no run in {}: run the suite first, or name the folder of its results with --out", .0.display())]
    NoRun(PathBuf),
    /// The index cannot be read.
    #[error(
        "{0}. Run the whole suite again, without filters: finished cells are kept and the index is written anew"
    )]
    Index(StoreError),
    /// The index is one of another version, which no run of this one adds to.
    #[error("{0}: run the suite again with this version, into a folder of its own with --out")]
    OtherVersion(StoreError),
    /// The scores of a cell cannot be read.
    #[error("{0}. Run the suite again: it finds such cells and computes them anew")]
    Scores(StoreError),
    /// Results under different rules.
    #[error(
        "{} has {what} {found}, but other results of this run have {expected}. Such numbers never stand in \
         one table: run the suite again with this version, or into a folder of its own with --out",
        path.display()
    )]
    Mixed {
        /// The cell that differs.
        path: PathBuf,
        /// In what.
        what: &'static str,
        /// What the others have.
        expected: String,
        /// What it has.
        found: String,
    },
    /// Two runs whose numbers mean different things.
    #[error(
        "run A has metrics of version {of_a}, run B of version {of_b}: their numbers do not mean the same. Run \
         the older suite again with this version, into a folder of its own with --out"
    )]
    OtherMetrics {
        /// Version of the metric definitions in run A.
        of_a: u32,
        /// The same in run B.
        of_b: u32,
    },
    /// A method that a run does not have.
    #[error("run {run} has no method {name}: its methods are {known}")]
    UnknownMethod {
        /// What was asked for.
        name: String,
        /// The run.
        run: &'static str,
        /// What it has.
        known: String,
    },
    /// An image that was not tested.
    #[error(
        "{dataset} has no test image {name}: write CATEGORY/IMAGE as in the score files of the run's cells"
    )]
    UnknownImage {
        /// What was asked for.
        name: String,
        /// The data set.
        dataset: String,
    },
    /// A picture that the run folder does not have.
    #[error(
        "the run folder has no picture of {image} of {dataset}: run `bench` or `paper` once where the data are, \
         and it is kept with the results"
    )]
    NoExhibit {
        /// Identifier of the image.
        image: String,
        /// The data set.
        dataset: String,
    },
    /// The report cannot be written.
    #[error("{0}")]
    Write(StoreError),
    /// The figure cannot be drawn.
    #[error("cannot draw {figure}: {reason}. This is a bug in shiftbench; the tables are unharmed")]
    Draw {
        /// Name of the figure.
        figure: String,
        /// What the drawing library says.
        reason: String,
    },
}
