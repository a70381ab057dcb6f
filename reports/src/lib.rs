//! From the records of a run to what a reader compares: tables, figures and pictures.
//!
//! [`Comparison::load`] reads a run folder, [`table`] and [`figure`] show what it read, a [`Document`] holds all of it,
//! and [`mod@format`] writes that down in every format. [`write()`] puts an overview into the folder's `report/`. Every
//! output is a function of the records alone: no clock, no path, no order of files on disk.
//!
//! [`heat_map()`] draws one anomaly map over its picture; [`contact_sheet()`] puts many pictures on one sheet.
//!
//! Nothing is averaged away. A mean over categories needs every category; what is missing, failed or
//! undefined keeps its place in the table and is named below it.

mod changes;
mod document;
mod error;
pub mod figure;
pub mod format;
mod picture;
mod published;
mod result;
pub mod statistics;
pub mod table;
mod write;

pub use changes::{Changes, changes};
pub use document::{Document, Section};
pub use error::ReportError;
pub use format::{csv, html, latex, latex_document, markdown, table_csv, terminal, terminal_of};
pub use picture::{Picture, Scale, Strip, cases, contact_sheet, heat_map};
pub use published::{Citation, Paper, Published, published};
pub use result::{
    Average, CellFile, Comparison, Estimate, FailedJob, Gap, Group, GroupScores, Hole, Outcome, Place, Row,
    Scope, Score, Scores, Spread, Tested,
};
pub use statistics::Statistics;
pub use table::Table;
pub use write::{check_folder, write, write_folder};
