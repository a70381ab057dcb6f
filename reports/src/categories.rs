//! Single categories: a table for the distribution trained on, and one for the mean of the shifts.

use crate::column::with_id;
use crate::score::{Average, Score};
use crate::table::{Entry, Kind, Line, Mark, rank};
use crate::{Comparison, Group, Metric, Table, notes};
use std::ops::Range;

/// Image AUROC of every method, a column per category, of a data set with several.
pub(crate) fn tables(comparison: &Comparison, group: &Group) -> Vec<Table> {
    let metric = Metric::DEFAULT;
    let several = group.categories.len() > 1 && Table::has_numbers(group, metric);
    let id = (several && with_id(group, metric)).then(|| table(comparison, group, "id", "under ID", 0..1));
    let words = match group.shifted().len() {
        1 => format!("under {}", group.conditions[group.shifted().start].heading()),
        count => format!("mean of {count} shifted conditions"),
    };
    let shifted = several && !group.shifted().is_empty();
    let ood = shifted.then(|| table(comparison, group, "ood", &words, group.shifted()));
    id.into_iter().chain(ood).collect()
}

fn table(comparison: &Comparison, group: &Group, stem: &str, words: &str, conditions: Range<usize>) -> Table {
    let metric = Metric::DEFAULT;
    let rows: Vec<_> = group.rows_in_order().filter(|(_, row)| row.settings.is_empty()).collect();
    let mut columns: Vec<Vec<Score>> = (0..group.categories.len())
        .map(|category| {
            rows.iter().map(|(row, _)| group.category(metric, *row, category, conditions.clone())).collect()
        })
        .collect();
    let mean = |row: usize| match stem {
        "id" => group.score(metric, row, 0),
        _ => group.average(metric, row, Average::Ood),
    };
    columns.push(rows.iter().map(|(row, _)| mean(*row)).collect());
    let marks: Vec<Vec<Mark>> = columns.iter().map(|column| rank(metric, column)).collect();
    let entry = |(column, marks): (&Vec<Score>, &Vec<Mark>), line: usize| {
        // Fifteen columns have no room for it.
        let score = column[line].map(|estimate| crate::Estimate { std: None, ..estimate });
        Entry::new(&score, marks[line])
    };
    let lines = rows.iter().enumerate().map(|(line, (_, row))| Line {
        label: row.label(),
        kind: Kind::of(row),
        entries: columns.iter().zip(&marks).map(|column| entry(column, line)).collect(),
    });
    let several_seeds = rows.iter().any(|(_, row)| row.seeds.len() > 1);
    let spread = "Means over seeds; single seeds are in results.csv.";
    let random = notes::random_teacher(group);
    Table {
        name: format!("{}-categories-{stem}", group.dataset),
        heading: format!("{}: {} of single categories in %, {words}", group.dataset, metric.heading),
        title: notes::title(comparison, group),
        header: [&["method".into()], group.categories.as_slice(), &["mean".into()]].concat(),
        shifted: 0..group.categories.len(),
        lines: lines.collect(),
        notes: random.into_iter().chain(several_seeds.then(|| spread.into())).collect(),
    }
}
