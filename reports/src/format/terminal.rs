//! Tables for a terminal.

use super::interface::{Format, FormatEntry, ReportFile};
use super::shown::Shown;
use crate::published::Citation;
use crate::table::{Entry, Kind, Line, METHOD, Mark, Table};
use crate::{Comparison, Document, ReportError};
use harness::contract::text::{line as line_of, name};
use harness::metrics::Metric;
use std::iter::once;
use tabled::builder::Builder;
use tabled::settings::object::{Columns, Object, Rows};
use tabled::settings::style::HorizontalLine;
use tabled::settings::themes::Theme;
use tabled::settings::{Alignment, Style};

/// Of the text round a table, in characters.
const WIDTH: usize = 100;

/// More shifted conditions than this do not fit beside each other.
const MOST_CONDITIONS: usize = 8;

/// With lines drawn in Unicode. A terminal has no files.
pub struct Terminal;

inventory::submit! { FormatEntry(&Terminal) }

impl Format for Terminal {
    fn name(&self) -> &'static str {
        "terminal"
    }

    fn table(&self, table: &Table) -> String {
        render(table)
    }

    fn files(&self, _: &Document<'_>) -> Result<Vec<ReportFile>, ReportError> {
        Ok(Vec::new())
    }
}

/// The table papers print, one per data set, with its notes.
pub fn terminal(comparison: &Comparison) -> String {
    terminal_of(comparison, Metric::DEFAULT)
}

/// The same of any metric. The spread over reference images follows image AUROC alone.
pub fn terminal_of(comparison: &Comparison, metric: &'static Metric) -> String {
    let tables = comparison.groups.iter().flat_map(|group| {
        let spread = Table::over_references(comparison, group).filter(|_| metric == Metric::DEFAULT);
        once(Table::new(comparison, group, metric)).chain(spread)
    });
    tables.map(|table| render(&table)).collect::<Vec<_>>().join("\n")
}

/// One table with its notes.
fn render(table: &Table) -> String {
    let single = table.columns.iter().filter(|column| column.is_single()).count();
    let crowded = single > MOST_CONDITIONS;
    let shown = |column: usize| !(crowded && table.columns[column].is_single());
    let columns = || (0..table.columns.len()).filter(|&column| shown(column));
    let mut builder = Builder::default();
    let headings = columns().map(|column| heading_lines(&name(&table.columns[column].title())));
    builder.push_record(once(METHOD.to_owned()).chain(headings));
    for line in &table.lines {
        let entries = columns().map(|column| entry(&line.entries[column]));
        builder.push_record(once(label(line)).chain(entries));
    }
    let mut grid = builder.build();
    grid.with(theme(table)).modify(Columns::new(1..).intersect(Rows::new(..)), Alignment::right());
    let mut text =
        format!("{}\n{}{grid}\n", line_of(&table.heading.full()), wrapped(&line_of(&table.title), ""));
    if table.is_ranked() {
        text += "  * best of its column, ° second best, trivial baselines included.\n";
    }
    if table.lines.iter().any(|line| matches!(line.kind, Kind::Published(_))) {
        text += "  ┊ published numbers, not ranked, and measured less published.\n";
    }
    if crowded {
        text += &format!("  The {single} shifted conditions are in report/table.md.\n");
    }
    table.notes.iter().for_each(|note| text += &wrapped(&line_of(note), "  "));
    text
}

/// What papers print stands back behind what was measured, right under it. Where a method and its paper are named,
/// the paper's first word must do.
fn label(line: &Line) -> String {
    match &line.kind {
        Kind::Measured | Kind::Baseline => name(&line.method).into_owned(),
        Kind::Published(Citation { method: Some(method), paper }) => format!("┊ {method}, {}", paper.name),
        Kind::Published(citation) => format!("┊ {citation}"),
        Kind::Difference { .. } => format!("┊   {}", line.short_label()),
    }
}

/// Long headings in lines: a column should be no wider than its numbers. The blank is the mark's.
fn heading_lines(heading: &str) -> String {
    let lines =
        if heading.len() > 10 { heading.replace('+', "+ \n").replace('_', "_ \n") } else { heading.into() };
    lines + " "
}

/// In lines of at most [`WIDTH`] characters, where words allow, each after `indent`.
pub(crate) fn wrapped(text: &str, indent: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                *line += " ";
                *line += word;
            }
            _ => lines.push(format!("{indent}{word}")),
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The mark takes the place of a blank, so that numbers stay under each other.
fn entry(entry: &Entry) -> String {
    let mark = match entry.mark {
        Mark::None => ' ',
        Mark::Best => '*',
        Mark::Second => '°',
    };
    format!("{}{mark}", Shown::of(&entry.value))
}

/// Rules round the table and under the header, and a dashed one above the trivial baselines.
fn theme(table: &Table) -> Theme {
    let mut theme = Theme::from_style(Style::rounded());
    let baselines = table.lines.iter().filter(|line| line.kind == Kind::Baseline).count();
    if (1..table.lines.len()).contains(&baselines) {
        let rule = HorizontalLine::new('╌').left('├').right('┤').intersection('┼');
        theme.insert_horizontal_line(table.lines.len() - baselines + 1, rule);
    }
    theme
}
