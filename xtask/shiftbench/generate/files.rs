//! Files of the repository.

use crate::exit::{Exit, FOLDER};
use std::fs;
use std::path::Path;

/// Reads a file of the repository.
pub fn read(path: &Path) -> Result<String, Exit> {
    let way_out = "run this through `cargo xtask` in the repository";
    fs::read_to_string(path)
        .map_err(|reason| Exit::new(FOLDER, format!("{}: {reason}; {way_out}", path.display())))
}

/// Writes a file of the repository, unless it already says so. Folders that are missing are made.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), Exit> {
    let content = content.as_ref();
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(path, content)).map_err(|reason| Exit::unwritable(path, reason))
}
