//! Published lines under measured ones, the difference between them, and what a reader must know about it.

use super::names::{Source, sources};
use super::setup::deviations;
use crate::column::Column;
use crate::score::Average;
use crate::table::{Entry, Kind, Line, Mark};
use crate::{Comparison, Group, Metric};

/// Marks a difference between numbers that were not measured alike.
const UNLIKE: &str = "†";

/// A difference line's label, and in what its two sides were measured otherwise.
type Unlike = (String, Vec<String>);

/// Puts what papers print under each of `lines`, one per position in `rows` (measured, ranked and with an entry
/// for each of `columns`), and gives the notes that this asks for.
///
/// Only a method with its own test-time options has a published counterpart.
pub(crate) fn stand_beside(
    comparison: &Comparison,
    group: &Group,
    metric: &Metric,
    columns: &[Column],
    rows: &[usize],
    lines: Vec<Line>,
) -> (Vec<Line>, Vec<String>) {
    let mut beside = Vec::new();
    let mut unlike: Vec<Unlike> = Vec::new();
    let mut any = false;
    for (&row, line) in rows.iter().zip(lines) {
        let measured: Vec<Option<f64>> = line.entries.iter().map(|entry| entry.value).collect();
        beside.push(line);
        if !group.rows[row].settings.is_empty() {
            continue;
        }
        for source in sources(comparison.dataset(group), comparison.plugin(group, row), metric.name) {
            let values: Vec<Option<f64>> =
                columns.iter().map(|column| source.value(*column, group, metric)).collect();
            if values.iter().all(Option::is_none) {
                continue;
            }
            any = true;
            beside.push(Line {
                label: format!("published: {}", source.label),
                kind: Kind::Published,
                entries: values.iter().map(|value| entry(*value, |value| format!("{value:.1}"))).collect(),
            });
            let differences = measured.iter().zip(&values).map(|(a, b)| Some((*a)? - (*b)?));
            let differences: Vec<Option<f64>> = differences.collect();
            if differences.iter().all(Option::is_none) {
                continue;
            }
            let mut label = format!("{} less {}", group.rows[row].label(), source.label);
            let deviations = deviations(comparison, group, row, &source.paper);
            if !deviations.is_empty() {
                unlike.push((label.clone(), deviations));
                label = format!("{label} {UNLIKE}");
            }
            beside.push(Line {
                label,
                kind: Kind::Difference,
                entries: differences.into_iter().map(|value| entry(value, signed)).collect(),
            });
        }
    }
    (beside, if any { notes(&unlike) } else { Vec::new() })
}

impl Source {
    /// Its number in a column, in %. What papers average is taken from print where the columns are the paper's, and
    /// otherwise computed if it has all of them.
    fn value(&self, column: Column, group: &Group, metric: &Metric) -> Option<f64> {
        let cell = |condition: usize| self.cells.get(&group.conditions[condition].label).copied();
        let shifted =
            || group.shifted().map(cell).collect::<Option<Vec<f64>>>().filter(|all| !all.is_empty());
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        match column {
            Column::Condition(condition) => cell(condition),
            Column::Average(Average::All) => {
                let all: Vec<f64> = std::iter::once(cell(0)?).chain(shifted()?).collect();
                let printed = self.average.filter(|_| all.len() == self.cells.len());
                Some(printed.unwrap_or_else(|| mean(&all)))
            }
            Column::Average(Average::Ood) => Some(mean(&shifted()?)),
            Column::Average(Average::Worst) => {
                shifted()?.into_iter().reduce(|a, b| if metric.better(a, b) { b } else { a })
            }
            Column::Average(Average::Drop) => Some(cell(0)? - mean(&shifted()?)),
        }
    }
}

/// Never ranked: a printed number is not one of this run.
fn entry(value: Option<f64>, text: impl Fn(f64) -> String) -> Entry {
    let rounded = value.map(|value| (value * 10.0).round() / 10.0 + 0.0);
    Entry { text: rounded.map_or_else(String::new, text), value, spread: None, mark: Mark::None }
}

fn signed(value: f64) -> String {
    if value == 0.0 { "0.0".into() } else { format!("{value:+.1}") }
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
