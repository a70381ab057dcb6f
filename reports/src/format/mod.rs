//! Formats of tables and reports: a file or folder each, which registers itself.

mod csv;
mod html;
mod interface;
mod latex;
mod markdown;
mod shown;
mod terminal;

pub use csv::{Csv, csv, table_csv};
pub use html::{Html, html};
pub use interface::{Format, FormatEntry, ReportFile, all};
pub use latex::{Latex, latex, latex_document};
pub use markdown::{Markdown, markdown};
pub use terminal::{Terminal, terminal, terminal_of};

pub(crate) use terminal::wrapped;

use crate::{Document, ReportError};

/// The files of a report in every format that has files, and its figures and pictures.
///
/// # Errors
/// When a figure cannot be drawn.
pub fn files(document: &Document<'_>) -> Result<Vec<ReportFile>, ReportError> {
    let mut files = Vec::new();
    for format in all() {
        files.extend(format.files(document)?);
    }
    for section in &document.sections {
        for figure in &section.figures {
            files.push((format!("figures/{}.png", figure.name), figure.png()?));
            files.push((format!("figures/{}.svg", figure.name), figure.svg()?.into_bytes()));
        }
        for picture in &section.pictures {
            files.push((format!("pictures/{}.png", picture.name), picture.png.clone()));
        }
    }
    Ok(files)
}
