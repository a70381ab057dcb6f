//! A table as the page shows it. What the script needs stands in `data-` attributes.

use crate::{Entry, Kind, Line, Mark, Table};
use maud::{Markup, html};

/// The table. `context` is the title that its section shows already; `incomplete` says that results of its
/// data set are missing, so that a dash is a hole.
pub(super) fn table(table: &Table, context: Option<&str>, incomplete: bool) -> Markup {
    let marked = table.lines.iter().flat_map(|line| &line.entries).any(|entry| entry.mark != Mark::None);
    html! {
        article.table id={ "table-" (table.name) } {
            h3 { (table.heading) }
            @if context != Some(table.title.as_str()) { p.context { (table.title) } }
            div.scroll tabindex="0" role="region" aria-label=(table.heading) {
                table.sortable {
                    thead {
                        tr { @for heading in &table.header { th scope="col" { (breakable(heading)) } } }
                    }
                    @for block in blocks(&table.lines) {
                        @let baselines = block[0].kind == Kind::Baseline;
                        tbody.baselines[baselines] {
                            @if baselines {
                                tr.divider { th scope="rowgroup" { "trivial baselines" } td colspan=(table.header.len() - 1) {} }
                            }
                            @for line in block { (row(line, incomplete)) }
                        }
                    }
                }
            }
            ul.notes {
                @if marked {
                    li { strong.best { "Bold" } ": best of its column, " u.second { "underlined" } ": second best, trivial baselines included." }
                }
                @for note in &table.notes { li { (note) } }
            }
        }
    }
}

/// A heading that breaks after words and underscores, so that columns stay narrow, but not within
/// `contrast-3`.
pub(super) fn breakable(name: &str) -> Markup {
    html! {
        @for (position, part) in name.split_inclusive(['_', ' ', '+']).enumerate() {
            @if position > 0 { wbr; }
            span.whole { (part) }
        }
    }
}

/// Lines that are sorted together: trivial baselines stay apart.
fn blocks(lines: &[Line]) -> impl Iterator<Item = &[Line]> {
    lines.chunk_by(|a, b| (a.kind == Kind::Baseline) == (b.kind == Kind::Baseline))
}

fn row(line: &Line, incomplete: bool) -> Markup {
    let (kind, tag) = match line.kind {
        Kind::Measured => ("measured", None),
        Kind::Baseline => ("baseline", None),
        Kind::Published => ("published", Some("published")),
        Kind::Difference => ("difference", Some("difference")),
    };
    html! {
        tr data-kind=(kind) data-name=(line.label) {
            th scope="row" {
                // The tag says it.
                (line.label.strip_prefix("published: ").unwrap_or(&line.label))
                @if let Some(tag) = tag { " " span.tag { (tag) } }
            }
            @for entry in &line.entries { (cell(entry, line.kind, incomplete)) }
        }
    }
}

fn cell(entry: &Entry, kind: Kind, incomplete: bool) -> Markup {
    let value = entry.value.map(|value| value.to_string());
    let content = match entry.mark {
        Mark::Best => html! { strong.best { (entry.text) } },
        Mark::Second => html! { u.second { (entry.text) } },
        Mark::None if kind == Kind::Difference => difference(entry),
        Mark::None => html! { (entry.text) },
    };
    match gap(entry, kind, incomplete) {
        Some((class, words)) => {
            html! { td class={ "hole " (class) } title=(words) { (content) span.unseen { " (" (words) ")" } } }
        }
        None => html! { td data-value=[value] { (content) } },
    }
}

/// What a cell without a number stands for: its class, and words for those who do not see it.
fn gap(entry: &Entry, kind: Kind, incomplete: bool) -> Option<(&'static str, &'static str)> {
    let measured = matches!(kind, Kind::Measured | Kind::Baseline);
    match entry.text.as_str() {
        _ if entry.value.is_some() || !measured => None,
        "failed" => Some(("failed", "a job failed")),
        "undef." => Some(("undefined", "undefined on these images")),
        "—" if incomplete => Some(("missing", "results are missing")),
        _ => None,
    }
}

/// Signed, and with an arrow, so that no colour is needed to tell more from less.
fn difference(entry: &Entry) -> Markup {
    let (class, arrow) = match entry.value {
        Some(value) if value > 0.0 => ("more", "▲"),
        Some(value) if value < 0.0 => ("less", "▼"),
        _ => return html! { (entry.text) },
    };
    let unsigned = class == "more" && entry.text.starts_with(|first: char| first.is_ascii_digit());
    html! {
        span class=(class) { span aria-hidden="true" { (arrow) "\u{a0}" } @if unsigned { "+" } (entry.text) }
    }
}
