//! What tells one program from another: its command and the bytes of its files.

use super::Options;
use harness::contract::error::DetectorError;
use std::fs;
use std::path::Path;

/// A hash over the command, and over the content of every argument that is a file and every file that is declared.
///
/// # Errors
/// When a declared file cannot be read.
pub fn of(options: &Options) -> Result<String, DetectorError> {
    let mut hasher = blake3::Hasher::new();
    // Lengths keep what follows apart.
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    for argument in &options.command {
        add(argument.as_bytes());
        // The program itself is looked for on the path: its version is what it says of itself.
        if Path::new(argument).is_file() {
            add(&read("command", argument)?);
        }
    }
    for file in &options.files {
        add(file.as_bytes());
        add(&read("files", file)?);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

fn read(option: &'static str, file: &str) -> Result<Vec<u8>, DetectorError> {
    fs::read(file).map_err(|reason| DetectorError::Option {
        option,
        reason: format!("'{file}' cannot be read ({reason})"),
    })
}
