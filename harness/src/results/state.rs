//! The trained state of a job, file by file: a bit that changed since training makes it untrained.

use crate::results::files::{StoreError, hash, sync_folder};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

/// Hashes of the files of a trained state, by their path below its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// BLAKE3 in hexadecimal.
    pub files: BTreeMap<String, String>,
    /// Size of all files together.
    pub bytes: u64,
}

impl State {
    /// The state in `folder`, which is on the disk, names included, when this returns.
    ///
    /// # Errors
    /// When something in it cannot be read or synced.
    pub(crate) fn settle(folder: &Path) -> Result<Self, StoreError> {
        let mut state = Self::default();
        state.add(folder, "", true)?;
        Ok(state)
    }

    /// Whether `folder` holds this state to the last bit.
    ///
    /// # Errors
    /// The first file that is missing, damaged or not of this state.
    pub(super) fn check(&self, folder: &Path) -> Result<(), StoreError> {
        let mut found = Self::default();
        found.add(folder, "", false)?;
        let names = self.files.keys().chain(found.files.keys());
        match names.into_iter().find(|name| self.files.get(*name) != found.files.get(*name)) {
            None => Ok(()),
            Some(name) => {
                let reason = match (self.files.get(name), found.files.get(name)) {
                    (Some(_), Some(_)) => "this part of the trained state was damaged or edited",
                    (Some(_), None) => "this part of the trained state is missing",
                    (None, _) => "this file is no part of the trained state",
                };
                Err(StoreError::read(&folder.join(name), reason))
            }
        }
    }

    /// One hash for all files: what records of tests note.
    pub fn digest(&self) -> String {
        let lines = self.files.iter().map(|(name, hash)| format!("{hash} {name}\n"));
        hash(lines.collect::<String>().as_bytes())
    }

    fn add(&mut self, folder: &Path, prefix: &str, sync: bool) -> Result<(), StoreError> {
        let error = |path: &Path| {
            let path = path.to_owned();
            move |reason: std::io::Error| StoreError::read(&path, reason)
        };
        for entry in fs::read_dir(folder).map_err(error(folder))? {
            let entry = entry.map_err(error(folder))?;
            let path = entry.path();
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().map_err(error(&path))?.is_dir() {
                self.add(&path, &format!("{name}/"), sync)?;
                continue;
            }
            if sync {
                File::open(&path).and_then(|file| file.sync_all()).map_err(error(&path))?;
            }
            let bytes = fs::read(&path).map_err(error(&path))?;
            self.bytes += bytes.len() as u64;
            self.files.insert(name, hash(&bytes));
        }
        if sync { sync_folder(folder).map_err(error(folder)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_all_its_files_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("deep")).unwrap();
        fs::write(at("weights"), b"0123456789").unwrap();
        fs::write(at("deep/pictures"), b"rgb").unwrap();
        let state = State::settle(folder.path()).unwrap();
        assert_eq!((state.files.len(), state.bytes), (2, 13));
        state.check(folder.path()).unwrap();

        let told = |words: &str| {
            let message = state.check(folder.path()).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
            assert_ne!(State::settle(folder.path()).unwrap().digest(), state.digest());
        };
        fs::write(at("weights"), b"0123456788").unwrap();
        told("weights: this part of the trained state was damaged");
        fs::write(at("weights"), b"0123456789").unwrap();
        fs::write(at("deep/pictures"), b"r").unwrap();
        told("deep/pictures: this part of the trained state was damaged");
        fs::remove_file(at("deep/pictures")).unwrap();
        told("deep/pictures: this part of the trained state is missing");
        fs::write(at("deep/pictures"), b"rgb").unwrap();
        fs::write(at("more"), b"").unwrap();
        told("more: this file is no part");
    }
}
