//! Files that appear whole or not at all: scratch file, sync, rename.

use super::vanished;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How names of files being written begin.
pub(super) const SCRATCH: &str = ".part-";

/// Why the results folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be written.
    #[error("cannot write {}: {reason}. Choose another output folder with --out", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        reason: io::Error,
    },
    /// Another run holds it.
    #[error(
        "another run is using {} (process {holder}); wait for it, or give this one its own folder with --out",
        path.display()
    )]
    Busy {
        /// The run folder.
        path: PathBuf,
        /// Process id of the other run, as far as known.
        holder: String,
    },
    /// Another run took the folder over, because this one could not keep its claim fresh.
    #[error(
        "another run took over {} while this one stood still; wait for it, then run again to go on",
        path.display()
    )]
    Lost {
        /// The run folder.
        path: PathBuf,
    },
    /// Results are gone that the run had written or found.
    #[error(
        "{} vanished from {} while the run was under way; keep others from deleting there and run again",
        vanished::words(*gone),
        path.display()
    )]
    Vanished {
        /// The run folder.
        path: PathBuf,
        /// Results that are gone; 0 if only the index is.
        gone: usize,
    },
    /// A file is not what it should be.
    #[error("{}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// Removes a file, if it is there.
pub(super) fn remove_file(path: PathBuf) -> Result<(), StoreError> {
    match fs::remove_file(&path) {
        Err(reason) if reason.kind() != io::ErrorKind::NotFound => Err(StoreError::Write { path, reason }),
        _ => Ok(()),
    }
}

/// What a JSON file holds.
pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, StoreError> {
    let error = |reason: String| StoreError::Read { path: path.into(), reason };
    let text = fs::read_to_string(path).map_err(|reason| error(reason.to_string()))?;
    serde_json::from_str(&text).map_err(|reason| error(format!("not a valid record ({reason})")))
}

/// Writes a JSON file whole or not at all.
pub(super) fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), StoreError> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| StoreError::Read { path: path.into(), reason: error.to_string() })?;
    write(path, (text + "\n").as_bytes())
}

/// Writes a file whole or not at all.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let attempt = || -> io::Result<()> {
        let mut scratch = scratch_file(folder)?;
        scratch.write_all(bytes)?;
        scratch.as_file().sync_all()?;
        scratch.persist(path)?;
        Ok(())
    };
    attempt().map_err(|reason| StoreError::Write { path: path.into(), reason })
}

/// A scratch file that others may read, as far as the user's umask lets them.
fn scratch_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(SCRATCH);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}
