//! What a format of reports can do.

use crate::{Document, ReportError, Table};

/// A file of a report: its path below the report's folder, and its bytes.
pub type ReportFile = (String, Vec<u8>);

/// A form of tables and reports. What cells hold becomes text here and nowhere else.
pub trait Format: Sync {
    /// What it is called, such as `markdown`.
    fn name(&self) -> &'static str;

    /// One table, with what stands above and below it.
    fn table(&self, table: &Table) -> String;

    /// The files of a whole report. They depend on the records alone.
    ///
    /// # Errors
    /// When a figure cannot be drawn.
    fn files(&self, document: &Document<'_>) -> Result<Vec<ReportFile>, ReportError>;
}

/// A registered format.
pub struct FormatEntry(pub &'static dyn Format);

inventory::collect!(FormatEntry);

/// Every format, sorted by name.
pub fn all() -> Vec<&'static dyn Format> {
    let mut formats: Vec<_> = inventory::iter::<FormatEntry>.into_iter().map(|entry| entry.0).collect();
    formats.sort_by_key(|format| format.name());
    formats
}
