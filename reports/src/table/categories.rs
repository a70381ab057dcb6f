//! Single categories: a table for the distribution trained on, and one for the mean of the shifts.

use super::column::{Column, Role};
use super::content::{Heading, Table, TableKind};
use super::line::{Kind, Line};
use super::notes;
use super::rank::rank;
use super::value::{Entry, Mark, Value};
use crate::result::random_teacher;
use crate::{Average, Comparison, Estimate, Group, Scope, Score};
use harness::metrics::Metric;

/// Image AUROC of every method, a column per category, of a data set with several.
pub(crate) fn tables(comparison: &Comparison, group: &Group) -> Vec<Table> {
    let metric = Metric::DEFAULT;
    let several = group.categories.len() > 1 && Table::has_numbers(group, metric);
    let id = (several && Scope::with_id(group, metric)).then(|| table(comparison, group, None, "under ID"));
    let words = match group.shifted().len() {
        1 => format!("under {}", group.conditions[group.shifted().start].heading()),
        count => format!("mean of {count} shifted conditions"),
    };
    let shifted = several && !group.shifted().is_empty();
    let ood = shifted.then(|| table(comparison, group, Some(Average::Ood), &words));
    id.into_iter().chain(ood).collect()
}

/// Under ID, or of an average over shifted conditions.
fn table(comparison: &Comparison, group: &Group, average: Option<Average>, words: &str) -> Table {
    let metric = Metric::DEFAULT;
    let (kind, conditions) = match average {
        None => (TableKind::IdCategories, 0..1),
        Some(_) => (TableKind::OodCategories, group.shifted()),
    };
    let rows: Vec<_> = group.methods().collect();
    let mut columns: Vec<Vec<Score>> = (0..group.categories.len())
        .map(|category| {
            rows.iter().map(|(row, _)| group.category(metric, *row, category, conditions.clone())).collect()
        })
        .collect();
    let mean = |row: usize| match average {
        None => group.score(metric, row, 0),
        Some(average) => group.average(metric, row, average),
    };
    columns.push(rows.iter().map(|(row, _)| mean(*row)).collect());
    let marks: Vec<Vec<Mark>> = columns.iter().map(|column| rank(metric, column)).collect();
    let entry = |(column, marks): (&Vec<Score>, &Vec<Mark>), line: usize| {
        // Fifteen columns have no room for it.
        let score: Score = column[line].map(|estimate| Estimate { std: None, ..estimate });
        Entry { value: Value::from(score), mark: marks[line] }
    };
    let lines = rows.iter().enumerate().map(|(line, (_, row))| Line {
        method: row.label(),
        kind: Kind::of(row),
        entries: columns.iter().zip(&marks).map(|column| entry(column, line)).collect(),
    });
    let several_seeds = rows.iter().any(|(_, row)| row.seeds.len() > 1);
    let spread = "Means over seeds; single seeds are in results.csv.";
    let random = random_teacher(group);
    let column = |name: &String| Column { heading: name.clone(), unit: None, role: Role::Category };
    let mean = Column { heading: "mean".into(), unit: None, role: Role::Average(Average::All) };
    Table {
        kind,
        heading: Heading::percent(
            &group.dataset,
            format!("{} of single categories", metric.heading),
            format!(", {words}"),
        ),
        title: notes::title(comparison, group),
        columns: group.categories.iter().map(column).chain([mean]).collect(),
        lines: lines.collect(),
        notes: random.into_iter().chain(several_seeds.then(|| spread.into())).collect(),
    }
}
