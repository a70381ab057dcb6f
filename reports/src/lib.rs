//! From the records of a run to what a reader compares: tables, a CSV file and a figure.
//!
//! [`Comparison::load`] reads a run folder; [`terminal()`], [`markdown()`], [`csv()`] and [`figure`] render
//! what it read, and [`write()`] puts all of it into the folder's `report/`. Every output is a function of
//! the records alone: no clock, no path, no order of files on disk.
//!
//! [`heat_map`] draws one anomaly map over its picture; [`contact_sheet()`] puts many pictures on one sheet.
//!
//! Nothing is averaged away. A mean over categories needs every category; what is missing, failed or
//! undefined keeps its place in the table and is named below it.

pub mod cases;
mod caution;
mod changes;
mod comparison;
mod contact_sheet;
mod document;
mod error;
mod excerpt;
pub mod figure;
pub mod format;
mod group;
mod heat_map;
mod metric;
mod picture;
mod published;
mod scope;
mod score;
mod scores;
pub mod statistics;
pub mod table;
mod write;

pub use changes::{Changes, changes};
pub use comparison::Comparison;
pub use contact_sheet::{Strip, contact_sheet};
pub use document::{Document, Section};
pub use error::ReportError;
pub use format::{csv, html, latex, latex_document, markdown, table_csv, terminal, terminal_of};
pub use group::{CellFile, FailedJob, Group, Hole, Outcome, Place, Row, Tested};
pub use heat_map::{Scale, heat_map};
pub use metric::{Direction, Metric};
pub use picture::Picture;
pub use published::{Citation, Paper, Published, published};
pub use scope::Scope;
pub use score::{Average, Estimate, Gap, Score, Spread};
pub use scores::{GroupScores, Scores};
pub use statistics::Statistics;
pub use table::Table;
pub use write::{check_folder, write, write_folder};
