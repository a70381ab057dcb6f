//! Intervals, differences and ranks as tables.

use super::footnote::listed;
use super::group::GroupStatistics;
use super::interval::one_decimal;
use super::ranking::Ranking;
use super::resample::RESAMPLES;
use crate::table::{Entry, Kind, Line, Mark};
use crate::{Comparison, Group, Metric, Row, Table, notes};
use std::iter::once;

/// What no interval here covers.
const COVERS: &str = "They are about other test images of the same kind, drawn class by class; they say nothing \
                      about other seeds or training images.";

impl GroupStatistics {
    /// Every image AUROC with its interval; `None` without any.
    pub fn intervals_table(&self, comparison: &Comparison, group: &Group) -> Option<Table> {
        let rows: Vec<_> = group.rows_in_order().collect();
        let entry = |row: usize, column: usize| {
            let (estimate, interval) = (self.estimate(row, column)?, self.interval(row, column)?);
            let text = format!("{} {}", one_decimal(100.0 * estimate), interval.text());
            Some(Entry { text, value: Some(100.0 * estimate), spread: None, mark: Mark::None })
        };
        let lines = self.lines(&rows, |row, column| entry(row, column).unwrap_or_else(hole));
        let all = || rows.iter().flat_map(|(row, _)| (0..self.columns.len()).map(move |c| (*row, c)));
        all().any(|(row, column)| entry(row, column).is_some()).then_some(())?;
        let mut notes = vec![format!(
            "Brackets: 95 % percentile intervals over {RESAMPLES} bootstrap resamples of the test images. {COVERS}"
        )];
        let perfect = |(row, column)| self.interval(row, column).is_some_and(|interval| interval.low == 1.0);
        if all().any(perfect) {
            notes.push("100.0 has no width: a resample has no mistake that the images have not.".into());
        }
        let heading = format!("{}: {} in % with 95 % intervals", group.dataset, Metric::DEFAULT.heading);
        Some(self.table(comparison, group, ("intervals", heading), lines, notes))
    }

    /// Every method less the best one of the column Avg.; `None` without any.
    pub fn differences_table(&self, comparison: &Comparison, group: &Group) -> Option<Table> {
        self.differences_from(self.best(self.summary())?, comparison, group)
    }

    /// Every other method less the one at row `other`; `None` without any.
    pub fn differences_from(&self, other: usize, comparison: &Comparison, group: &Group) -> Option<Table> {
        let is_other = |row: &usize| *row != other && self.methods.contains(row);
        let rows: Vec<_> = group.rows_in_order().filter(|(row, _)| is_other(row)).collect();
        let known = |row: usize| (0..self.columns.len()).any(|c| self.difference(row, other, c).is_some());
        rows.iter().any(|(row, _)| known(*row)).then_some(())?;
        let entry = |row: usize, column: usize| {
            let Some(difference) = self.difference(row, other, column) else { return hole() };
            let points = 100.0 * difference.estimate;
            let mark = if difference.within_noise() { " n.s." } else { "" };
            let text = format!("{} {}{mark}", one_decimal(points), difference.interval.text());
            Entry { text, value: Some(points), spread: None, mark: Mark::None }
        };
        let label = group.rows[other].label();
        let notes = vec![
            format!(
                "Brackets: 95 % percentile intervals over {RESAMPLES} paired bootstrap resamples, with the same \
                 test images for both methods. {COVERS}"
            ),
            "n.s.: within noise, as the interval contains 0. Intervals are not corrected for their number, nor \
             for the choice of the best method by these images."
                .into(),
        ];
        let heading =
            format!("{}: {} less that of {label}, in points", group.dataset, Metric::DEFAULT.heading);
        let lines = self.lines(&rows, entry);
        Some(self.table(comparison, group, ("differences", heading), lines, notes))
    }

    fn lines(&self, rows: &[(usize, &Row)], entry: impl Fn(usize, usize) -> Entry) -> Vec<Line> {
        let line = |(row, of): &(usize, &Row)| Line {
            label: of.label(),
            kind: if of.baseline { Kind::Baseline } else { Kind::Measured },
            entries: (0..self.columns.len()).map(|column| entry(*row, column)).collect(),
        };
        rows.iter().map(line).collect()
    }

