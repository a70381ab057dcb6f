//! Component ablation: what a method is made of beside what it reaches.

use crate::column::{Column, columns};
use crate::score::Average;
use crate::table::{Entry, Kind, Line, Mark, rank};
use crate::{Comparison, Group, Metric, Row, Score, Table, notes};
use harness::contract::options::Resolved;
use serde_json::Value;
use std::collections::BTreeSet;

/// More shifted conditions than this are shown as their mean.
const MOST_CONDITIONS: usize = 5;

/// Components, as recorded options switch them.
const COMPONENTS: [(&str, fn(&Resolved) -> bool); 6] = [
    ("views", |options| options["views"] == "clean_and_augmix" || on(options, "grey")),
    ("ATTA", |options| on(options, "alpha")),
    ("C_k", |options| on(options, "compensation")),
    ("views distilled", |options| on(options, "distill_augmented")),
    ("L_nor", |options| on(options, "normality")),
    ("DiIFi", |options| on(options, "invariant")),
];

/// Options that a method must have to be taken apart by them.
const OPTIONS: [&str; 7] =
    ["views", "grey", "alpha", "compensation", "distill_augmented", "normality", "invariant"];

/// Options that make it something else when they are on.
const OTHERS: [&str; 3] = ["mixing", "projection", "jigsaw"];

type Components = [bool; COMPONENTS.len()];

/// The methods that differ in these components, if there are two; `None` otherwise.
pub(crate) fn table(comparison: &Comparison, group: &Group) -> Option<Table> {
    let metric = Metric::DEFAULT;
    let rows: Vec<(usize, &Row, Components)> = (group.rows_in_order())
        .filter(|(_, row)| row.settings.is_empty())
        .filter_map(|(position, row)| Some((position, row, components(comparison, group, position)?)))
        .collect();
    let distinct: BTreeSet<&Components> = rows.iter().map(|(_, _, components)| components).collect();
    if distinct.len() < 2 {
        return None;
    }
    let few = group.shifted().len() <= MOST_CONDITIONS;
    let shown = |column: &Column| match column {
        Column::Condition(condition) => few || !group.shifted().contains(condition),
        Column::Average(average) => matches!(average, Average::All | Average::Ood),
    };
    let columns: Vec<Column> = columns(group, metric).into_iter().filter(shown).collect();
    let numbers: Vec<(Vec<Score>, Vec<Mark>)> = (columns.iter())
        .map(|column| {
            let scores: Vec<Score> = rows.iter().map(|(row, ..)| column.score(group, metric, *row)).collect();
            let marks = rank(metric, &scores);
            (scores, marks)
        })
        .collect();
    let lines = rows.iter().enumerate().map(|(line, (_, row, components))| Line {
        label: row.label(),
        kind: Kind::of(row),
        entries: (components.iter().map(|&has| check(has)))
            .chain(numbers.iter().map(|(scores, marks)| Entry::new(&scores[line], marks[line])))
            .collect(),
    });
    let names = COMPONENTS.iter().map(|(name, _)| (*name).to_owned());
    let headings = columns.iter().map(|column| column.heading(group));
    let shifted = columns.iter().filter(|column| match column {
        Column::Condition(condition) => group.shifted().contains(condition),
        Column::Average(_) => false,
    });
    let first = COMPONENTS.len() + usize::from(group.has_id());
    Some(Table {
        name: format!("{}-components", group.dataset),
        heading: format!("{}: {} in %, by component", group.dataset, metric.heading),
        title: notes::title(comparison, group),
        shifted: first..first + shifted.count(),
        header: std::iter::once("method".into()).chain(names).chain(headings).collect(),
        lines: lines.collect(),
        notes: notes::random_teacher(group).into_iter().chain([explanation()]).collect(),
    })
}

fn explanation() -> String {
    "Components as recorded with the trainings. views: consistency between clean and altered (AugMix, grey) views; \
     ATTA: test features mixed with a normal picture's; C_k: compensation branches; views distilled: altered views \
     take part in the distillation; L_nor: consistency of compensated normality; DiIFi: compensation tied to \
     invariant features."
        .into()
}

/// `None` for methods that are made of other things.
fn components(comparison: &Comparison, group: &Group, row: usize) -> Option<Components> {
    let (_, job) = comparison.jobs_of(group, row).next()?;
    let options = &job.method.options;
    let complete = OPTIONS.iter().all(|name| options.contains_key(*name));
    let pure = !OTHERS.iter().any(|name| on(options, name)) && options.get("views")? != "augmix";
    (complete && pure).then(|| COMPONENTS.map(|(_, has)| has(options)))
}

/// Whether an option switches something on: not `false`, none or a weight of 0.
fn on(options: &Resolved, name: &str) -> bool {
    match options.get(name) {
        None | Some(Value::Null) => false,
        Some(Value::Bool(on)) => *on,
        Some(Value::String(word)) => word != "none",
        Some(value) => value.as_f64() != Some(0.0),
    }
}

fn check(has: bool) -> Entry {
    Entry {
        text: if has { "✓".into() } else { String::new() }, value: None, spread: None, mark: Mark::None
    }
}
