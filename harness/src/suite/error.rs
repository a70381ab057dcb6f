//! What can be wrong with a suite.

/// What is wrong with a suite, and where.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// A mistake in the file or in a `--set`.
    #[error("{place}: {message}")]
    At {
        /// `file:line:column`, or the `--set` argument.
        place: String,
        /// What is wrong, with a hint.
        message: String,
    },
    /// The file cannot be read.
    #[error("{path}: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why, and what would do.
        reason: String,
    },
}
