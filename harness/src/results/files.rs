//! Files that appear whole or not at all, and are on the disk before anything that rests on them.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How names of files and folders being written begin.
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
        words(*gone),
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
    /// A record that another version wrote.
    #[error("{}: not a record of this version of shiftbench ({reason})", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// How one can tell.
        reason: String,
    },
    /// The folder holds results of other rules or jobs, which this run would orphan.
    #[error("{} {reason}; give this run a folder of its own with --out", path.display())]
    Used {
        /// The run folder.
        path: PathBuf,
        /// What it holds.
        reason: String,
    },
}

impl StoreError {
    pub(super) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |reason| Self::Write { path: path.into(), reason }
    }

    pub(crate) fn read(path: &Path, reason: impl ToString) -> Self {
        Self::Read { path: path.into(), reason: reason.to_string() }
    }
}

/// What is gone, in words.
fn words(gone: usize) -> String {
    match gone {
        0 => "the list of its results".into(),
        1 => "one result".into(),
        _ => format!("{gone} results"),
    }
}

/// Hash of bytes as records note it.
pub(super) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// Writes a file whole or not at all (scratch file, sync, rename, sync of the folder). Folders that are missing are
/// made. Once it returns, the file outlives a crash of the machine.
///
/// # Errors
/// When it cannot be written; what was there before is then still there.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_folder(folder)?;
    let attempt = || -> io::Result<()> {
        let mut scratch = scratch_file(folder)?;
        scratch.write_all(bytes)?;
        scratch.as_file().sync_all()?;
        let scratch = scratch.into_temp_path();
        fs::rename(&scratch, path)?;
        // It is not there any more under this name.
        let _ = scratch.keep();
        sync_folder(folder)
    };
    attempt().map_err(StoreError::write(path))
}

/// Makes a folder and those above it, and syncs what names them.
pub(super) fn create_folder(path: &Path) -> Result<(), StoreError> {
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    let parent = path.parent().unwrap_or(Path::new(""));
    create_folder(parent)?;
    match fs::create_dir(path) {
        // Somebody else was faster.
        Err(reason) if reason.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made.and_then(|()| sync_folder(parent)).map_err(StoreError::write(path)),
    }
}

/// Makes sure that the names in a folder outlive a crash.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    // Elsewhere folders cannot be opened, and renaming is all that can be done.
    if cfg!(unix) {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        File::open(path)?.sync_all()?;
    }
    Ok(())
}

/// Removes a file, if it is there.
pub fn remove_file(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(reason) if reason.kind() != io::ErrorKind::NotFound => Err(StoreError::write(path)(reason)),
        _ => Ok(()),
    }
}

/// Removes a folder, if it is there; at no moment is there half of it under its name.
pub(super) fn remove_folder(path: &Path) -> Result<(), StoreError> {
    if !path.exists() {
        return Ok(());
    }
    let going = scratch_path(path, "gone");
    let attempt = || -> io::Result<()> {
        if going.exists() {
            fs::remove_dir_all(&going)?;
        }
        fs::rename(path, &going)?;
        fs::remove_dir_all(&going)
    };
    attempt().map_err(StoreError::write(path))
}

/// A name beside `path` that [`sweep`] removes.
pub(super) fn scratch_path(path: &Path, purpose: &str) -> PathBuf {
    path.with_file_name(format!("{SCRATCH}{purpose}"))
}

/// Removes everything below `folder` that a killed process left half written. Only for who holds the run folder.
pub(super) fn sweep(folder: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(folder).map_err(|reason| StoreError::read(folder, reason))? {
        let entry = entry.map_err(|reason| StoreError::read(folder, reason))?;
        let (path, name) = (entry.path(), entry.file_name());
        // Links are neither followed nor removed: they are somebody's own.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        match name.to_string_lossy().starts_with(SCRATCH) {
            true if is_folder => fs::remove_dir_all(&path).map_err(StoreError::write(&path))?,
            true => remove_file(&path)?,
            false if is_folder => sweep(&path)?,
            false => {}
        }
    }
    Ok(())
}

/// A scratch file that others may read, as far as the user's umask lets them.
fn scratch_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(SCRATCH);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_half_written_is_swept_wherever_it_lies() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        let left = [
            ".part-a",
            "report/.part-1",
            "x/exhibits/.part-b",
            "job/.part-model/weights",
            "job/cells/.part-c",
        ];
        let kept = ["job/job.json", "job/model/weights", "job/a.part"];
        for name in left.iter().chain(&kept) {
            write(&at(name), b"text").unwrap();
        }
        sweep(root.path()).unwrap();
        assert!(left.iter().all(|name| !at(name).exists()) && kept.iter().all(|name| at(name).exists()));
        assert!(!at("job/.part-model").exists());
    }

    #[test]
    fn folders_go_as_a_whole() {
        let root = tempfile::tempdir().unwrap();
        let model = root.path().join("model");
        write(&model.join("deep/weights"), b"text").unwrap();
        remove_folder(&model).unwrap();
        remove_folder(&model).unwrap();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }
}
