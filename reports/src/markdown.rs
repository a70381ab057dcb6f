//! Tables in Markdown.

use crate::{Document, Entry, Kind, Mark, Table};
use harness::contract::text;

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
    let mut text = format!("\n### {}\n\n{}\n\n", escape(&table.heading), escape(&table.title));
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    text += &row(table.header.iter().map(|cell| name(cell)).collect());
    text += &format!("|:---|{}\n", "---:|".repeat(table.header.len() - 1));
    for (position, line) in table.lines.iter().enumerate() {
        if line.kind == Kind::Baseline && position > 0 && table.lines[position - 1].kind != Kind::Baseline {
            let mut cells = vec![String::new(); table.header.len()];
            cells[0] = "*trivial baselines*".into();
            text += &row(cells);
        }
        let label = match line.kind {
            Kind::Measured | Kind::Baseline => name(&line.label),
            Kind::Published | Kind::Difference => format!("*{}*", escape(&line.label)),
        };
        text += &row(std::iter::once(label).chain(line.entries.iter().map(entry)).collect());
    }
    text.push('\n');
    if table.lines.iter().flat_map(|line| &line.entries).any(|entry| entry.mark != Mark::None) {
        text +=
            "- **bold**: best of its column, <u>underlined</u>: second best, trivial baselines included.\n";
    }
    table.notes.iter().for_each(|note| text += &format!("- {}\n", escape(note)));
    text
}

fn entry(entry: &Entry) -> String {
    let text = escape(&entry.text);
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
