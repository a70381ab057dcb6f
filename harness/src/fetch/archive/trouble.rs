//! Why an archive was not unpacked.

use std::io;

/// Why an archive was not unpacked.
#[derive(Debug)]
pub(in crate::fetch) enum Trouble {
    /// It is not what it should be.
    Archive(String),
    /// The target cannot be written.
    Disk(io::Error),
}
