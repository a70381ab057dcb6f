//! The files of a tar archive.
//!
//! The entries are read raw, since names may be given in entries of their own whose size only the archive limits.

use super::folder::Folder;
use super::trouble::Trouble;
use std::io::{self, Read};
use tar::{Archive, EntryType, PaxExtensions};

/// Most bytes of an entry that describes the next one.
const MOST_DESCRIPTION: u64 = 1 << 20;

pub(super) fn unpack(content: impl Read, folder: &mut Folder<'_>) -> Result<(), Trouble> {
    let mut content = Bounded { content, left: folder.allowed() };
    let unpacked = entries(&mut content, folder);
    let drained = unpacked.and_then(|()| {
        // Compressed streams end with a checksum.
        io::copy(&mut content, &mut io::sink()).map(drop).map_err(broken)
    });
    if content.left == 0 { Err(folder.overflow()) } else { drained }
}

fn broken(reason: io::Error) -> Trouble {
    Trouble::Archive(format!("cannot be read ({reason})"))
}

fn entries(content: &mut impl Read, folder: &mut Folder<'_>) -> Result<(), Trouble> {
    let mut archive = Archive::new(content);
    // The name of the next entry, if an entry before it says so.
    let mut described = None;
    for entry in archive.entries().map_err(broken)?.raw(true) {
        let mut entry = entry.map_err(broken)?;
        let name = described.clone().unwrap_or_else(|| entry.path_bytes().into_owned());
        let name = String::from_utf8(name).map_err(|error| {
            Trouble::Archive(format!(
                "member '{}' has a name that is not UTF-8",
                error.as_bytes().escape_ascii()
            ))
        })?;
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => {
                // Old archives mark folders by their name only.
                if !name.ends_with('/') {
                    folder.write(&name, entry)?;
                }
            }
            EntryType::Directory | EntryType::XGlobalHeader => {}
            EntryType::GNULongName => {
                let mut text = description(&mut entry)?;
                text.truncate(text.iter().position(|byte| *byte == 0).unwrap_or(text.len()));
                described = Some(text);
                continue;
            }
            EntryType::XHeader => {
                let text = description(&mut entry)?;
                described = extended(&text)?.or(described);
                continue;
            }
            // Of a link, which is refused when it comes.
            EntryType::GNULongLink => continue,
            EntryType::Link | EntryType::Symlink => {
                return Err(Trouble::Archive(format!("member '{name}' is a link, which is never unpacked")));
            }
            EntryType::Char | EntryType::Block | EntryType::Fifo => {
                return Err(Trouble::Archive(format!(
                    "member '{name}' is a device, which is never unpacked"
                )));
            }
            _ => return Err(Trouble::Archive(format!("member '{name}' is no ordinary file"))),
        }
        described = None;
    }
    Ok(())
}

/// The content of an entry that describes the next one.
fn description(entry: &mut impl Read) -> Result<Vec<u8>, Trouble> {
    let mut text = Vec::new();
    entry.take(MOST_DESCRIPTION + 1).read_to_end(&mut text).map_err(broken)?;
    if text.len() as u64 > MOST_DESCRIPTION {
        return Err(Trouble::Archive("describes a member in more than a megabyte".into()));
    }
    Ok(text)
}

/// The name in an extended header. What changes the extent of a file is refused: readers disagree about it.
fn extended(text: &[u8]) -> Result<Option<Vec<u8>>, Trouble> {
    let mut name = None;
    for extension in PaxExtensions::new(text) {
        let extension = extension.map_err(broken)?;
        match extension.key_bytes() {
            b"path" => name = Some(extension.value_bytes().to_vec()),
            key if key == b"size" || key.starts_with(b"GNU.sparse") => {
                return Err(Trouble::Archive("holds a sparse file or one of more than 8 GiB".into()));
            }
            _ => {}
        }
    }
    Ok(name)
}

/// A stream that ends with an error when more comes than was agreed.
struct Bounded<R> {
    content: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other("too much content"));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.content.read(&mut buffer[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}
