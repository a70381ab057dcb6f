//! The records and scores of a run in one small file, for whoever wants to look at them or go on from them.
//!
//! Left out is what is large and follows from elsewhere: trained states, anomaly maps, pictures, logs and reports. What
//! is packed is what was recorded, but that records of tests do not speak of the maps any more.

use crate::results::files::{self, StoreError};
use crate::results::job_folder::JobFolder;
use crate::results::record::CellRecord;
use crate::results::run_folder::RunFolder;
use crate::results::sealed;
use lzma_rust2::{XzOptions, XzWriter};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use tar::{Builder, Header};

/// Strength of the compression, as `xz -9` has it: scores of one image under many conditions lie megabytes apart.
const PRESET: u32 = 9;

/// What was packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Trainings.
    pub trainings: usize,
    /// Results.
    pub cells: usize,
    /// Size of the file.
    pub bytes: u64,
}

impl RunFolder {
    /// Writes what this folder has of the results that its index names into a `.tar.xz` file: the same bytes for the same
    /// records.
    ///
    /// # Errors
    /// When there is no run, a record or score file is damaged, or the file cannot be written.
    pub fn pack(&self, target: &Path) -> Result<Packed, StoreError> {
        let no_run = || StoreError::read(self.path(), "there is no run: it has no index.json");
        let index = self.index()?.ok_or_else(no_run)?;
        let mut jobs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for entry in &index.cells {
            jobs.entry(&entry.job).or_default().push(&entry.cell);
        }
        let error = || StoreError::write(target);
        let compressed = XzWriter::new(Vec::new(), XzOptions::with_preset(PRESET)).map_err(error())?;
        let mut archive = Archive(Builder::new(compressed));
        archive.add("index.json", &sealed::bytes(&index).map_err(error())?).map_err(error())?;
        let (mut trainings, mut cells) = (0, 0);
        for (path, labels) in jobs {
            let job = self.job(path);
            let Some(training) = job.training()? else { continue };
            trainings += 1;
            archive
                .add(&format!("{path}/job.json"), &sealed::bytes(&training).map_err(error())?)
                .map_err(error())?;
            for label in labels {
                let Some((record, scores)) = whole(&job, label)? else { continue };
                cells += 1;
                let record = sealed::bytes(&record).map_err(error())?;
                for (ending, bytes) in [("json", &record), ("csv", &scores)] {
                    archive.add(&format!("{path}/cells/{label}.{ending}"), bytes).map_err(error())?;
                }
            }
        }
        let bytes = archive.0.into_inner().and_then(XzWriter::finish).map_err(error())?;
        files::write(target, &bytes)?;
        Ok(Packed { trainings, cells, bytes: bytes.len() as u64 })
    }
}

/// A cell's record without its maps, and its score file; `None` if the cell was not tested.
fn whole(job: &JobFolder, label: &str) -> Result<Option<(CellRecord, Vec<u8>)>, StoreError> {
    if job.record_path(label).symlink_metadata().is_err() {
        return Ok(None);
    }
    let record = CellRecord { maps: None, ..job.cell(label)? };
    job.scores(label, &record)?;
    let path = job.scores_path(label);
    let scores = fs::read(&path).map_err(|reason| StoreError::read(&path, reason))?;
    Ok(Some((record, scores)))
}

/// A tar file in which nothing tells when, where or by whom it was made.
struct Archive<W: Write>(Builder<W>);

impl<W: Write> Archive<W> {
    fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut header = Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        self.0.append_data(&mut header, name, bytes)
    }
}
