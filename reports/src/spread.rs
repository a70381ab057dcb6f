//! How much the choice of the reference image matters: a second, smaller table.

use crate::score::{Gap, Spread};
use crate::table::{Entry, Kind, Line, Mark};
use crate::{Comparison, Group, Metric, Table, notes};

impl Table {
    /// The spread of image AUROC over reference images, for the methods scored with several; `None` where
    /// there are none.
    pub fn over_references(comparison: &Comparison, group: &Group) -> Option<Self> {
        let metric = Metric::DEFAULT;
        let conditions = || 0..group.conditions.len();
        let rows: Vec<_> = group.rows_in_order().filter(|(_, row)| row.references.len() > 1).collect();
        let most = rows.iter().map(|(_, row)| row.references.len()).max()?;
        let lines = rows.into_iter().map(|(row, of)| Line {
            label: of.label(),
            kind: Kind::of(of),
            entries: conditions().map(|condition| entry(group.spread(metric, row, condition))).collect(),
        });
        let header = conditions().map(|condition| group.conditions[condition].heading().to_owned());
        Some(Self {
            name: format!("{}-references", group.dataset),
            heading: format!(
                "{}: spread over {most} reference images, {} in points",
                group.dataset, metric.heading
            ),
            title: notes::title(comparison, group),
            shifted: group.shifted(),
            header: std::iter::once("method".into()).chain(header).collect(),
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
    let text = match spread {
        Ok(std) => format!("{:.1}", 100.0 * std),
        Err(Gap::Missing) => "—".into(),
        Err(Gap::Failed) => "failed".into(),
        Err(Gap::Undefined) => "undef.".into(),
    };
    Entry { text, value: spread.ok().map(|std| 100.0 * std), spread: None, mark: Mark::None }
}
