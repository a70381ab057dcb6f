//! How much the choice of the reference image matters: a second, smaller table.

use super::column::Column;
use super::content::{Heading, Table, TableKind};
use super::line::{Kind, Line};
use super::notes;
use super::value::{Entry, Value};
use crate::{Comparison, Group, Scope, Spread};
use harness::metrics::Metric;

impl Table {
    /// The spread of image AUROC over reference images, for the methods scored with several; `None` where
    /// there are none.
    pub fn over_references(comparison: &Comparison, group: &Group) -> Option<Self> {
        let metric = Metric::DEFAULT;
        let conditions = || 0..group.conditions.len();
        let rows: Vec<_> = group.rows_in_order().filter(|(_, row)| row.references.len() > 1).collect();
        let most = rows.iter().map(|(_, row)| row.references.len()).max()?;
        let lines = rows.into_iter().map(|(row, of)| Line {
            method: of.label(),
            kind: Kind::of(of),
            entries: conditions().map(|condition| entry(group.spread(metric, row, condition))).collect(),
        });
        Some(Self {
            kind: TableKind::References,
            heading: Heading::plain(
                &group.dataset,
                format!("spread over {most} reference images, {} in points", metric.heading),
            ),
            title: notes::title(comparison, group),
            columns: conditions().map(|condition| Column::of(Scope::Condition(condition), group)).collect(),
            lines: lines.collect(),
            notes: vec![
                "Standard deviation, over reference images, of the number that one reference image alone \
                 would give above; root mean square over seeds."
                    .into(),
            ],
        })
    }
}

fn entry(spread: Spread) -> Entry {
    spread.map_or_else(Value::Gap, Value::Spread).into()
}
