//! The hidden folder of the data root in which one process at a time fetches a resource.

use super::{FetchError, Step};
use crate::disk::knows_no_locks;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Name of the file that is locked.
const LOCK: &str = "lock";

/// Ending of a download that is not complete or not checked.
const PART: &str = "part";

/// A claimed folder `.fetch-NAME`. When dropped it goes away, unless it holds a partial download.
pub(super) struct Workplace {
    path: PathBuf,
    _lock: File,
}

impl Workplace {
    /// Claims the folder of `name`, after any other process has left it.
    pub fn enter(data_root: &Path, name: &str, watch: &mut dyn FnMut(Step<'_>)) -> Result<Self, FetchError> {
        let path = data_root.join(format!(".fetch-{name}"));
        let error = |reason| FetchError::Write { path: path.clone(), reason };
        loop {
            fs::create_dir_all(&path).map_err(error)?;
            let lock = match File::create(path.join(LOCK)) {
                // Another process has just left and removed the folder.
                Err(reason) if reason.kind() == io::ErrorKind::NotFound => continue,
                opened => opened.map_err(error)?,
            };
            match lock.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    watch(Step::Waiting);
                    lock.lock().map_err(error)?;
                }
                // Some shared file systems know no locks; hashes and the final rename still hold there.
                Err(TryLockError::Error(reason)) if knows_no_locks(&reason) => {}
                Err(TryLockError::Error(reason)) => return Err(error(reason)),
            }
            if is_same(&lock, &path.join(LOCK)) {
                let place = Self { path, _lock: lock };
                place.clear(&place.unpacked()).map_err(|reason| place.error(reason))?;
                return Ok(place);
            }
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where a file's bytes are collected.
    pub fn part(&self, file: &str) -> PathBuf {
        self.path.join(format!("{file}.{PART}"))
    }

    /// Where the result is built.
    pub fn unpacked(&self) -> PathBuf {
        self.path.join("unpacked")
    }

    /// That the folder cannot be used.
    pub fn error(&self, reason: io::Error) -> FetchError {
        FetchError::Write { path: self.path.clone(), reason }
    }

    /// Forgets all partial downloads.
    pub fn forget(&self) -> io::Result<()> {
        for path in fs::read_dir(&self.path)?.map(|entry| entry.map(|entry| entry.path())) {
            let path = path?;
            if path.is_file() && !path.ends_with(LOCK) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn clear(&self, folder: &Path) -> io::Result<()> {
        match fs::remove_dir_all(folder) {
            Err(reason) if reason.kind() != io::ErrorKind::NotFound => Err(reason),
            _ => Ok(()),
        }
    }

    fn holds_a_part(&self) -> bool {
        let paths = fs::read_dir(&self.path).into_iter().flatten().flatten().map(|entry| entry.path());
        paths.into_iter().any(|path| path.extension().is_some_and(|ending| ending == PART))
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next fetch.
        let _ = self.clear(&self.unpacked());
        if !self.holds_a_part() {
            let _ = self.clear(&self.path);
        }
    }
}

/// Whether `path` still leads to `file`: who waited may have been given the lock of a removed file.
#[cfg(unix)]
fn is_same(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |data: fs::Metadata| (data.dev(), data.ino());
    let (ours, there) = (file.metadata().map(identity), fs::metadata(path).map(identity));
    ours.is_ok() && ours.ok() == there.ok()
}

#[cfg(not(unix))]
fn is_same(_: &File, path: &Path) -> bool {
    path.exists()
}
