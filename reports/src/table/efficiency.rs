//! What methods cost: size, time and memory.

use super::column::Column;
use super::content::{Heading, Table, TableKind};
use super::line::{Kind, Line};
use super::notes;
use super::value::{Entry, Value};
use crate::{Comparison, Group, Row};
use harness::results::{CellRecord, JobRecord};
use std::collections::BTreeSet;

/// Of every method with a recorded training; `None` where there is none.
pub(crate) fn table(comparison: &Comparison, group: &Group) -> Option<Table> {
    let rows = group.methods();
    let lines: Vec<Line> =
        rows.filter_map(|(position, row)| line(comparison, group, position, row)).collect();
    if lines.is_empty() {
        return None;
    }
    let columns = vec![
        Column::in_unit("parameters", "M"),
        Column::in_unit("state", "MB"),
        Column::fact("steps"),
        Column::in_unit("training", "s"),
        Column::in_unit("scoring", "images/s"),
        Column::in_unit("peak memory", "MiB"),
        Column::fact("teacher"),
    ];
    Some(Table {
        kind: TableKind::Efficiency,
        heading: Heading::plain(&group.dataset, "size, time and memory"),
        title: notes::title(comparison, group),
        columns,
        lines,
        notes: vec![
            "parameters: numbers that the trained state holds, the teacher's excluded; state: its size on disk."
                .into(),
            "Means over trainings (categories and seeds); steps, training: of one training, pictures already read; \
             scoring: all test images over the seconds that scoring them took, reading and shifting excluded; peak \
             memory: the largest of any training or test process."
                .into(),
            machine(comparison, group),
        ],
    })
}

/// Times are no properties of methods alone.
fn machine(comparison: &Comparison, group: &Group) -> String {
    let provenances = (0..group.rows.len()).flat_map(|row| comparison.jobs_of(group, row));
    let machines: BTreeSet<String> = provenances
        .map(|(_, job)| {
            let threads = job.provenance.threads;
            let word = if threads == 1 { "thread" } else { "threads" };
            format!("{} ({}, {threads} {word} a job)", job.provenance.device, job.provenance.cpu)
        })
        .collect();
    format!(
        "Measured on {}. Jobs may have run side by side: times compare methods of this run, and `cargo xtask perf` \
         times them alone.",
        machines.into_iter().collect::<Vec<_>>().join("; ")
    )
}

fn line(comparison: &Comparison, group: &Group, position: usize, row: &Row) -> Option<Line> {
    let jobs: Vec<&JobRecord> = comparison.jobs_of(group, position).map(|(_, job)| job).collect();
    if jobs.is_empty() {
        return None;
    }
    let records = group.records().filter(|(place, _)| place.row == position);
    let cells: Vec<&CellRecord> = records.map(|(_, record)| record).collect();
    let mean = |of: &dyn Fn(&JobRecord) -> Option<f64>| {
        let values: Option<Vec<f64>> = jobs.iter().map(|job| of(job)).collect();
        values.map(|values| values.iter().sum::<f64>() / values.len() as f64)
    };
    let seconds: f64 = cells.iter().map(|cell| cell.scoring.seconds).sum();
    let images: usize = cells.iter().map(|cell| cell.images).sum();
    let memory = jobs.iter().map(|job| job.training.peak_memory_mib);
    let memory = memory.chain(cells.iter().map(|cell| cell.scoring.peak_memory_mib)).max();
    let teachers: BTreeSet<&str> = cells.iter().filter_map(|cell| cell.teacher.as_deref()).collect();
    let teachers: Vec<&str> = teachers.into_iter().collect();
    Some(Line {
        method: row.label(),
        kind: Kind::of(row),
        entries: vec![
            number(mean(&|job| Some(job.parameters? as f64 / 1e6)), 2),
            number(mean(&|job| Some(job.state.bytes as f64 / 1e6)), 2),
            number(mean(&|job| Some(job.steps? as f64)), 0),
            number(mean(&|job| Some(job.training.seconds)), 1),
            number(
                (seconds > 0.0).then(|| images as f64 / seconds),
                usize::from(images as f64 <= 1000.0 * seconds),
            ),
            number(memory.filter(|mib| *mib > 0).map(|mib| mib as f64), 0),
            Value::Words(if teachers.is_empty() { "none".into() } else { teachers.join(", ") }).into(),
        ],
    })
}

fn number(value: Option<f64>, decimals: usize) -> Entry {
    Value::or(value, |value| Value::Number { value, decimals }, Value::Unknown).into()
}
