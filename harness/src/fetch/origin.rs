//! The note beside the data: what it is, where it came from and that its licence was accepted.

use super::{Accepted, FetchError};
use serde::Serialize;
use std::fs;
use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// A file that has arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Origin {
    /// Its name.
    pub file: &'static str,
    /// Address or path it came from.
    pub from: String,
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
    /// Whether this hash was known beforehand.
    pub verified: bool,
}

#[derive(Serialize)]
struct Note<'a> {
    name: &'a str,
    summary: &'a str,
    page: &'a str,
    licence: &'a str,
    licence_page: &'a str,
    licence_accepted_by: &'a str,
    /// Seconds since 1970.
    time: u64,
    files: &'a [Origin],
}

/// Writes `<data-root>/NAME.origin.json`, whole or not at all; `scratch` is a path on the same file system.
pub(super) fn write(
    accepted: &Accepted,
    data_root: &Path,
    scratch: &Path,
    files: &[Origin],
) -> Result<(), FetchError> {
    let resource = accepted.resource;
    let path = data_root.join(format!("{}.origin.json", resource.name));
    let note = Note {
        name: resource.name,
        summary: resource.summary,
        page: resource.page,
        licence: resource.licence.name,
        licence_page: resource.licence.page,
        licence_accepted_by: accepted.how,
        time: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()),
        files,
    };
    let write = || -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(&note)?;
        text.push(b'\n');
        fs::write(scratch, text)?;
        fs::rename(scratch, &path)
    };
    write().map_err(|reason| FetchError::Write { path: path.clone(), reason })
}
