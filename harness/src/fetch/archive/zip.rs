//! The files of a zip archive.

use super::folder::Folder;
use super::trouble::Trouble;
use std::io::{Read, Seek};

/// File type bits of a Unix mode, and the two types that are taken.
const TYPE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const DIRECTORY: u32 = 0o040_000;

pub(super) fn unpack(file: impl Read + Seek, folder: &mut Folder<'_>) -> Result<(), Trouble> {
    let broken = |reason: zip::result::ZipError| Trouble::Archive(reason.to_string());
    let mut archive = zip::ZipArchive::new(file).map_err(broken)?;
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(broken)?;
        let name = member.name().map_err(broken)?.into_owned();
        let kind = member.unix_mode().map_or(0, |mode| mode & TYPE);
        if member.is_symlink() || ![0, REGULAR, DIRECTORY].contains(&kind) {
            return Err(Trouble::Archive(format!(
                "member '{name}' is a link or a device, which is never unpacked"
            )));
        }
        if !member.is_dir() {
            folder.write(&name, member)?;
        }
    }
    Ok(())
}
