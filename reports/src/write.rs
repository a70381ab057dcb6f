//! The `report/` folder of a run.

use crate::{Comparison, ReportError, csv, figure, markdown};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes `report/table.md`, `report/results.csv` and a figure per data set below `folder`, each whole or
/// not at all, and says what it wrote. A data set without any result yet gets no figure.
pub fn write(comparison: &Comparison, folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let mut files = vec![
        ("table.md".into(), markdown(comparison).into_bytes()),
        ("results.csv".into(), csv(comparison).into_bytes()),
    ];
    for figure in figure::overview(comparison) {
        files.push((format!("{}.png", figure.name), figure.png()?));
        files.push((format!("{}.svg", figure.name), figure.svg()?.into_bytes()));
    }
    let folder = folder.join("report");
    fs::create_dir_all(&folder).map_err(|reason| ReportError::Write { path: folder.clone(), reason })?;
    let place = |(name, bytes): (String, Vec<u8>)| {
        let path = folder.join(name);
        match replace(&folder, &path, &bytes) {
            Ok(()) => Ok(path),
            Err(reason) => Err(ReportError::Write { path, reason }),
        }
    };
    files.into_iter().map(place).collect()
}

fn replace(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let scratch = folder.join(format!(".part-{}", std::process::id()));
    let mut file = File::create(&scratch)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&scratch, path)
}
