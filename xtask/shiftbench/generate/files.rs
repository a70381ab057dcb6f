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

/// Writes a file of the repository, unless it already says so.
pub fn write(path: &Path, text: &str) -> Result<(), Exit> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text).map_err(|reason| Exit::unwritable(path, reason))
}
