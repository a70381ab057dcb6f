//! What the records under `docs/results` say: tables and figures beside them, made anew.

use crate::exit::{Exit, FOLDER};
use crate::finished::baselines;
use crate::unpack::Unpacked;
use reports::{Comparison, Document, Scores};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder for each study, below the root of the repository.
const STUDIES: &str = "docs/results";

/// In each of them, what `pack` wrote.
const RECORDS: &str = "records.tar.xz";

/// Of a report's files, those that are kept: what a page of the repository shows.
fn is_kept(path: &str) -> bool {
    path == "tables.md"
        || path.starts_with("tables/") && path.ends_with(".csv")
        || path.starts_with("figures/") && path.ends_with(".png")
}

/// Every file that follows from the records of a study, with its path.
///
/// # Errors
/// When records cannot be read or are damaged.
pub fn files(root: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, Exit> {
    let mut made = Vec::new();
    for study in studies(root)? {
        let place = std::env::temp_dir();
        let Unpacked { folder, .. } = &Unpacked::of(&study.join(RECORDS), &place)?;
        let comparison = Comparison::load(folder, None)?.with_baselines(&baselines());
        let scores = Scores::load(folder, &comparison)?;
        let document = Document::new(folder, &comparison, &scores, &[])?;
        let files = reports::format::files(&document)?.into_iter().filter(|(path, _)| is_kept(path));
        made.extend(files.map(|(path, bytes)| (study.join(path), bytes)));
    }
    Ok(made)
}

/// The folders that have records, sorted.
fn studies(root: &Path) -> Result<Vec<PathBuf>, Exit> {
    let folder = root.join(STUDIES);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |reason| Exit::new(FOLDER, format!("{}: {reason}", folder.display()));
    let entries: Vec<_> = fs::read_dir(&folder).and_then(Iterator::collect).map_err(unreadable)?;
    let mut studies: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    studies.retain(|study| study.join(RECORDS).is_file());
    studies.sort();
    Ok(studies)
}
