//! Intervals, differences and ranks as tables.

use super::column::Column;
use super::content::{Heading, Table, TableKind};
use super::line::{Kind, Line};
use super::notes;
use super::value::{Entry, Value};
use crate::result::random_teacher;
use crate::statistics::{GroupStatistics, RESAMPLES, Ranking, Statistics, listed, p_value};
use crate::{Comparison, Gap, Group, Row};
use harness::metrics::Metric;

impl Statistics {
    /// Tables of the group at `position`: intervals, and differences from the best method.
    pub fn tables(&self, comparison: &Comparison, position: usize) -> Vec<Table> {
        let (group, statistics) = (&comparison.groups[position], &self.groups[position]);
        let mut differences = statistics.differences_table(comparison, group);
        if let (Some(table), [_]) = (&mut differences, &comparison.groups[..]) {
            table.notes.extend(self.ranking.as_ref().and_then(Ranking::too_few));
        }
        statistics.intervals_table(comparison, group).into_iter().chain(differences).collect()
    }
}

/// What no interval here covers.
const COVERS: &str = "They are about other test images of the same kind, drawn class by class; they say nothing \
                      about other seeds or training images.";

impl GroupStatistics {
    /// Every image AUROC with its interval; `None` without any.
    pub fn intervals_table(&self, comparison: &Comparison, group: &Group) -> Option<Table> {
        let rows: Vec<_> = group.rows_in_order().collect();
        let entry = |row: usize, column: usize| {
            let (estimate, interval) = (self.estimate(row, column)?, self.interval(row, column)?);
            Some(Entry::from(Value::Interval { estimate, interval, within_noise: false }))
        };
        let lines = self.lines(&rows, |row, column| entry(row, column).unwrap_or_else(hole));
        let all = || rows.iter().flat_map(|(row, _)| (0..self.columns()).map(move |c| (*row, c)));
        all().any(|(row, column)| entry(row, column).is_some()).then_some(())?;
        let mut notes = vec![format!(
            "Brackets: 95 % percentile intervals over {RESAMPLES} bootstrap resamples of the test images. {COVERS}"
        )];
        let perfect = |(row, column)| self.interval(row, column).is_some_and(|interval| interval.low == 1.0);
        if all().any(perfect) {
            notes.push("100.0 has no width: a resample has no mistake that the images have not.".into());
        }
        let heading = Heading::percent(&group.dataset, Metric::DEFAULT.heading, " with 95 % intervals");
        Some(self.table(comparison, group, (TableKind::Intervals, heading), lines, notes))
    }

    /// Every method less the best one of the column Avg.; `None` without any.
    pub fn differences_table(&self, comparison: &Comparison, group: &Group) -> Option<Table> {
        self.differences_from(self.best(self.summary())?, comparison, group)
    }

    /// Every other method less the one at row `other`; `None` without any.
    pub fn differences_from(&self, other: usize, comparison: &Comparison, group: &Group) -> Option<Table> {
        let is_other = |row: &usize| *row != other && self.methods.contains(row);
        let rows: Vec<_> = group.rows_in_order().filter(|(row, _)| is_other(row)).collect();
        let known = |row: usize| (0..self.columns()).any(|c| self.difference(row, other, c).is_some());
        rows.iter().any(|(row, _)| known(*row)).then_some(())?;
        let entry = |row: usize, column: usize| {
            let Some(difference) = self.difference(row, other, column) else { return hole() };
            Entry::from(Value::Interval {
                estimate: difference.estimate,
                interval: difference.interval,
                within_noise: difference.within_noise(),
            })
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
        let subject = format!("{} less that of {label}, in points", Metric::DEFAULT.heading);
        let heading = Heading::plain(&group.dataset, subject);
        let lines = self.lines(&rows, entry);
        Some(self.table(comparison, group, (TableKind::Differences, heading), lines, notes))
    }

    fn lines(&self, rows: &[(usize, &Row)], entry: impl Fn(usize, usize) -> Entry) -> Vec<Line> {
        let line = |(row, of): &(usize, &Row)| Line {
            method: of.label(),
            kind: Kind::of(of),
            entries: (0..self.columns()).map(|column| entry(*row, column)).collect(),
        };
        rows.iter().map(line).collect()
    }

    fn table(
        &self,
        comparison: &Comparison,
        group: &Group,
        (kind, heading): (TableKind, Heading),
        lines: Vec<Line>,
        notes: Vec<String>,
    ) -> Table {
        let warning = random_teacher(group);
        Table {
            kind,
            heading,
            title: notes::title(comparison, group),
            columns: self.scopes().iter().map(|scope| Column::of(*scope, group)).collect(),
            lines,
            notes: warning.into_iter().chain(notes).collect(),
        }
    }
}

impl Ranking {
    /// Mean ranks, and the tests as far as there are enough blocks.
    pub fn table(&self, comparison: &Comparison) -> Table {
        let best = &self.methods[0].label;
        let mut columns = vec![Column::fact("mean rank"), Column::fact("mean over blocks")];
        columns.extend(self.tests.iter().map(|_| Column::fact(&format!("p against {best}"))));
        let line = |position: usize| {
            let method = &self.methods[position];
            let mut values =
                vec![Value::Number { value: method.mean_rank, decimals: 2 }, Value::Share(method.mean)];
            values.extend(self.tests.iter().map(|tests| match position {
                0 => Value::Unknown,
                _ => Value::Probability(tests.p[0][position]),
            }));
            let kind = if method.baseline { Kind::Baseline } else { Kind::Measured };
            Line {
                method: method.label.clone(),
                kind,
                entries: values.into_iter().map(Entry::from).collect(),
            }
        };
        let is_baseline = |position: &usize| self.methods[*position].baseline;
        let (baselines, methods): (Vec<_>, Vec<_>) = (0..self.methods.len()).partition(is_baseline);
        let warning = comparison.groups.iter().find_map(random_teacher);
        let notes = warning.into_iter().chain(self.selection()).chain(self.results());
        Table {
            kind: TableKind::Ranks,
            heading: Heading::overall("Mean ranks of the methods by image AUROC, 1 is best"),
            title: format!("suite {} · protocol {}", comparison.suite, comparison.protocol),
            columns,
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
    Value::Gap(Gap::Missing).into()
}
