//! A table as text in cells, before it is Unicode, Markdown or anything else.

use crate::column::{columns, with_id};
use crate::score::{Gap, Score};
use crate::{Comparison, Group, Metric, Row, ablation, categories, efficiency, notes, published};
use std::ops::Range;

/// One metric on one data set, or its spread over reference images.
#[derive(Clone, Debug)]
pub struct Table {
    /// Stem of its file name, such as `elpv-image-auroc`.
    pub name: String,
    /// What is measured: metric, unit and direction.
    pub heading: String,
    /// Above what: suite, data set, protocol, teacher, sizes, seeds, device.
    pub title: String,
    /// Column headings, the first for the methods.
    pub header: Vec<String>,
    /// Which columns are single shifted conditions, counted like [`Line::entries`].
    pub shifted: Range<usize>,
    /// Rows: methods, then trivial baselines.
    pub lines: Vec<Line>,
    /// What a reader must know besides, a sentence each.
    pub notes: Vec<String>,
}

/// A row.
#[derive(Clone, Debug)]
pub struct Line {
    /// Method and setting.
    pub label: String,
    /// What its numbers are.
    pub kind: Kind,
    /// One per column.
    pub entries: Vec<Entry>,
}

impl Line {
    /// The label where the line stands right under the method that it belongs to, so that it need not say from what
    /// a difference is: `published: RD4AD, GNL ICCV 2023`, `difference †`.
    pub(crate) fn short_label(&self) -> &str {
        match self.kind {
            Kind::Measured | Kind::Baseline | Kind::Published => &self.label,
            Kind::Difference if self.label.ends_with('†') => "difference †",
            Kind::Difference => "difference",
        }
    }
}

/// What the numbers of a row are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Measured here.
    Measured,
    /// Measured here, of a trivial baseline.
    Baseline,
    /// Printed in a paper.
    Published,
    /// Measured less published.
    Difference,
}

impl Kind {
    /// Of a row that was measured.
    pub(crate) fn of(row: &Row) -> Self {
        if row.baseline { Self::Baseline } else { Self::Measured }
    }
}

/// A cell.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it shows.
    pub text: String,
    /// Its number, in the unit of the heading and as precise as it is known; `None` for none.
    pub value: Option<f64>,
    /// The standard deviation shown with it.
    pub spread: Option<f64>,
    /// Its place in its column.
    pub mark: Mark,
}

/// Rank in a column, at the precision shown: equal numbers share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Mark {
    None,
    Best,
    Second,
}

impl Table {
    /// The table of `metric` on one data set of `comparison`.
    pub fn new(comparison: &Comparison, group: &Group, metric: &Metric) -> Self {
        let columns = columns(group, metric);
        let rows: Vec<_> = group.rows_in_order().collect();
        let mut scores = Vec::new();
        let mut marks = Vec::new();
        for column in &columns {
            let of_column: Vec<Score> =
                rows.iter().map(|(row, _)| column.score(group, metric, *row)).collect();
            marks.push(if column.ranked() { rank(metric, &of_column) } else { vec![Mark::None; rows.len()] });
            scores.push(of_column);
        }
        let lines = rows.iter().enumerate().map(|(line, (_, row))| Line {
            label: row.label(),
            kind: Kind::of(row),
            entries: scores.iter().zip(&marks).map(|(s, marks)| Entry::new(&s[line], marks[line])).collect(),
        });
        let partial = scores.iter().flatten().flatten().any(|score| score.seeds < score.planned);
        let header = columns.iter().map(|column| column.heading(group));
        let first = usize::from(with_id(group, metric));
        let positions: Vec<usize> = rows.iter().map(|(position, _)| *position).collect();
        let (lines, about_published) =
            published::stand_beside(comparison, group, metric, &columns, &positions, lines.collect());
        let mut notes = notes::notes(comparison, group, metric, partial);
        notes.extend(about_published);
        Self {
            name: format!("{}-{}", group.dataset, metric.name.replace('_', "-")),
            heading: format!("{}: {} in %, {}", group.dataset, metric.heading, metric.direction()),
            title: notes::title(comparison, group),
            header: std::iter::once("method".into()).chain(header).collect(),
            shifted: first..first + group.shifted().len(),
            lines,
            notes,
        }
    }

    /// Every table of one data set, as far as it has content: each reported metric, the spread over reference
    /// images, single categories, components and cost.
    pub fn of_group(comparison: &Comparison, group: &Group) -> Vec<Self> {
        let defined = |metric: &&Metric| *metric == Metric::DEFAULT || Self::has_numbers(group, metric);
        let mut tables: Vec<Self> = (Metric::REPORTED.iter().filter(defined))
            .map(|metric| Self::new(comparison, group, metric))
            .collect();
        tables.extend(Self::over_references(comparison, group));
        tables.extend(categories::tables(comparison, group));
        tables.extend(ablation::table(comparison, group));
        tables.extend(efficiency::table(comparison, group));
        tables
    }

    /// Whether any cell shows a number.
    pub fn has_numbers(group: &Group, metric: &Metric) -> bool {
        let mut values = group.records().filter_map(|(_, record)| record.metrics.get(metric.name));
        values.any(|value| value.value().is_some())
    }
}

impl Entry {
    /// A number that is a share, shown in percent.
    pub(crate) fn new(score: &Score, mark: Mark) -> Self {
        let estimate = score.ok();
        let spread = estimate.and_then(|estimate| estimate.std).map(|std| 100.0 * std);
        Self { text: text(score), value: estimate.map(|estimate| 100.0 * estimate.mean), spread, mark }
    }
}

/// In percent, with one decimal.
fn percent(value: f64) -> f64 {
    let rounded = (value * 1000.0).round() / 10.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}

fn text(score: &Score) -> String {
    match score {
        Err(Gap::Missing) => "—".into(),
        Err(Gap::Failed) => "failed".into(),
        Err(Gap::Undefined) => "undef.".into(),
        Ok(estimate) => {
            let mut text = format!("{:.1}", percent(estimate.mean));
            if let Some(std) = estimate.std {
                text += &format!(" ±{:.1}", percent(std));
            }
            if estimate.seeds < estimate.planned {
                text += &format!(" ({}/{})", estimate.seeds, estimate.planned);
            }
            text
        }
    }
}

/// The marks of a column.
pub(crate) fn rank(metric: &Metric, scores: &[Score]) -> Vec<Mark> {
    let shown: Vec<Option<f64>> = scores.iter().map(|score| score.ok().map(|s| percent(s.mean))).collect();
    let best_but = |excluded: Option<f64>| {
        let others = shown.iter().flatten().copied().filter(|value| Some(*value) != excluded);
        others.reduce(|a, b| if metric.better(b, a) { b } else { a })
    };
    let best = best_but(None);
    let second = best_but(best);
    let mark = |value: &Option<f64>| match value {
        // Where all are equal, nobody is best.
        Some(_) if second.is_none() => Mark::None,
        Some(_) if *value == best => Mark::Best,
        Some(_) if *value == second => Mark::Second,
        _ => Mark::None,
    };
    shown.iter().map(mark).collect()
}
