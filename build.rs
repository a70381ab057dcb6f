//! Lists the suites that come with the program: each file in their folder is one.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

const FOLDER: &str = "xtask/shiftbench/suites";

fn main() -> Result<(), String> {
    println!("cargo:rerun-if-changed={FOLDER}");
    let folder = place("CARGO_MANIFEST_DIR")?.join(FOLDER);
    let entries = fs::read_dir(&folder).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
    let entries = entries.map_err(|reason| format!("{}: {reason}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "ron"));
    files.sort();
    let suites = files.iter().map(|file| suite(file)).collect::<Result<String, String>>()?;
    let list = place("OUT_DIR")?.join("suites.rs");
    fs::write(&list, format!("&[\n{suites}]\n")).map_err(|reason| format!("{}: {reason}", list.display()))
}

/// A folder that cargo names.
fn place(variable: &str) -> Result<PathBuf, String> {
    env::var_os(variable)
        .map(PathBuf::from)
        .ok_or_else(|| format!("{variable} is not set: run this through cargo"))
}

/// Name and text of a suite, in Rust.
fn suite(file: &Path) -> Result<String, String> {
    let (name, path) = (file.file_stem().and_then(|name| name.to_str()), file.to_str());
    let (name, path) = name.zip(path).ok_or_else(|| format!("{}: not UTF-8: rename it", file.display()))?;
    Ok(format!("    ({name:?}, include_str!({path:?})),\n"))
}
