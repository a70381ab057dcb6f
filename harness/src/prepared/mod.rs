//! Pictures as cells saw them, kept so that no image is decoded, shifted and resized twice for the same geometry: not for
//! another method, seed or setting, and not in another run.
//!
//! What is kept is found by the hash of all that it was made from, so that nothing in here is ever out of date. It
//! carries a hash of its own content: what is damaged is made again. Files appear whole or not at all, and may be
//! removed at any time, also by hand.
//!
//! Beside them are digests of image files, so that no file is hashed twice while it does not change: [`Digests`].

mod digests;
mod prune;
mod sheet;
mod stamp;

pub use digests::Digests;

use crate::results::Shown;
use serde_json::Value;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Bytes of the hash at the end of a file.
const HASH: usize = 32;

/// Where prepared pictures are kept.
#[derive(Clone, Debug)]
pub struct Prepared {
    folder: PathBuf,
}

impl Prepared {
    /// Those below `folder`, which is made when something is kept.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The pictures that were made from this, in their order; `None` if they are not here, or not whole.
    pub fn pictures(&self, made_from: &Value) -> Option<Vec<Shown>> {
        sheet::read(&self.bytes(made_from)?)
    }

    /// Keeps pictures.
    ///
    /// # Errors
    /// When they cannot be written. Nothing depends on them.
    pub fn keep_pictures(&self, made_from: &Value, pictures: &[Shown]) -> io::Result<()> {
        self.keep(made_from, sheet::write(pictures))
    }

    /// The bytes that were made from this; `None` if they are not here, or not whole.
    pub fn bytes(&self, made_from: &Value) -> Option<Vec<u8>> {
        let path = self.path(made_from);
        let mut bytes = fs::read(&path).ok()?;
        let content = bytes.len().saturating_sub(HASH);
        if blake3::hash(&bytes[..content]).as_bytes() != &bytes[content..] {
            let _ = fs::remove_file(&path);
            return None;
        }
        // What was used last is removed last.
        let _ = File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        bytes.truncate(content);
        Some(bytes)
    }

    /// Keeps bytes.
    ///
    /// # Errors
    /// When they cannot be written. Nothing depends on them.
    pub fn keep(&self, made_from: &Value, mut bytes: Vec<u8>) -> io::Result<()> {
        let path = self.path(made_from);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        let hash = blake3::hash(&bytes);
        bytes.extend(hash.as_bytes());
        let mut scratch = tempfile::Builder::new().prefix(prune::SCRATCH).tempfile_in(folder)?;
        scratch.write_all(&bytes)?;
        scratch.persist(&path).map(drop).map_err(|error| error.error)
    }

    /// Removes what was made from this.
    fn remove(&self, made_from: &Value) {
        let _ = fs::remove_file(self.path(made_from));
    }

    /// Removes what was used longest ago, until what is left has at most so many bytes, and what killed processes left
    /// half written.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn prune(&self, most_bytes: u64) -> io::Result<()> {
        if self.folder.is_dir() { prune::prune(&self.folder, most_bytes) } else { Ok(()) }
    }

    fn path(&self, made_from: &Value) -> PathBuf {
        let hash = blake3::hash(made_from.to_string().as_bytes()).to_hex();
        // Few files a folder, as many file systems like it.
        self.folder.join(&hash[..2]).join(Path::new(&hash[2..]).with_extension("kept"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};
    use serde_json::json;

    fn shown(grey: u8) -> Shown {
        Shown {
            picture: RgbImage::from_pixel(3, 2, Rgb([grey; 3])),
            mask: Some(vec![grey > 5, false, true, false, false, true]),
            unmarked: false,
        }
    }

    #[test]
    fn what_is_kept_is_found_again_and_what_is_damaged_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let prepared = Prepared::at(folder.path().join("new"));
        let (this, other) = (json!({"image": "a"}), json!({"image": "b"}));
        assert_eq!(prepared.pictures(&this), None);
        prepared.keep_pictures(&this, &[shown(3), shown(9)]).unwrap();
        assert_eq!(prepared.pictures(&this), Some(vec![shown(3), shown(9)]));
        assert_eq!(prepared.pictures(&other), None);
        let path = prepared.path(&this);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
        assert_eq!((prepared.pictures(&this), path.exists()), (None, false));
    }

    #[test]
    fn what_was_used_last_stays() {
        let folder = tempfile::tempdir().unwrap();
        let prepared = Prepared::at(folder.path());
        let keys: Vec<Value> = (0..4).map(|number| json!(number)).collect();
        for (age, key) in keys.iter().enumerate() {
            prepared.keep_pictures(key, &[shown(1)]).unwrap();
            let long_ago = SystemTime::now() - std::time::Duration::from_secs(100 * (age as u64 + 1));
            File::open(prepared.path(key)).unwrap().set_modified(long_ago).unwrap();
        }
        // The oldest is used once more.
        assert!(prepared.pictures(&keys[3]).is_some());
        let size = fs::metadata(prepared.path(&keys[0])).unwrap().len();
        prepared.prune(2 * size).unwrap();
        let kept: Vec<bool> = keys.iter().map(|key| prepared.path(key).exists()).collect();
        assert_eq!(kept, [true, false, false, true]);
    }
}
