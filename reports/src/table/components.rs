//! Component ablation: what a method is made of beside what it reaches.

use super::column::Column;
use super::content::{Heading, Table, TableKind};
use super::line::{Kind, Line};
use super::notes;
use super::rank::rank;
use super::value::{Entry, Mark, Value as Held};
use crate::result::random_teacher;
use crate::{Average, Comparison, Group, Row, Scope, Score};
use harness::contract::options::Resolved;
use harness::metrics::Metric;
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
    let rows: Vec<(usize, &Row, Components)> = group
        .methods()
        .filter_map(|(position, row)| Some((position, row, components(comparison, group, position)?)))
        .collect();
    let distinct: BTreeSet<&Components> = rows.iter().map(|(_, _, components)| components).collect();
    if distinct.len() < 2 {
        return None;
    }
    let few = group.shifted().len() <= MOST_CONDITIONS;
    let shown = |scope: &Scope| match scope {
        Scope::Condition(condition) => few || !group.shifted().contains(condition),
        Scope::Average(average) => matches!(average, Average::All | Average::Ood),
    };
    let scopes: Vec<Scope> = Scope::all(group, metric).into_iter().filter(shown).collect();
    let numbers: Vec<(Vec<Score>, Vec<Mark>)> = (scopes.iter())
        .map(|scope| {
            let scores: Vec<Score> = rows.iter().map(|(row, ..)| scope.score(group, metric, *row)).collect();
            let marks = rank(metric, &scores);
            (scores, marks)
        })
        .collect();
    let lines = rows.iter().enumerate().map(|(line, (_, row, components))| Line {
        method: row.label(),
        kind: Kind::of(row),
        entries: (components.iter().map(|&has| Held::Check(has).into()))
            .chain(
                numbers.iter().map(|(scores, marks)| Entry { value: scores[line].into(), mark: marks[line] }),
            )
            .collect(),
    });
    let names = COMPONENTS.iter().map(|(name, _)| Column::fact(name));
    Some(Table {
        kind: TableKind::Components,
        heading: Heading::percent(&group.dataset, metric.heading, ", by component"),
        title: notes::title(comparison, group),
        columns: names.chain(scopes.iter().map(|scope| Column::of(*scope, group))).collect(),
        lines: lines.collect(),
        notes: random_teacher(group).into_iter().chain([explanation()]).collect(),
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
