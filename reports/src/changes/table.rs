//! Changed results as a table: image AUROC in both runs, method by method and condition by condition.

use super::matching::{Match, Side};
use crate::Tested;
use crate::statistics::{Interval, RESAMPLES, Sample, bootstrap, same_images};
use crate::table::{Column, Entry, Heading, Kind, Line, Table, TableKind, Value};
use harness::metrics::Metric;
use std::collections::BTreeMap;

/// Results of one method under one condition.
struct Cells<'a> {
    label: &'a str,
    condition: &'a Tested,
    matches: Vec<&'a Match<'a>>,
}

/// The changes on one data set, from all matches of it; `None` without any.
pub(super) fn table(dataset: &str, matches: &[&Match]) -> Option<Table> {
    let mut lines: Vec<Cells> = Vec::new();
    for &found in matches {
        let same =
            |line: &&mut Cells| line.label == found.label && line.condition.label == found.condition.label;
        match lines.iter_mut().find(same) {
            Some(line) => line.matches.push(found),
            None => {
                lines.push(Cells { label: &found.label, condition: found.condition, matches: vec![found] })
            }
        }
    }
    lines.retain(|line| line.matches.iter().any(|found| found.changed()));
    let intervals = intervals(dataset, &lines);
    let columns = ["condition", "changed", "A", "B", "B - A", "95 % interval", "verdict"];
    (!lines.is_empty()).then(|| Table {
        kind: TableKind::Changes,
        heading: Heading::percent(dataset, Metric::DEFAULT.heading, " in both runs, difference in points"),
        title: "means over the categories, seeds and reference images that both runs have".into(),
        columns: columns.map(Column::fact).into(),
        lines: lines.iter().enumerate().map(|(position, line)| line.shown(intervals.get(&position))).collect(),
        notes: vec![format!(
            "Noise: 95 % intervals over {RESAMPLES} paired bootstrap resamples of the test images, with the same \
             images for both runs; they say nothing about other seeds."
        )],
    })
}

/// The interval of B less A of every line whose results are defined and of the same images.
fn intervals(dataset: &str, lines: &[Cells]) -> BTreeMap<usize, Interval> {
    let mut samples = Vec::new();
    for (position, line) in lines.iter().enumerate() {
        for found in line.matches.iter().filter(|_| line.comparable()) {
            for (run, side) in [(0, &found.a), (1, &found.b)] {
                samples.extend(side.images.map(|images| Sample {
                    number: (position, run),
                    category: found.category,
                    condition: &found.condition.label,
                    images,
                }));
            }
        }
    }
    let distributions = bootstrap(dataset, &samples);
    let interval = |position: usize| {
        let [a, b] = [0, 1].map(|run| distributions.get(&(position, run)));
        Some((position, Interval::new(b?.less(a?)?)))
    };
    (0..lines.len()).filter_map(interval).collect()
}

impl Cells<'_> {
    /// Whether both runs tested the same images.
    fn comparable(&self) -> bool {
        let same =
            |found: &&Match| found.a.images.zip(found.b.images).is_some_and(|(a, b)| same_images(a, b));
        self.matches.iter().all(same)
    }

    /// The mean image AUROC of a run; `None` where one is undefined.
    fn mean<'a>(&'a self, side: impl Fn(&'a Match<'a>) -> &'a Side<'a>) -> Option<f64> {
        let value = |found: &&'a Match<'a>| side(found).record.metrics.get(Metric::DEFAULT.name)?.value();
        let values: Vec<f64> = self.matches.iter().map(value).collect::<Option<_>>()?;
        Some(values.iter().sum::<f64>() / values.len() as f64)
    }

    fn shown(&self, interval: Option<&Interval>) -> Line {
        let changed = self.matches.iter().filter(|found| found.changed()).count();
        let (a, b) = (self.mean(|found| &found.a), self.mean(|found| &found.b));
        let difference = a.zip(b).map(|(a, b)| b - a);
        let verdict = match (difference, interval) {
            (None, _) => "undefined",
            (_, Some(interval)) if interval.contains(0.0) => "within noise",
            (_, Some(_)) => "beyond noise",
            (_, None) => "other images",
        };
        let values = [
            Value::Words(self.condition.heading().into()),
            Value::Count { of: changed, all: self.matches.len() },
            Value::or(a, Value::Share, Value::Unknown),
            Value::or(b, Value::Share, Value::Unknown),
            Value::or(difference, Value::Share, Value::Unknown),
            Value::or(interval.copied(), Value::Range, Value::Unknown),
            Value::Words(verdict.into()),
        ];
        Line {
            method: self.label.into(),
            kind: Kind::Measured,
            entries: values.into_iter().map(Entry::from).collect(),
        }
    }
}
