//! Why a suite cannot be planned.

use crate::contract::error::{DataError, DetectorError};

/// Why a suite cannot be planned.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A data set is missing or unusable.
    #[error("data set {dataset}: {source}")]
    Data {
        /// Data set name.
        dataset: String,
        /// What is wrong.
        source: DataError,
    },
    /// Pretrained weights are missing.
    #[error("{0}")]
    Weights(String),
    /// What a method runs beside this program cannot be read.
    #[error("method '{0}': {1}")]
    Outside(String, DetectorError),
    /// The suite names a category that the data do not have.
    #[error("{0}")]
    Category(String),
    /// A filter names something the suite does not have.
    #[error("{0}")]
    Filter(String),
    /// There is more to do than anybody can wait for.
    #[error("{0}")]
    TooLarge(String),
    /// Nothing is left to do.
    #[error("nothing selected: the filters leave no job of suite {0}")]
    Nothing(String),
}