    fn table(
        &self,
        comparison: &Comparison,
        group: &Group,
        (name, heading): (&str, String),
        lines: Vec<Line>,
        notes: Vec<String>,
    ) -> Table {
        let warning = notes::random_teacher(group);
        Table {
            name: format!("{}-{name}", group.dataset),
            heading,
            title: notes::title(comparison, group),
            header: once("method".into()).chain(self.columns.iter().map(|c| c.heading(group))).collect(),
            shifted: group.shifted(),
            lines,
            notes: warning.into_iter().chain(notes).collect(),
        }
    }
}

impl Ranking {
    /// Mean ranks, and the tests as far as there are enough blocks.
    pub fn table(&self, comparison: &Comparison) -> Table {
        let best = &self.methods[0].label;
        let mut header = vec!["method".into(), "mean rank".into(), "mean over blocks".into()];
        header.extend(self.tests.iter().map(|_| format!("p against {best}")));
        let number =
            |text: String, value: f64| Entry { text, value: Some(value), spread: None, mark: Mark::None };
        let line = |position: usize| {
            let method = &self.methods[position];
            let mut entries = vec![
                number(format!("{:.2}", method.mean_rank), method.mean_rank),
                number(one_decimal(100.0 * method.mean), 100.0 * method.mean),
            ];
            entries.extend(self.tests.iter().map(|tests| match position {
                0 => hole(),
                _ => number(p_value(tests.p[0][position]), tests.p[0][position]),
            }));
            let kind = if method.baseline { Kind::Baseline } else { Kind::Measured };
            Line { label: method.label.clone(), kind, entries }
        };
        let is_baseline = |position: &usize| self.methods[*position].baseline;
        let (baselines, methods): (Vec<_>, Vec<_>) = (0..self.methods.len()).partition(is_baseline);
        let warning = comparison.groups.iter().find_map(notes::random_teacher);
        let notes = warning.into_iter().chain(self.selection()).chain(self.results());
        Table {
            name: "ranks".into(),
            heading: "Mean ranks of the methods by image AUROC, 1 is best".into(),
            title: format!("suite {} · protocol {}", comparison.suite, comparison.protocol),
            header,
            shifted: 0..0,
            lines: methods.into_iter().chain(baselines).map(line).collect(),
            notes: notes.collect(),
        }
    }

    /// What the tests found, in sentences.
    fn results(&self) -> Vec<String> {
        let Some(tests) = &self.tests else { return self.too_few().into_iter().collect() };
        let mut sentences = Vec::new();
        if let Some(friedman) = tests.friedman {
            let found = if friedman.p < 0.05 {
                "methods differ"
            } else {
                "no evidence that methods differ, so no pair may be called different"
            };
            sentences.push(format!(
                "Friedman's test: chi-squared {:.2} with {} degrees of freedom, p {}: {found}.",
                friedman.statistic,
                self.methods.len() - 1,
                p_value(friedman.p)
            ));
        }
        sentences.push(format!(
            "p: Wilcoxon's signed-rank test, two-sided, with Holm's correction for all {} pairs; zeros are ranked \
             and count for neither side (Pratt).",
            self.methods.len() * (self.methods.len() - 1) / 2
        ));
        let near = self.methods[1..]
            .iter()
            .filter(|method| method.mean_rank - self.methods[0].mean_rank <= tests.critical_difference);
        let near: Vec<String> = near.map(|method| method.label.clone()).collect();
        sentences.push(format!(
            "Nemenyi's critical difference at 5 %: {:.2}. Not apart from {}: {}.",
            tests.critical_difference,
            self.methods[0].label,
            listed(&near, 12)
        ));
        sentences
    }
}

fn hole() -> Entry {
    Entry { text: "—".into(), value: None, spread: None, mark: Mark::None }
}

fn p_value(p: f64) -> String {
    if p < 0.0001 { "< 0.0001".into() } else { format!("{p:.4}") }
}
