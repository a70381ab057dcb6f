//! The whole report in one file: it needs no network, no other file and no script to be read.
//!
//! Style and script are part of the page, pictures are `data:` addresses, and the page forbids itself to
//! load anything else. The script sorts and filters tables; without it they are plain tables.

mod cells;
mod finding;
mod images;
mod options;
mod protocol;
mod provenance;
mod state;
mod summary;
mod table;
mod words;

use super::interface::{Format, FormatEntry, ReportFile};
use crate::{Document, Group, ReportError, Section, Table};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use state::Tally;

const STYLE: &str = include_str!("../../../assets/report.css");
const SCRIPT: &str = include_str!("../../../assets/report.js");

/// What the page may load: nothing but what it holds.
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src \
                      'unsafe-inline'";

/// One page with everything in it.
pub struct Html;

inventory::submit! { FormatEntry(&Html) }

impl Format for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn table(&self, table: &Table) -> String {
        table::table(table, None, false).into_string()
    }

    fn files(&self, document: &Document<'_>) -> Result<Vec<ReportFile>, ReportError> {
        Ok(vec![("report.html".into(), html(document)?.into_bytes())])
    }
}

/// The report as one self-contained page. It depends on the records alone.
///
/// # Errors
/// When a figure cannot be drawn.
pub fn html(document: &Document<'_>) -> Result<String, ReportError> {
    let comparison = document.comparison;
    let sections = document.sections.iter().map(|section| data_set(document, section));
    let sections = sections.collect::<Result<Vec<Markup>, _>>()?;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (comparison.suite) " · shiftbench report" }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#summary" { "Skip to the summary" }
                (contents(document))
                main {
                    (summary::summary(document))
                    @for section in &sections { (section) }
                    (cells::chapter(comparison))
                    (protocol::chapter(comparison))
                    (provenance::chapter(comparison))
                }
                dialog #enlarged aria-label="Enlarged picture" {
                    form method="dialog" { button { "Close" } }
                    div.picture {}
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    Ok(page.into_string())
}

/// Where everything is.
fn contents(document: &Document<'_>) -> Markup {
    let holes = document.comparison.holes();
    html! {
        nav aria-label="Contents" {
            details open {
                summary { "Contents" }
                ol {
                    li { a href="#summary" { "Summary" } }
                    @for section in &document.sections {
                        li {
                            a href={ "#" (anchor(section)) } { (section.dataset) }
                            ol {
                                @for table in &section.tables {
                                    li { a href={ "#table-" (table.name()) } { (table.heading.short()) } }
                                }
                                @if !section.figures.is_empty() {
                                    li { a href={ "#" (anchor(section)) "-figures" } { "Figures" } }
                                }
                                @if !section.pictures.is_empty() {
                                    li { a href={ "#" (anchor(section)) "-pictures" } { "Heat maps" } }
                                }
                            }
                        }
                    }
                    li {
                        a href="#cells" { "Completeness" }
                        @if holes > 0 { " " span.hole { (holes) " not there" } }
                    }
                    li { a href="#protocol" { "Protocol and deviations" } }
                    li { a href="#provenance" { "Provenance" } }
                }
            }
        }
    }
}

/// What is shown of a data set.
fn data_set(document: &Document<'_>, section: &Section) -> Result<Markup, ReportError> {
    let group = group_of(document, section);
    let incomplete = group.is_some_and(|group| Tally::of(group).holes() > 0);
    let context = section.tables.first().map(|table| table.title.as_str());
    let figures = images::figures(section)?;
    Ok(html! {
        section id=(anchor(section)) {
            h2 { (section.dataset) }
            @if let Some(context) = context { p.context { (context) } }
            @for table in &section.tables { (table::table(table, context, incomplete)) }
            @if !section.figures.is_empty() {
                h3 id={ (anchor(section)) "-figures" } { "Figures" }
                (figures)
            }
            @if !section.pictures.is_empty() {
                h3 id={ (anchor(section)) "-pictures" } { "Heat maps" }
                (images::gallery(section))
            }
        }
    })
}

/// The results behind a section.
fn group_of<'a>(document: &Document<'a>, section: &Section) -> Option<&'a Group> {
    document.comparison.groups.iter().find(|group| group.dataset == section.dataset)
}

fn anchor(section: &Section) -> String {
    format!("data-{}", section.dataset.replace(char::is_whitespace, "-"))
}
