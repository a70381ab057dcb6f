//! Everything a paper needs of a run: a document of one section per data set, before it has a format.

use crate::figure::{self, Figure};
use crate::picture::cases::Case;
use crate::table::{Table, TableKind};
use crate::{Comparison, Group, Picture, ReportError, Scores, Statistics};
use harness::metrics::Metric;
use harness::results::RunFolder;

/// A report before it is files.
pub struct Document<'a> {
    /// The results.
    pub comparison: &'a Comparison,
    /// One per group of the comparison, in its order; behind several, one of all data sets together.
    pub sections: Vec<Section>,
}

/// What a report shows of one data set.
pub struct Section {
    /// Name of the data set.
    pub dataset: String,
    /// The papers' table first.
    pub tables: Vec<Table>,
    /// Drawings.
    pub figures: Vec<Figure>,
    /// Heat maps.
    pub pictures: Vec<Picture>,
}

impl<'a> Document<'a> {
    /// The report of `comparison`, which was loaded with `scores` from `folder`, with the pictures of
    /// `cases`, each of the group at its position.
    ///
    /// # Errors
    /// When a file of the run cannot be read or a picture cannot be drawn.
    pub fn new(
        folder: &RunFolder,
        comparison: &'a Comparison,
        scores: &Scores,
        cases: &[(usize, Case)],
    ) -> Result<Self, ReportError> {
        let sections = comparison.groups.iter().zip(&scores.groups).enumerate();
        let section = |(position, (group, scores))| {
            let cases = cases.iter().filter(|(of, _)| *of == position);
            let pictures = cases.map(|(_, case)| case.draw(folder, comparison, group, scores));
            Ok(Section {
                dataset: group.dataset.clone(),
                tables: Table::of_group(comparison, group),
                figures: figure::of_group(comparison, group, scores),
                pictures: pictures.collect::<Result<_, ReportError>>()?,
            })
        };
        let mut sections = sections.map(section).collect::<Result<Vec<_>, ReportError>>()?;
        add_statistics(&Statistics::new(comparison, scores), comparison, &mut sections);
        Ok(Self { comparison, sections })
    }

    /// Without scores: every table, and of the figures the overview.
    pub fn overview(comparison: &'a Comparison) -> Self {
        let section = |group: &Group| Section {
            dataset: group.dataset.clone(),
            tables: Table::of_group(comparison, group),
            figures: figure::overview(comparison, group).into_iter().collect(),
            pictures: Vec::new(),
        };
        Self { comparison, sections: comparison.groups.iter().map(section).collect() }
    }
}

/// Footnotes below the image AUROC tables, tables of intervals and differences behind the others, and the
/// ranking of methods: of several data sets together in a section of its own, of a single one in that one's,
/// if it has enough categories for a test.
fn add_statistics(statistics: &Statistics, comparison: &Comparison, sections: &mut Vec<Section>) {
    let main = TableKind::Metric(Metric::DEFAULT);
    for (position, section) in sections.iter_mut().enumerate() {
        if let Some(table) = section.tables.iter_mut().find(|table| table.kind == main) {
            table.notes.extend(statistics.footnotes(comparison, position));
        }
        section.tables.extend(statistics.tables(comparison, position));
    }
    let Some(ranking) = &statistics.ranking else { return };
    let table = ranking.table(comparison);
    let figure = figure::critical_difference(comparison, ranking);
    match &mut sections[..] {
        [section] if ranking.tests.is_some() => {
            section.tables.push(table);
            section.figures.extend(figure);
        }
        [_] => {}
        _ => sections.push(Section {
            dataset: "all data sets".into(),
            tables: vec![table],
            figures: figure.into_iter().collect(),
            pictures: Vec::new(),
        }),
    }
}
