//! Opening what a person names as a file: a pipe would wait for ever, and a device never ends.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

/// Opens a regular file, and tells its size in bytes.
///
/// # Errors
/// When it is something else, which is named, or cannot be opened.
pub fn open_regular(path: &Path) -> io::Result<(File, u64)> {
    // Before it is opened, which can wait for ever; and after, for it may have been replaced.
    check(&path.metadata()?)?;
    let file = File::open(path)?;
    let data = file.metadata()?;
    check(&data)?;
    Ok((file, data.len()))
}

/// Fails with the kind of what is no regular file.
pub fn check(data: &Metadata) -> io::Result<()> {
    match kind(data) {
        None => Ok(()),
        Some(kind) => Err(io::Error::other(format!("is {kind}, not a file"))),
    }
}

fn kind(data: &Metadata) -> Option<&'static str> {
    if data.is_file() {
        return None;
    }
    if data.is_dir() {
        return Some("a folder");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = data.file_type();
        for (is, name) in [
            (kind.is_fifo(), "a named pipe"),
            (kind.is_socket(), "a socket"),
            (kind.is_char_device() || kind.is_block_device(), "a device"),
        ] {
            if is {
                return Some(name);
            }
        }
    }
    Some("something else")
}
