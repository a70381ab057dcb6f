//! A table as the page shows it. What the script needs stands in `data-` attributes.

use crate::Gap;
use crate::format::shown::Shown;
use crate::table::{Entry, Kind, Line, METHOD, Mark, Table, Value};
use maud::{Markup, html};

/// The table. `context` is the title that its section shows already; `incomplete` says that results of its
/// data set are missing, so that a dash is a hole.
pub(super) fn table(table: &Table, context: Option<&str>, incomplete: bool) -> Markup {
    let heading = table.heading.full();
    html! {
        article.table id={ "table-" (table.name()) } {
            h3 { (heading) }
            @if context != Some(table.title.as_str()) { p.context { (table.title) } }
            div.scroll tabindex="0" role="region" aria-label=(heading) {
                table.sortable {
                    thead {
                        tr {
                            th scope="col" { (breakable(METHOD)) }
                            @for column in &table.columns { th scope="col" { (breakable(&column.title())) } }
                        }
                    }
                    @for block in blocks(&table.lines) {
                        @let baselines = block[0].kind == Kind::Baseline;
                        tbody.baselines[baselines] {
                            @if baselines {
                                tr.divider { th scope="rowgroup" { "trivial baselines" } td colspan=(table.columns.len()) {} }
                            }
                            @for line in block { (row(line, incomplete)) }
                        }
                    }
                }
            }
            ul.notes {
                @if table.is_ranked() {
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
    let tag = (!line.kind.measured()).then(|| line.kind.word());
    // The tag says that it is published.
    let label = match &line.kind {
        Kind::Published(citation) => citation.to_string(),
        _ => line.label(),
    };
    html! {
        tr data-kind=(line.kind.word()) data-name=(line.label()) {
            th scope="row" {
                (label)
                @if let Some(tag) = tag { " " span.tag { (tag) } }
            }
            @for entry in &line.entries { (cell(entry, incomplete)) }
        }
    }
}

fn cell(entry: &Entry, incomplete: bool) -> Markup {
    let text = Shown::of(&entry.value);
    let content = match (entry.mark, &entry.value) {
        (Mark::Best, _) => html! { strong.best { (text.to_string()) } },
        (Mark::Second, _) => html! { u.second { (text.to_string()) } },
        (Mark::None, Value::Difference(value)) => difference(*value, &text),
        (Mark::None, _) => html! { (text.to_string()) },
    };
    match gap(&entry.value, incomplete) {
        Some((class, words)) => {
            html! { td class={ "hole " (class) } title=(words) { (content) span.unseen { " (" (words) ")" } } }
        }
        None => {
            let value = entry.value.number().map(|value| value.to_string());
            html! { td data-value=[value] { (content) } }
        }
    }
}

/// What a cell without a result stands for: its class, and words for those who do not see it.
fn gap(value: &Value, incomplete: bool) -> Option<(&'static str, &'static str)> {
    match value {
        Value::Gap(Gap::Failed) => Some(("failed", "a job failed")),
        Value::Gap(Gap::Undefined) => Some(("undefined", "undefined on these images")),
        Value::Gap(Gap::Missing) if incomplete => Some(("missing", "results are missing")),
        _ => None,
    }
}

/// Signed, and with an arrow, so that no colour is needed to tell more from less.
fn difference(value: f64, text: &Shown) -> Markup {
    let (class, arrow) = match value {
        more if more > 0.0 => ("more", "▲"),
        less if less < 0.0 => ("less", "▼"),
        _ => return html! { (text.to_string()) },
    };
    // What is more by less than is shown.
    let unsigned = class == "more" && matches!(text, Shown::Number(number, _) if !number.has_sign());
    html! {
        span class=(class) { span aria-hidden="true" { (arrow) "\u{a0}" } @if unsigned { "+" } (text.to_string()) }
    }
}
