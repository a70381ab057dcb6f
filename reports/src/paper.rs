//! Everything a paper needs of a run, as files.

use crate::cases::Case;
use crate::{Comparison, Picture, ReportError, Scores, csv, figure, markdown};
use harness::run::RunFolder;

/// A file of a report: its path below the report's folder, and its bytes.
pub type ReportFile = (String, Vec<u8>);

/// The files of `comparison`, which was loaded with `scores` from `folder`, with the pictures of `cases`,
/// each of the group at its position. They depend on the records alone.
///
/// # Errors
/// When a file of the run cannot be read or a figure cannot be drawn.
pub fn paper(
    folder: &RunFolder,
    comparison: &Comparison,
    scores: &Scores,
    cases: &[(usize, Case)],
) -> Result<Vec<ReportFile>, ReportError> {
    let mut files = vec![
        ("tables.md".into(), markdown(comparison).into_bytes()),
        ("results.csv".into(), csv(comparison).into_bytes()),
    ];
    for figure in figure::overview(comparison) {
        files.push((format!("figures/{}.png", figure.name), figure.png()?));
        files.push((format!("figures/{}.svg", figure.name), figure.svg()?.into_bytes()));
    }
    for (group, case) in cases {
        let picture: Picture =
            case.draw(folder, comparison, &comparison.groups[*group], &scores.groups[*group])?;
        files.push((format!("pictures/{}.png", picture.name), picture.png));
    }
    Ok(files)
}
