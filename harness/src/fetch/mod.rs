//! Bringing data and weights to where they are looked for.
//!
//! A plugin states a [`Resource`]: what it is called, under which licence, and its [`Source`]. [`fetch`] brings it
//! into the data root, once the licence was [accepted](Accepted). Downloads can be interrupted and go on later, files
//! are known by their SHA-256, archives are unpacked with distrust, and the data appear under their name whole or not
//! at all.
//!
//! [`Resource`]: crate::contract::resource::Resource
//! [`Source`]: crate::contract::resource::Source

mod archive;
mod digest;
mod download;
mod error;
mod licence;
mod origin;
mod place;
mod wheel;
mod workplace;

pub use archive::unpack_whole;
pub use error::FetchError;
pub use licence::Accepted;
pub use place::{Delivery, Way, fetch};

use std::path::PathBuf;
use std::time::Duration;

/// What a fetch is doing, for whoever shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// Another process fetches the same; its result will be used.
    Waiting,
    /// Bytes arrive.
    Downloading {
        /// Name of the file.
        file: &'a str,
        /// Bytes that are there, from earlier attempts too.
        done: u64,
        /// Bytes of the whole file, if the server said.
        total: Option<u64>,
    },
    /// A download failed and is tried again, here or at the next address.
    Retrying {
        /// What went wrong, with the address.
        reason: &'a str,
    },
    /// The SHA-256 of a file is computed.
    Checking {
        /// Name of the file.
        file: &'a str,
    },
    /// Files come out of an archive.
    Unpacking {
        /// Name of the archive.
        file: &'a str,
        /// Files so far.
        done: usize,
    },
}

/// How long to wait for a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Until it is connected.
    pub connect: Duration,
    /// Until the next bytes arrive.
    pub stall: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(30), stall: Duration::from_secs(60) }
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
