//! The part of a file that has arrived, kept between attempts and processes.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A file that grows, and beside it a note from which version at which address it comes.
pub(super) struct Partial {
    path: PathBuf,
    note: PathBuf,
}

impl Partial {
    pub fn at(path: &Path) -> Self {
        Self { path: path.into(), note: path.with_added_extension("version") }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes that have arrived.
    pub fn length(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |data| data.len())
    }

    /// What the server at `url` called the version that these bytes are of: an entity tag or a date.
    pub fn version(&self, url: &str) -> Option<String> {
        let note = fs::read_to_string(&self.note).ok()?;
        let (from, version) = note.split_once('\n')?;
        (from == url && !version.is_empty()).then(|| version.to_owned())
    }

    /// Starts anew.
    pub fn begin(&self, url: &str, version: Option<&str>) -> io::Result<File> {
        self.discard()?;
        fs::write(&self.note, format!("{url}\n{}", version.unwrap_or_default()))?;
        File::create(&self.path)
    }

    /// Goes on at the end.
    pub fn resume(&self) -> io::Result<File> {
        File::options().append(true).open(&self.path)
    }

    pub fn discard(&self) -> io::Result<()> {
        for path in [&self.path, &self.note] {
            match fs::remove_file(path) {
                Err(reason) if reason.kind() != io::ErrorKind::NotFound => return Err(reason),
                _ => {}
            }
        }
        Ok(())
    }
}
