//! Arguments that commands share.

use clap::Args;
use std::path::{Path, PathBuf};

/// Where fetched data and weights lie.
#[derive(Args)]
pub struct DataRoot {
    /// Folder of fetched data and weights [default: $SHIFTBENCH_DATA or ~/.cache/shiftbench]
    #[arg(long, value_name = "DIR")]
    data_root: Option<PathBuf>,
}

impl DataRoot {
    /// This folder.
    pub fn at(folder: PathBuf) -> Self {
        Self { data_root: Some(folder) }
    }

    /// The folder that was asked for, or the default.
    pub fn path(&self) -> PathBuf {
        self.data_root.clone().unwrap_or_else(harness::fetch::default_data_root)
    }
}

/// Where pictures are kept that were decoded, shifted and resized once, for all methods, seeds and runs.
#[derive(Args, Default)]
pub struct PreparedPictures {
    /// Folder of prepared pictures, which are not decoded, shifted and resized twice [default: DATA_ROOT/prepared]
    #[arg(long = "cache", value_name = "DIR", conflicts_with = "none")]
    folder: Option<PathBuf>,
    /// The most that folder may hold when a run has ended, in GiB
    #[arg(long = "cache-gib", value_name = "N", default_value = "8")]
    gib: u64,
    /// Prepare every picture anew, and hash every image file
    #[arg(long = "no-cache")]
    none: bool,
}

impl PreparedPictures {
    /// The folder and its limit in bytes; `None` if there is to be none.
    pub fn folder(&self, data_root: &Path) -> Option<(PathBuf, u64)> {
        let folder = self.folder.clone().unwrap_or_else(|| data_root.join("prepared"));
        (!self.none).then_some((folder, self.gib << 30))
    }
}
