//! Comma-separated values: every number of every record, and every table.

mod records;
mod table;

pub use records::csv;
pub use table::table_csv;

use super::interface::{Format, FormatEntry, ReportFile};
use crate::{Document, ReportError, Table};

/// As spreadsheets and data frames read it.
pub struct Csv;

inventory::submit! { FormatEntry(&Csv) }

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn table(&self, table: &Table) -> String {
        table_csv(table)
    }

    fn files(&self, document: &Document<'_>) -> Result<Vec<ReportFile>, ReportError> {
        let tables = document.sections.iter().flat_map(|section| &section.tables);
        let tables =
            tables.map(|table| (format!("tables/{}.csv", table.name()), table_csv(table).into_bytes()));
        Ok(tables.chain([("results.csv".into(), csv(document.comparison).into_bytes())]).collect())
    }
}
