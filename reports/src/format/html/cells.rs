//! What was run, and what is not there: a matrix of methods and conditions, and a list of reasons.

use super::state::{State, Tally};
use super::table::breakable;
use super::words::count;
use crate::result::one_line;
use crate::{Comparison, Group, Outcome, Place};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Every result that should be there, over all data sets.
pub(super) fn tally(comparison: &Comparison) -> Tally {
    comparison.groups.iter().map(Tally::of).fold(Tally::default(), Tally::plus)
}

/// The chapter.
pub(super) fn chapter(comparison: &Comparison) -> Markup {
    html! {
        section #cells {
            h2 { "Completeness" }
            p {
                "A result is one method tested under one condition: of one category, with one seed and, for \
                 methods that keep reference images, with one of them. A number of a table is a mean over \
                 such results; where one of them is not there, neither is the mean."
            }
            @for group in &comparison.groups { (data_set(group)) }
        }
    }
}

fn data_set(group: &Group) -> Markup {
    let tally = Tally::of(group);
    let complete = tally.holes() == 0;
    html! {
        h3 { (group.dataset) }
        @if complete {
            p.complete { "✓ All " (count(tally.planned(), "result")) " are there." }
        } @else {
            p.hole { "✗ " (tally.done()) " of " (count(tally.planned(), "result")) " are there: " (tally.words()) "." }
        }
        details open[!complete] {
            summary { "Results per method and condition" }
            (matrix(group))
        }
        @if !complete { (reasons(group)) }
    }
}

fn matrix(group: &Group) -> Markup {
    let conditions = 0..group.conditions.len();
    html! {
        div.scroll tabindex="0" role="region" aria-label={ "Results of " (group.dataset) } {
            table.matrix {
                thead {
                    tr {
                        th scope="col" { "method" }
                        @for condition in conditions.clone() { th scope="col" { (breakable(group.conditions[condition].heading())) } }
                    }
                }
                tbody {
                    @for (row, of) in group.rows_in_order() {
                        tr {
                            th scope="row" { (of.label()) }
                            @for condition in conditions.clone() {
                                (cell(&Tally::over(group, places(group, row, condition))))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn places(group: &Group, row: usize, condition: usize) -> impl Iterator<Item = Place> {
    let seeds = group.rows[row].seeds.iter();
    seeds.flat_map(move |&seed| group.places_of(row, condition, seed))
}

fn cell(tally: &Tally) -> Markup {
    match tally.holes() {
        0 => html! { td.done { "✓ " (tally.planned()) } },
        _ => {
            html! { td.hole { "✗ " (tally.done()) " of " (tally.planned()) span.words { (tally.words()) } } }
        }
    }
}

/// What is not there, by job and state: the cells, and the reason.
fn reasons(group: &Group) -> Markup {
    let mut found: BTreeMap<(State, &str, String), Vec<String>> = BTreeMap::new();
    for place in group.places() {
        let state = State::of(group, &place);
        let reason = match group.cells.get(&place) {
            Some(Outcome::Done(_)) => continue,
            Some(Outcome::Failed(failure)) => one_line(failure),
            Some(Outcome::Hole(_)) | None => state.explanation().into(),
        };
        match group.files.get(&place) {
            Some(file) => found.entry((state, &file.job, reason)).or_default().push(file.cell.clone()),
            None => {
                let method = group.rows[place.row].label();
                let condition = group.conditions[place.condition].heading();
                let cell = format!("{method} under {condition}, {}", group.categories[place.category]);
                found.entry((state, "", reason)).or_default().push(cell);
            }
        }
    }
    html! {
        h4 { "What is not there, and why" }
        ul.reasons {
            @for ((state, job, reason), cells) in found.iter().rev() {
                li {
                    strong.hole { (state.word()) } " "
                    @if !job.is_empty() { code { (job) } ": " }
                    (cells.join(", ")) ". "
                    span.reason { (reason) }
                }
            }
        }
    }
}
