//! Tables in Markdown.

use crate::{Comparison, Entry, Kind, Mark, Metric, Table, figure};

/// Every reported metric of every data set, as far as anything defines it, and its figure as written
/// beside it.
pub fn markdown(comparison: &Comparison) -> String {
    let mut text = format!("# {}\n", comparison.suite);
    for group in &comparison.groups {
        text += &format!("\n## {}\n", escape(&group.dataset));
        if figure::in_overview(group) {
            let name = &group.dataset;
            text += &format!("\n![image AUROC of every method under every condition]({name}-auroc.png)\n");
        }
        for metric in Metric::REPORTED {
            if metric == Metric::DEFAULT || Table::has_numbers(group, metric) {
                text += &render(&Table::new(comparison, group, metric));
            }
            let spread = Table::over_references(comparison, group).filter(|_| metric == Metric::DEFAULT);
            spread.iter().for_each(|spread| text += &render(spread));
        }
    }
    text
}

fn render(table: &Table) -> String {
    let mut text = format!("\n### {}\n\n{}\n\n", escape(&table.heading), escape(&table.title));
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    text += &row(table.header.iter().map(|cell| escape(cell)).collect());
    text += &format!("|:---|{}\n", "---:|".repeat(table.header.len() - 1));
    for (position, line) in table.lines.iter().enumerate() {
        if line.kind == Kind::Baseline && position > 0 && table.lines[position - 1].kind != Kind::Baseline {
            let mut cells = vec![String::new(); table.header.len()];
            cells[0] = "*trivial baselines*".into();
            text += &row(cells);
        }
        text += &row(std::iter::once(escape(&line.label)).chain(line.entries.iter().map(entry)).collect());
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
    match entry.mark {
        Mark::None => entry.text.clone(),
        Mark::Best => format!("**{}**", entry.text),
        Mark::Second => format!("<u>{}</u>", entry.text),
    }
}

/// Keeps Markdown from reading names and messages as markup.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        if matches!(character, '|' | '*' | '_' | '<' | '`' | '[' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
