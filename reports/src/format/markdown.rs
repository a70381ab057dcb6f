//! Tables in Markdown.

use super::interface::{Format, FormatEntry, ReportFile};
use super::shown::Shown;
use crate::table::{Entry, Kind, METHOD, Mark, Table};
use crate::{Document, ReportError};
use harness::contract::text;
use std::iter::once;

/// As GitHub shows it.
pub struct Markdown;

inventory::submit! { FormatEntry(&Markdown) }

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn table(&self, table: &Table) -> String {
        render(table)
    }

    fn files(&self, document: &Document<'_>) -> Result<Vec<ReportFile>, ReportError> {
        Ok(vec![("tables.md".into(), markdown(document, "figures/").into_bytes())])
    }
}

/// Every table of every section, after the section's figures, which lie in `figures` (`figures/`, or empty for
/// beside the text).
pub fn markdown(document: &Document<'_>, figures: &str) -> String {
    let mut text = format!("# {}\n", name(&document.comparison.suite));
    for section in &document.sections {
        text += &format!("\n## {}\n", name(&section.dataset));
        for figure in &section.figures {
            text += &format!("\n![{}]({figures}{}.png)\n", escape(&figure.caption), figure.name);
        }
        section.tables.iter().for_each(|table| text += &render(table));
    }
    text
}

fn render(table: &Table) -> String {
    let mut text = format!("\n### {}\n\n{}\n\n", escape(&table.heading.full()), escape(&table.title));
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let titles = table.columns.iter().map(|column| name(&column.title()));
    text += &row(once(METHOD.into()).chain(titles).collect());
    text += &format!("|:---|{}\n", "---:|".repeat(table.columns.len()));
    for (position, line) in table.lines.iter().enumerate() {
        if line.kind == Kind::Baseline && position > 0 && table.lines[position - 1].kind != Kind::Baseline {
            let mut cells = vec![String::new(); table.columns.len() + 1];
            cells[0] = "*trivial baselines*".into();
            text += &row(cells);
        }
        let label =
            if line.kind.measured() { name(&line.method) } else { format!("*{}*", escape(&line.label())) };
        text += &row(once(label).chain(line.entries.iter().map(entry)).collect());
    }
    text.push('\n');
    if table.is_ranked() {
        text +=
            "- **bold**: best of its column, <u>underlined</u>: second best, trivial baselines included.\n";
    }
    table.notes.iter().for_each(|note| text += &format!("- {}\n", escape(note)));
    text
}

fn entry(entry: &Entry) -> String {
    let text = escape(&Shown::of(&entry.value).to_string());
    match entry.mark {
        Mark::None => text,
        Mark::Best => format!("**{text}**"),
        Mark::Second => format!("<u>{text}</u>"),
    }
}

/// A name, with nothing in it that acts.
fn name(name: &str) -> String {
    escape(&text::name(name))
}

/// Keeps Markdown from reading names and messages as markup.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text::line(text).chars() {
        if matches!(character, '|' | '*' | '_' | '<' | '`' | '[' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
