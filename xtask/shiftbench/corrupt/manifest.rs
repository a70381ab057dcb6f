//! What `corrupt` has written: one line per image, so that copies can be checked and a stopped run goes on.

use crate::exit::{Exit, USAGE};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Name of the file among the copies.
pub const NAME: &str = "manifest.csv";

/// What all copies of a folder share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Shifts and severities, such as `contrast-3+gaussian_noise-2`.
    pub shift: String,
    /// Revision of each shift's code, such as `1+2`.
    pub revision: String,
    /// Seed of random shifts.
    pub seed: u64,
}

/// A finished copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Path of the image below the source folder.
    pub image: String,
    /// SHA-256 of the source file.
    pub source_sha256: String,
    /// SHA-256 of the copy, a PNG file.
    pub sha256: String,
    /// SHA-256 of the shifted mask, where the image has one.
    pub mask_sha256: String,
    shift: String,
    revision: String,
    seed: u64,
}

impl Row {
    /// The row of a copy.
    pub fn new(image: String, hashes: [String; 3], settings: &Settings) -> Self {
        let [source_sha256, sha256, mask_sha256] = hashes;
        let Settings { shift, revision, seed } = settings.clone();
        Self { image, source_sha256, sha256, mask_sha256, shift, revision, seed }
    }

    fn settings(&self) -> Settings {
        Settings { shift: self.shift.clone(), revision: self.revision.clone(), seed: self.seed }
    }
}

/// The manifest of a folder while it grows.
pub struct Manifest {
    path: PathBuf,
    /// What was there when the run began.
    before: BTreeMap<String, Row>,
    growing: Mutex<(File, Vec<Row>)>,
}

impl Manifest {
    /// Opens or starts the manifest of `folder`, whose copies will be `targets`.
    ///
    /// # Errors
    /// When the folder holds other copies or pictures, or cannot be written.
    pub fn open(folder: &Path, settings: &Settings, targets: &[PathBuf]) -> Result<Self, Exit> {
        let path = folder.join(NAME);
        let before = read(&path)?;
        let foreign = match &before {
            Some(rows) => rows.iter().find(|row| row.settings() != *settings).map(|row| {
                let Settings { shift, revision, seed } = row.settings();
                format!("{} holds copies with {shift} (revision {revision}), seed {seed}", folder.display())
            }),
            None => targets
                .iter()
                .find(|target| target.exists())
                .map(|target| format!("{} is there already and {NAME} does not know it", target.display())),
        };
        if let Some(message) = foreign {
            return Err(Exit::new(USAGE, format!("{message}: choose another folder, or delete it first")));
        }
        let before = before.unwrap_or_default();
        // Written anew, because a killed run may have left half a line.
        write(&path, &before)?;
        let file =
            OpenOptions::new().append(true).open(&path).map_err(|error| Exit::unwritable(&path, error))?;
        let growing = Mutex::new((file, before.clone()));
        Ok(Self { path, before: before.into_iter().map(|row| (row.image.clone(), row)).collect(), growing })
    }

    /// The row of a copy of this image that an earlier run finished.
    pub fn earlier(&self, image: &str) -> Option<&Row> {
        self.before.get(image)
    }

    /// Notes a finished copy.
    ///
    /// # Errors
    /// When the manifest cannot be written.
    pub fn add(&self, row: Row) -> Result<(), Exit> {
        let mut growing = self.growing.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines(std::slice::from_ref(&row), false);
        growing.0.write_all(&line).map_err(|error| Exit::unwritable(&self.path, error))?;
        growing.1.push(row);
        Ok(())
    }

    /// Puts the rows in order: their order in the file was that in which threads finished.
    ///
    /// # Errors
    /// When the manifest cannot be written.
    pub fn finish(self) -> Result<(), Exit> {
        let (_, rows) = self.growing.into_inner().unwrap_or_else(PoisonError::into_inner);
        // The last row of an image counts.
        let rows: BTreeMap<String, Row> = rows.into_iter().map(|row| (row.image.clone(), row)).collect();
        write(&self.path, &rows.into_values().collect::<Vec<_>>())
    }
}

/// SHA-256 in hexadecimal digits, as `sha256sum` prints it.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The rows of an existing manifest, up to a line that was cut off.
fn read(path: &Path) -> Result<Option<Vec<Row>>, Exit> {
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read(path).map_err(|error| Exit::unwritable(path, error))?;
    let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    let rows: csv::Result<_> = csv::Reader::from_reader(&text[..whole]).into_deserialize().collect();
    rows.map(Some).map_err(|error| {
        let message = format!("{} was not written by `corrupt` ({error})", path.display());
        Exit::new(USAGE, format!("{message}: choose another folder"))
    })
}

fn write(path: &Path, rows: &[Row]) -> Result<(), Exit> {
    let error = |reason| Exit::unwritable(path, reason);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(error)?;
    }
    let part = path.with_extension("part");
    fs::write(&part, lines(rows, true)).map_err(error)?;
    fs::rename(part, path).map_err(error)
}

fn lines(rows: &[Row], header: bool) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    if header {
        let columns = ["image", "source_sha256", "sha256", "mask_sha256", "shift", "revision", "seed"];
        writer.write_record(columns).expect("memory does not fail");
    }
    rows.iter().for_each(|row| writer.serialize(row).expect("strings and numbers are CSV"));
    writer.into_inner().expect("memory does not fail")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(image: &str, settings: &Settings) -> Row {
        Row::new(image.into(), ["1".into(), "2".into(), String::new()], settings)
    }

    #[test]
    fn a_killed_run_goes_on_and_the_order_is_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings { shift: "fog-3".into(), revision: "1".into(), seed: 7 };
        let manifest = Manifest::open(folder.path(), &settings, &[]).unwrap();
        manifest.add(row("b.png", &settings)).unwrap();
        manifest.add(row("a, with comma.png", &settings)).unwrap();
        drop(manifest);
        let path = folder.path().join(NAME);
        let mut text = fs::read_to_string(&path).unwrap();
        text.push_str("c.png,1234");
        fs::write(&path, text).unwrap();
        let manifest = Manifest::open(folder.path(), &settings, &[]).unwrap();
        assert!(manifest.earlier("b.png").is_some() && manifest.earlier("c.png").is_none());
        manifest.finish().unwrap();
        let rows = read(&path).unwrap().unwrap();
        assert_eq!(
            rows.iter().map(|row| row.image.as_str()).collect::<Vec<_>>(),
            ["a, with comma.png", "b.png"]
        );
    }

    #[test]
    fn copies_of_another_kind_and_strange_files_are_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let settings = |seed| Settings { shift: "fog-3".into(), revision: "1".into(), seed };
        let message = |outcome: Result<Manifest, Exit>| outcome.err().unwrap().message;
        let picture = folder.path().join("a.png");
        fs::write(&picture, "").unwrap();
        let targets = [picture];
        assert!(message(Manifest::open(folder.path(), &settings(0), &targets)).contains("is there already"));
        let manifest = Manifest::open(folder.path(), &settings(0), &[]).unwrap();
        manifest.add(row("a.png", &settings(0))).unwrap();
        manifest.finish().unwrap();
        assert!(message(Manifest::open(folder.path(), &settings(1), &targets)).contains("seed 0"));
        fs::write(folder.path().join(NAME), "name,score\nx,1\n").unwrap();
        assert!(message(Manifest::open(folder.path(), &settings(0), &targets)).contains("not written by"));
    }
}
