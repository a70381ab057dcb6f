//! The table of one metric: methods under every condition.

use super::column::Column;
use super::content::{Heading, Table, TableKind};
use super::line::{Kind, Line};
use super::rank::rank;
use super::value::{Entry, Mark};
use super::{beside, notes};
use crate::{Comparison, Group, Scope, Score};
use harness::metrics::Metric;

impl Table {
    /// The table of `metric` on one data set of `comparison`.
    pub fn new(comparison: &Comparison, group: &Group, metric: &'static Metric) -> Self {
        let scopes = Scope::all(group, metric);
        let rows: Vec<_> = group.rows_in_order().collect();
        let mut scores = Vec::new();
        let mut marks = Vec::new();
        for scope in &scopes {
            let of_column: Vec<Score> =
                rows.iter().map(|(row, _)| scope.score(group, metric, *row)).collect();
            marks.push(if scope.ranked() { rank(metric, &of_column) } else { vec![Mark::None; rows.len()] });
            scores.push(of_column);
        }
        let entry = |(scores, marks): (&Vec<Score>, &Vec<Mark>), line: usize| Entry {
            value: scores[line].into(),
            mark: marks[line],
        };
        let lines = rows.iter().enumerate().map(|(line, (_, row))| Line {
            method: row.label(),
            kind: Kind::of(row),
            entries: scores.iter().zip(&marks).map(|column| entry(column, line)).collect(),
        });
        let partial = scores.iter().flatten().flatten().any(|score| score.seeds < score.planned);
        let positions: Vec<usize> = rows.iter().map(|(position, _)| *position).collect();
        let (lines, about_published) =
            beside::stand_beside(comparison, group, metric, &scopes, &positions, lines.collect());
        let mut notes = notes::notes(comparison, group, metric, partial);
        notes.extend(about_published);
        let heading = Heading::percent(&group.dataset, metric.heading, "");
        Self {
            kind: TableKind::Metric(metric),
            heading: Heading { direction: Some(metric.direction), ..heading },
            title: notes::title(comparison, group),
            columns: scopes.iter().map(|scope| Column::of(*scope, group)).collect(),
            lines,
            notes,
        }
    }

    /// Whether any cell shows a number.
    pub fn has_numbers(group: &Group, metric: &Metric) -> bool {
        let mut values = group.records().filter_map(|(_, record)| record.metrics.get(metric.name));
        values.any(|value| value.value().is_some())
    }
}
