//! Files of a report: each whole or not at all.

use crate::format::{ReportFile, csv, markdown};
use crate::{Comparison, Document, ReportError};
use harness::results::remove_file;
use std::fmt::Write as _;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// What a folder of a paper lists its files in, as `sha256sum --check` reads it.
const LIST: &str = "SHA256SUMS";

/// Writes `report/table.md`, `report/results.csv` and a figure per data set below `folder`, each whole or
/// not at all, and says what it wrote. A data set without any result yet gets no figure.
pub fn write(comparison: &Comparison, folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let document = Document::overview(comparison);
    let mut files = vec![
        ("table.md".into(), markdown(&document, "").into_bytes()),
        ("results.csv".into(), csv(comparison).into_bytes()),
    ];
    for figure in document.sections.iter().flat_map(|section| &section.figures) {
        files.push((format!("{}.png", figure.name), figure.png()?));
        files.push((format!("{}.svg", figure.name), figure.svg()?.into_bytes()));
    }
    write_folder(&folder.join("report"), files)
}

/// Writes `files` and the list of their SHA-256 into `folder`. Of what an earlier call wrote there, nothing
/// stays; other files are left alone.
///
/// # Errors
/// When something cannot be written.
pub fn write_folder(folder: &Path, mut files: Vec<ReportFile>) -> Result<Vec<PathBuf>, ReportError> {
    files.sort();
    let mut list = String::new();
    for (name, bytes) in &files {
        let _ = writeln!(list, "{}  {name}", sha256(bytes));
    }
    let earlier = fs::read_to_string(folder.join(LIST)).unwrap_or_default();
    for name in earlier.lines().filter_map(|line| line.split_once("  ")).map(|(_, name)| name) {
        let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if inside && !files.iter().any(|(new, _)| new == name) {
            remove_file(&folder.join(name)).map_err(ReportError::Write)?;
        }
    }
    files.push((LIST.into(), list.into_bytes()));
    place(folder, &files)
}

/// What in `folder` is not what [`write_folder`] wrote there; nothing if it never wrote there.
pub fn check_folder(folder: &Path) -> Vec<String> {
    let list = folder.join(LIST);
    if list.symlink_metadata().is_err() {
        return Vec::new();
    }
    let damaged = |path: &Path, reason: &str| format!("{}: {reason}", path.display());
    let Ok(text) = fs::read_to_string(&list) else { return vec![damaged(&list, "it cannot be read")] };
    let lines = text.lines().filter_map(|line| match line.split_once("  ") {
        None => Some(damaged(&list, &format!("'{line}' is not a hash and a name"))),
        Some((hash, name)) => match fs::read(folder.join(name)) {
            Err(reason) => Some(damaged(&list, &format!("it names '{name}': {reason}"))),
            Ok(bytes) if sha256(&bytes) != hash => {
                Some(damaged(&folder.join(name), "it is not what was written, as SHA256SUMS says"))
            }
            Ok(_) => None,
        },
    });
    lines.collect()
}

fn place(folder: &Path, files: &[ReportFile]) -> Result<Vec<PathBuf>, ReportError> {
    let place = |(name, bytes): &ReportFile| {
        let path = folder.join(name);
        harness::results::write(&path, bytes).map_err(ReportError::Write)?;
        Ok(path)
    };
    files.iter().map(place).collect()
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
