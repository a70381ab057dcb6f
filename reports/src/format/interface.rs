//! What a format of reports can do.

use crate::{Document, ReportError, Table};

/// A file of a report: its path below the report's folder, and its bytes.
pub type ReportFile = (String, Vec<u8>);

/// A form of tables and reports. What cells hold becomes text here and nowhere else.
pub trait Format: Sync {
    /// One table, with what stands above and below it.
    fn table(&self, table: &Table) -> String;

    /// The files of a whole report. They depend on the records alone.
    ///
    /// # Errors
    /// When a figure cannot be drawn.
    fn files(&self, document: &Document<'_>) -> Result<Vec<ReportFile>, ReportError>;
}
