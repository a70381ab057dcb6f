//! Keeping the folder small.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How names of files being written begin.
pub(super) const SCRATCH: &str = ".part-";

/// A file that is being written is done sooner.
const STALE: Duration = Duration::from_secs(3600);

/// Removes what was used longest ago, until at most so many bytes are left, and what was left half written.
pub(super) fn prune(folder: &Path, most_bytes: u64) -> io::Result<()> {
    let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for inner in fs::read_dir(folder)? {
        let Ok(inner) = fs::read_dir(inner?.path()) else { continue };
        for entry in inner.flatten() {
            // Another process may have removed it meanwhile.
            let Ok(data) = entry.metadata() else { continue };
            let used = data.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            let scratch = entry.file_name().to_string_lossy().starts_with(SCRATCH);
            match scratch && used.elapsed().is_ok_and(|age| age > STALE) {
                true => drop(fs::remove_file(entry.path())),
                false => files.push((used, data.len(), entry.path())),
            }
        }
    }
    files.sort();
    let mut bytes: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
    for (_, size, path) in files {
        if bytes <= most_bytes {
            break;
        }
        if fs::remove_file(path).is_ok() {
            bytes -= size;
        }
    }
    Ok(())
}
