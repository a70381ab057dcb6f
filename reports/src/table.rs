//! A table as text in cells, before it is Unicode, Markdown or anything else.

use crate::score::{Average, Gap, Score};
use crate::{Comparison, Group, Metric, notes};
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

/// A column with numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    Condition(usize),
    Average(Average),
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
            kind: if row.baseline { Kind::Baseline } else { Kind::Measured },
            entries: scores.iter().zip(&marks).map(|(s, marks)| Entry::new(&s[line], marks[line])).collect(),
        });
        let partial = scores.iter().flatten().flatten().any(|score| score.seeds < score.planned);
        let header = columns.iter().map(|column| column.heading(group));
        let first = usize::from(with_id(group, metric));
        Self {
            name: format!("{}-{}", group.dataset, metric.name.replace('_', "-")),
            heading: format!("{}: {} in %, {}", group.dataset, metric.heading, metric.direction()),
            title: notes::title(comparison, group),
            header: std::iter::once("method".into()).chain(header).collect(),
            shifted: first..first + group.shifted().len(),
            lines: lines.collect(),
            notes: notes::notes(comparison, group, metric, partial),
        }
    }

    /// Every table of one data set: of each reported metric, as far as anything defines it, and the spread
    /// over reference images.
    pub fn of_group(comparison: &Comparison, group: &Group) -> Vec<Self> {
        let defined = |metric: &&Metric| *metric == Metric::DEFAULT || Self::has_numbers(group, metric);
        let mut tables: Vec<Self> = (Metric::REPORTED.iter().filter(defined))
            .map(|metric| Self::new(comparison, group, metric))
            .collect();
        tables.extend(Self::over_references(comparison, group));
        tables
    }

    /// Whether any cell shows a number.
    pub fn has_numbers(group: &Group, metric: &Metric) -> bool {
        let mut values = group.records().filter_map(|(_, record)| record.metrics.get(metric.name));
        values.any(|value| value.value().is_some())
    }
}

/// Whether there is an ID column.
pub(crate) fn with_id(group: &Group, metric: &Metric) -> bool {
    group.has_id() && !metric.across_conditions
}

fn columns(group: &Group, metric: &Metric) -> Vec<Column> {
    let with_id = with_id(group, metric);
    let conditions = if with_id { 0..group.conditions.len() } else { group.shifted() };
    let averages: &[Average] = match (with_id, group.shifted().is_empty()) {
        (_, true) => &[],
        (true, false) => &[Average::All, Average::Ood, Average::Worst, Average::Drop],
        (false, false) => &[Average::Ood, Average::Worst],
    };
    conditions.map(Column::Condition).chain(averages.iter().copied().map(Column::Average)).collect()
}

impl Column {
    pub(crate) fn heading(self, group: &Group) -> String {
        match self {
            Self::Condition(condition) => notes::condition(group, condition),
            Self::Average(Average::All) => "Avg.".into(),
            Self::Average(Average::Ood) => "OOD mean".into(),
            Self::Average(Average::Worst) => "worst".into(),
            Self::Average(Average::Drop) => "drop".into(),
        }
    }

    pub(crate) fn score(self, group: &Group, metric: &Metric, row: usize) -> Score {
        match self {
            Self::Condition(condition) => group.score(metric, row, condition),
            Self::Average(average) => group.average(metric, row, average),
        }
    }

    /// A method that is equally bad everywhere has no drop: that is no merit.
    fn ranked(self) -> bool {
        !matches!(self, Self::Average(Average::Drop))
    }
}

impl Entry {
    fn new(score: &Score, mark: Mark) -> Self {
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

fn rank(metric: &Metric, scores: &[Score]) -> Vec<Mark> {
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
