//! One run at a time in a folder: by a lock of the system, or where there are no locks by a claim file.

mod holder;
mod numbered;

use crate::disk::knows_no_locks;
use crate::results::claim::holder::host_name;
use crate::results::files::StoreError;
use numbered::{Numbered, PACE};
use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Name of the file that is locked.
const LOCK: &str = ".lock";

/// A folder claimed for this process, until it is dropped or the process ends.
pub struct Claim {
    folder: PathBuf,
    hold: Hold,
}

enum Hold {
    /// The system releases it however the process ends.
    Lock {
        _file: File,
    },
    File(Numbered),
}

impl Claim {
    /// Claims `folder`, which exists.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another run has it, [`StoreError::Write`] if nothing can be written there.
    pub(super) fn take(folder: &Path) -> Result<Self, StoreError> {
        Self::take_by(folder, File::try_lock)
    }

    /// Claims `folder` with this way to lock a file.
    fn take_by(folder: &Path, lock: impl Fn(&File) -> Result<(), TryLockError>) -> Result<Self, StoreError> {
        let error = |reason| StoreError::Write { path: folder.into(), reason };
        let busy = |holder| StoreError::Busy { path: folder.into(), holder };
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(folder.join(LOCK)).map_err(error)?;
        let hold = match lock(&file) {
            Ok(()) => {
                let holder = format!("{} on {}", std::process::id(), host_name());
                file.set_len(0).and_then(|()| file.write_all(holder.as_bytes())).map_err(error)?;
                Hold::Lock { _file: file }
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Who it is only makes the message clearer.
                let _ = file.read_to_string(&mut holder);
                return Err(busy(holder));
            }
            Err(TryLockError::Error(reason)) if knows_no_locks(&reason) => {
                tracing::warn!(
                    "the file system of {} knows no locks ({reason}): this run claims it by a file instead",
                    folder.display()
                );
                Hold::File(numbered::take(folder, PACE).map_err(error)?.map_err(busy)?)
            }
            Err(TryLockError::Error(reason)) => return Err(error(reason)),
        };
        Ok(Self { folder: folder.into(), hold })
    }

    /// Checks that nobody took the folder over: possible only without locks, from a run that stood still.
    ///
    /// # Errors
    /// [`StoreError::Lost`].
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match &self.hold {
            Hold::File(claim) if claim.is_lost() => Err(StoreError::Lost { path: self.folder.clone() }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use nix::errno::Errno;

    fn without_locks(folder: &Path) -> Result<Claim, StoreError> {
        Claim::take_by(folder, |_| Err(TryLockError::Error(Errno::ENOLCK.into())))
    }

    #[test]
    fn with_and_without_locks_a_folder_has_one_holder_who_is_named() {
        for take in [Claim::take, without_locks] {
            let folder = tempfile::tempdir().unwrap();
            let claim = take(folder.path()).unwrap();
            claim.check().unwrap();
            let message = take(folder.path()).err().unwrap().to_string();
            let holder = format!("process {} on {}", std::process::id(), host_name());
            assert!(message.contains(&holder) && message.contains("--out"), "{message}");
            drop(claim);
            take(folder.path()).unwrap();
        }
    }

    #[test]
    fn only_the_absence_of_locks_is_taken_for_it() {
        for errno in [Errno::ENOLCK, Errno::ENOSYS, Errno::EOPNOTSUPP, Errno::EINVAL] {
            assert!(knows_no_locks(&errno.into()), "{errno}");
        }
        let folder = tempfile::tempdir().unwrap();
        let broken = Claim::take_by(folder.path(), |_| Err(TryLockError::Error(Errno::EIO.into())));
        assert!(matches!(broken, Err(StoreError::Write { .. })));
    }
}
