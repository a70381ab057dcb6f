//! Files of a report: each whole or not at all.

use crate::paper::ReportFile;
use crate::{Comparison, Document, ReportError, csv, markdown};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write};
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
    place(&folder.join("report"), &files)
}

/// Writes `files` and the list of their SHA-256 into `folder`. Of what an earlier call wrote there, nothing
/// stays; other files are left alone.
///
/// # Errors
/// When something cannot be written.
pub fn write_folder(folder: &Path, mut files: Vec<ReportFile>) -> Result<(), ReportError> {
    files.sort();
    let mut list = String::new();
    for (name, bytes) in &files {
        let _ = writeln!(list, "{}  {name}", sha256(bytes));
    }
    let earlier = fs::read_to_string(folder.join(LIST)).unwrap_or_default();
    for name in earlier.lines().filter_map(|line| line.split_once("  ")).map(|(_, name)| name) {
        let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if inside && !files.iter().any(|(new, _)| new == name) {
            let path = folder.join(name);
            match fs::remove_file(&path) {
                Err(reason) if reason.kind() != io::ErrorKind::NotFound => {
                    return Err(ReportError::Write { path, reason });
                }
                _ => {}
            }
        }
    }
    files.push((LIST.into(), list.into_bytes()));
    place(folder, &files).map(drop)
}

fn place(folder: &Path, files: &[ReportFile]) -> Result<Vec<PathBuf>, ReportError> {
    let place = |(name, bytes): &ReportFile| {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        match fs::create_dir_all(parent).and_then(|()| replace(parent, &path, bytes)) {
            Ok(()) => Ok(path),
            Err(reason) => Err(ReportError::Write { path, reason }),
        }
    };
    files.iter().map(place).collect()
}

fn replace(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let scratch = folder.join(format!(".part-{}", std::process::id()));
    let mut file = File::create(&scratch)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&scratch, path)
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
