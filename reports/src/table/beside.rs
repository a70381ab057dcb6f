//! Published lines under measured ones, the difference between them, and what a reader must know about it.

use super::line::{Kind, Line, UNLIKE};
use super::value::{Entry, Value};
use crate::published::{deviations, sources};
use crate::{Comparison, Group, Scope};
use harness::metrics::Metric;

/// A difference line's label, and in what its two sides were measured otherwise.
type Unlike = (String, Vec<String>);

/// Puts what papers print under each of `lines`, one per position in `rows` (measured, ranked and with an entry
/// for each of `scopes`), and gives the notes that this asks for.
///
/// Only a method with its own test-time options has a published counterpart.
pub(super) fn stand_beside(
    comparison: &Comparison,
    group: &Group,
    metric: &Metric,
    scopes: &[Scope],
    rows: &[usize],
    lines: Vec<Line>,
) -> (Vec<Line>, Vec<String>) {
    let mut beside = Vec::new();
    let mut unlike: Vec<Unlike> = Vec::new();
    let mut any = false;
    for (&row, line) in rows.iter().zip(lines) {
        let measured: Vec<Option<f64>> = line.entries.iter().map(|entry| entry.value.number()).collect();
        beside.push(line);
        if !group.rows[row].settings.is_empty() {
            continue;
        }
        for source in sources(comparison.dataset(group), comparison.plugin(group, row), metric.name) {
            let values: Vec<Option<f64>> =
                scopes.iter().map(|scope| source.value(*scope, group, metric)).collect();
            if values.iter().all(Option::is_none) {
                continue;
            }
            any = true;
            beside.push(Line {
                method: group.rows[row].label(),
                kind: Kind::Published(source.citation.clone()),
                entries: values.iter().map(|value| entry(*value, Value::Printed)).collect(),
            });
            let differences = measured.iter().zip(&values).map(|(a, b)| Some((*a)? - (*b)?));
            let differences: Vec<Option<f64>> = differences.collect();
            if differences.iter().all(Option::is_none) {
                continue;
            }
            let deviations = deviations(comparison, group, row, &source.paper);
            let kind = |unlike| Kind::Difference { from: source.citation.clone(), unlike };
            let mut line = Line {
                method: group.rows[row].label(),
                kind: kind(false),
                entries: differences.into_iter().map(|value| entry(value, Value::Difference)).collect(),
            };
            if !deviations.is_empty() {
                unlike.push((line.label(), deviations));
                line.kind = kind(true);
            }
            beside.push(line);
        }
    }
    (beside, if any { notes(&unlike) } else { Vec::new() })
}

/// Never ranked: a printed number is not one of this run.
fn entry(value: Option<f64>, kind: fn(f64) -> Value) -> Entry {
    Value::or(value, kind, Value::Blank).into()
}

/// What all marked differences share is said once, the rest by line.
fn notes(unlike: &[Unlike]) -> Vec<String> {
    let mut notes = vec![
        "published: as printed in the paper named, never ranked; how many runs it is a mean of is not stated. \
         Differences are measured less published."
            .into(),
    ];
    let Some((_, first)) = unlike.first() else { return notes };
    let everywhere = |deviation: &&String| unlike.iter().all(|(_, of)| of.contains(deviation));
    let common: Vec<&String> = first.iter().filter(everywhere).collect();
    if !common.is_empty() {
        notes.push(format!("{UNLIKE} not measured as published: {}.", join(&common)));
    }
    let mut rest: Vec<(Vec<&String>, Vec<&str>)> = Vec::new();
    for (label, deviations) in unlike {
        let own: Vec<&String> = deviations.iter().filter(|deviation| !common.contains(deviation)).collect();
        if own.is_empty() {
            continue;
        }
        match rest.iter_mut().find(|(known, _)| *known == own) {
            Some((_, labels)) => labels.push(label),
            None => rest.push((own, vec![label])),
        }
    }
    let also = if common.is_empty() { "not measured as published" } else { "also" };
    notes.extend(
        rest.iter().map(|(own, labels)| format!("{UNLIKE} {} ({also}): {}.", labels.join("; "), join(own))),
    );
    notes
}

fn join(deviations: &[&String]) -> String {
    deviations.iter().map(|deviation| deviation.as_str()).collect::<Vec<_>>().join("; ")
}
