//! Data sets that come as a few large files instead of one file per image.
//!
//! Such files are untrusted: sizes they claim are checked before memory is taken, and nothing in them is run.

pub(crate) mod idx;
pub(crate) mod pickle;
mod pictures;

pub(crate) use pictures::{Layout, Packed};

use flate2::bufread::MultiGzDecoder;
use harness::prelude::*;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Most bytes that one packed file may unfold to. The largest such file in use holds 165 MB.
const MOST_BYTES: u64 = 1 << 30;

/// What is in a file, unpacked if it begins as gzip does, whatever its name ends in.
pub(crate) fn reader(path: &Path) -> Result<Box<dyn Read>, DataError> {
    let unreadable = |error| DataError::unreadable(path, error);
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let zipped = file.fill_buf().map_err(unreadable)?.starts_with(&[0x1f, 0x8b]);
    Ok(if zipped { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) })
}

/// All bytes of a file, unpacked.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, DataError> {
    read_at_most(path, MOST_BYTES)
}

fn read_at_most(path: &Path, most: u64) -> Result<Vec<u8>, DataError> {
    let mut bytes = Vec::new();
    let read = reader(path)?.take(most + 1).read_to_end(&mut bytes);
    read.map_err(|error| DataError::unreadable(path, damaged(error)))?;
    if bytes.len() as u64 > most {
        let reason = format!("it holds more than {} MiB: not a file of this kind", most >> 20);
        return Err(DataError::unreadable(path, reason));
    }
    Ok(bytes)
}

fn damaged(error: std::io::Error) -> String {
    format!("it cannot be read or unpacked to its end ({error}): if it is damaged, fetch it again")
}

/// The first of `names`, as it is or with `.gz`, that is a file in `folder`.
pub(crate) fn find(folder: &Path, names: &[&str]) -> Option<PathBuf> {
    let both = names.iter().flat_map(|name| [folder.join(name), folder.join(format!("{name}.gz"))]);
    both.into_iter().find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::{fs, io::Write};

    #[test]
    fn gzip_is_known_by_its_content_and_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let mut zipped = GzEncoder::new(Vec::new(), Compression::default());
        zipped.write_all(&vec![7; 4 << 20]).unwrap();
        let zipped = zipped.finish().unwrap();
        fs::write(&path, &zipped).unwrap();
        assert_eq!(read(&path).unwrap(), vec![7; 4 << 20]);
        let bomb = read_at_most(&path, 3 << 20).unwrap_err().to_string();
        assert!(bomb.ends_with("data: it holds more than 3 MiB: not a file of this kind"), "{bomb}");

        fs::write(&path, &zipped[..zipped.len() / 2]).unwrap();
        let cut = read(&path).unwrap_err().to_string();
        assert!(cut.contains("data: it cannot be read or unpacked to its end"), "{cut}");
        fs::write(&path, "plain").unwrap();
        assert_eq!(read(&path).unwrap(), b"plain");
        assert_eq!(find(folder.path(), &["none", "data"]), Some(path));
    }
}
