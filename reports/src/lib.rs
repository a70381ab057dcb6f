//! From the records of a run to what a reader compares: tables, a CSV file and a figure.
//!
//! [`Comparison::load`] reads a run folder; [`terminal()`], [`markdown()`], [`csv()`] and [`figure`] render
//! what it read, and [`write()`] puts all of it into the folder's `report/`. Every output is a function of
//! the records alone: no clock, no path, no order of files on disk.
//!
//! [`heat_map()`] draws one anomaly map over its picture; [`contact_sheet()`] puts many pictures on one sheet.
//!
//! Nothing is averaged away. A mean over categories needs every category; what is missing, failed or
//! undefined keeps its place in the table and is named below it.

mod ablation;
pub mod cases;
mod categories;
mod changes;
mod column;
mod comparison;
mod contact_sheet;
mod csv;
mod efficiency;
mod error;
mod excerpt;
pub mod figure;
mod group;
mod heat_map;
mod html;
mod latex;
mod markdown;
mod metric;
mod notes;
mod paper;
mod picture;
mod published;
mod score;
mod scores;
mod spread;
pub mod statistics;
mod table;
mod table_csv;
mod terminal;
mod write;

pub use changes::{Changes, changes};
pub use comparison::Comparison;
pub use contact_sheet::{Strip, contact_sheet};
pub use csv::csv;
pub use error::ReportError;
pub use group::{CellFile, FailedJob, Group, Hole, Outcome, Place, Row};
pub use heat_map::{Scale, heat_map};
pub use html::html;
pub use latex::{latex, latex_document};
pub use markdown::markdown;
pub use metric::Metric;
pub use paper::{Document, ReportFile, Section};
pub use picture::Picture;
pub use published::{Published, published};
pub use score::{Average, Estimate, Gap, Score, Spread};
pub use scores::{GroupScores, Scores};
pub use statistics::Statistics;
pub use table::{Entry, Kind, Line, Mark, Table};
pub use table_csv::table_csv;
pub use terminal::{terminal, terminal_of};
pub use write::{check_folder, write, write_folder};
