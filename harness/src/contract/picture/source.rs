//! The bytes of a file that should hold a picture or a list.

use crate::contract::error::DataError;
use std::fs::{self, FileType};
use std::path::Path;

/// Largest file that is read at once, in bytes.
const MOST_BYTES: u64 = 1 << 30;

/// What data managers leave in place of a file whose content they did not fetch: how it begins, whose it is, and what
/// fetches it.
const POINTERS: [(&[u8], &str, &str); 2] = [
    (b"/annex/objects/", "git-annex", "git annex get"),
    (b"version https://git-lfs", "Git LFS", "git lfs pull"),
];

/// Pointers are shorter than this, in bytes; pictures may be, too.
const POINTER_BYTES: usize = 1024;

/// All bytes of the file at `path`.
///
/// # Errors
/// [`DataError`] naming the file when it cannot be read, when it is no regular file (nothing waits for what a pipe may
/// bring), when a link leads nowhere, and when only a pointer of git-annex or Git LFS is there.
pub fn read_file(path: &Path) -> Result<Vec<u8>, DataError> {
    let unreadable = |reason: String| DataError::unreadable(path, reason);
    let metadata = fs::metadata(path)
        .map_err(|error| unreadable(broken_link(path).unwrap_or_else(|| error.to_string())))?;
    if let Some(kind) = special(metadata.file_type()) {
        return Err(unreadable(format!("is {kind}, not a file; remove or rename it")));
    }
    if metadata.len() > MOST_BYTES {
        return Err(unreadable(format!("has {} MiB, more than {}", metadata.len() >> 20, MOST_BYTES >> 20)));
    }
    let bytes = fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    match POINTERS.iter().find(|(begin, ..)| bytes.len() < POINTER_BYTES && bytes.starts_with(begin)) {
        Some((_, owner, command)) => Err(unreadable(not_fetched(owner, command))),
        None => Ok(bytes),
    }
}

fn not_fetched(owner: &str, command: &str) -> String {
    format!("is a {owner} pointer whose content was not fetched: run `{command}`")
}

/// What a link that leads nowhere should lead to; `None` if there is no such link.
fn broken_link(path: &Path) -> Option<String> {
    let target = fs::read_link(path).ok()?;
    let target = target.to_string_lossy();
    let [(_, owner, command), _] = POINTERS;
    Some(match target.contains(".git/annex/objects") {
        true => not_fetched(owner, command),
        false => format!("is a link to {target}, which is not there; fetch it, or remove the link"),
    })
}

/// What a thing is that is no regular file.
fn special(kind: FileType) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("a pipe");
        }
        if kind.is_socket() {
            return Some("a socket");
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Some("a device");
        }
    }
    if kind.is_dir() { Some("a folder") } else { None }
}
