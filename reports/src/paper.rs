//! Everything a paper needs of a run: a document of one section per data set, and the files made of it.

use crate::cases::Case;
use crate::figure::{self, Figure};
use crate::{Comparison, Metric, Picture, ReportError, Scores, Statistics, Table, csv, html, markdown};
use harness::run::RunFolder;

/// A file of a report: its path below the report's folder, and its bytes.
pub type ReportFile = (String, Vec<u8>);

/// A report before it is files.
pub struct Document<'a> {
    /// The results.
    pub comparison: &'a Comparison,
    /// One per group of the comparison, in its order.
    pub sections: Vec<Section>,
    /// What is said of several data sets together.
    pub overall: Option<Section>,
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
        let overall = add_statistics(&Statistics::new(comparison, scores), comparison, &mut sections);
        Ok(Self { comparison, sections, overall })
    }

    /// Its files. They depend on the records alone.
    ///
    /// # Errors
    /// When a figure cannot be drawn.
    pub fn files(&self) -> Result<Vec<ReportFile>, ReportError> {
        let mut files = vec![
            ("report.html".into(), html(self)?.into_bytes()),
            ("tables.md".into(), markdown(self.comparison).into_bytes()),
            ("results.csv".into(), csv(self.comparison).into_bytes()),
        ];
        for section in self.sections.iter().chain(&self.overall) {
            for figure in &section.figures {
                files.push((format!("figures/{}.png", figure.name), figure.png()?));
                files.push((format!("figures/{}.svg", figure.name), figure.svg()?.into_bytes()));
            }
            for picture in &section.pictures {
                files.push((format!("pictures/{}.png", picture.name), picture.png.clone()));
            }
        }
        Ok(files)
    }
}

/// Footnotes below the image AUROC tables, tables of intervals and differences behind the others, and the
/// ranking of methods: of several data sets together in a section of its own, of a single one in that one's,
/// if it has enough categories for a test.
fn add_statistics(
    statistics: &Statistics,
    comparison: &Comparison,
    sections: &mut [Section],
) -> Option<Section> {
    let main = format!("-{}", Metric::DEFAULT.name.replace('_', "-"));
    for (position, section) in sections.iter_mut().enumerate() {
        if let Some(table) = section.tables.iter_mut().find(|table| table.name.ends_with(&main)) {
            table.notes.extend(statistics.footnotes(comparison, position));
        }
        section.tables.extend(statistics.tables(comparison, position));
    }
    let ranking = statistics.ranking.as_ref()?;
    let (tables, figure) =
        (vec![ranking.table(comparison)], figure::critical_difference(comparison, ranking));
    match sections {
        [section] => {
            if ranking.tests.is_some() {
                section.tables.extend(tables);
                section.figures.extend(figure);
            }
            None
        }
        _ => Some(Section {
            dataset: "all data sets".into(),
            tables,
            figures: figure.into_iter().collect(),
            pictures: Vec::new(),
        }),
    }
}
