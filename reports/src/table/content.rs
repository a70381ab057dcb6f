//! A table as data, before it is Unicode, Markdown or anything else.

use super::column::Column;
use super::line::Line;
use super::value::Mark;
use harness::metrics::{Direction, Metric};

/// One metric on one data set, its spread over reference images, or anything else of which methods are rows.
#[derive(Clone, Debug)]
pub struct Table {
    /// Which one it is.
    pub kind: TableKind,
    /// What is measured.
    pub heading: Heading,
    /// Above what: suite, data set, protocol, teacher, sizes, seeds, device.
    pub title: String,
    /// Columns, behind the one that names the methods.
    pub columns: Vec<Column>,
    /// Rows: methods, then trivial baselines.
    pub lines: Vec<Line>,
    /// What a reader must know besides, a sentence each.
    pub notes: Vec<String>,
}

/// What stands above the labels of rows.
pub const METHOD: &str = "method";

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableKind {
    /// One metric under every condition.
    Metric(&'static Metric),
    /// Spread over reference images.
    References,
    /// Single categories under ID.
    IdCategories,
    /// Single categories under shift.
    OodCategories,
    /// What methods are made of.
    Components,
    /// Size, time and memory.
    Efficiency,
    /// Intervals over test images.
    Intervals,
    /// Differences from a method.
    Differences,
    /// Mean ranks over data sets.
    Ranks,
    /// What differs between two runs.
    Changes,
}

/// What a table measures, in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The data set; `None` over several.
    pub dataset: Option<String>,
    /// What is measured.
    pub subject: String,
    /// Whether it is in percent.
    pub percent: bool,
    /// What is said of it besides, from its comma or blank on.
    pub detail: String,
    /// Which way is better, where a table says so.
    pub direction: Option<Direction>,
}

impl Heading {
    /// Of something that is in percent.
    pub(crate) fn percent(dataset: &str, subject: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { percent: true, detail: detail.into(), ..Self::plain(dataset, subject) }
    }

    /// Of anything else.
    pub(crate) fn plain(dataset: &str, subject: impl Into<String>) -> Self {
        Self { dataset: Some(dataset.into()), ..Self::overall(subject) }
    }

    /// Of all data sets together.
    pub(crate) fn overall(subject: impl Into<String>) -> Self {
        let subject = subject.into();
        Self { dataset: None, subject, percent: false, detail: String::new(), direction: None }
    }

    /// All of it: `elpv: image AUROC in %, higher is better`.
    pub fn full(&self) -> String {
        let dataset = self.dataset.as_ref().map_or_else(String::new, |dataset| format!("{dataset}: "));
        let percent = if self.percent { " in %" } else { "" };
        let direction = self.direction.map_or_else(String::new, |way| format!(", {}", way.words()));
        format!("{dataset}{}{percent}{}{direction}", self.subject, self.detail)
    }

    /// Without what its section says already, its unit and its direction.
    pub fn short(&self) -> String {
        format!("{}{}", self.subject, self.detail)
    }
}

impl Table {
    /// Stem of its file name, such as `elpv-image-auroc`.
    pub fn name(&self) -> String {
        let stem = match self.kind {
            TableKind::Metric(metric) => &*metric.name.replace('_', "-"),
            TableKind::References => "references",
            TableKind::IdCategories => "categories-id",
            TableKind::OodCategories => "categories-ood",
            TableKind::Components => "components",
            TableKind::Efficiency => "efficiency",
            TableKind::Intervals => "intervals",
            TableKind::Differences => "differences",
            TableKind::Ranks => "ranks",
            TableKind::Changes => "changes",
        };
        self.heading.dataset.as_ref().map_or_else(|| stem.into(), |dataset| format!("{dataset}-{stem}"))
    }

    /// Whether any cell is best or second best of its column.
    pub fn is_ranked(&self) -> bool {
        self.lines.iter().flat_map(|line| &line.entries).any(|entry| entry.mark != Mark::None)
    }
}
