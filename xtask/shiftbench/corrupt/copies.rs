//! Shifted copies of images and their masks.

use super::manifest::{Manifest, Row, Settings, sha256};
use crate::exit::{DATA, Exit, FOLDER};
use crate::images::{Images, label};
use harness::contract::chain::Chain;
use harness::contract::dataset::Sample;
use harness::contract::picture::{decode_rgb, open_mask, read_file};
use harness::contract::seed::Root;
use image::{DynamicImage, ImageFormat};
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// Everything a copy needs.
pub struct Work<'a> {
    pub chain: Chain,
    pub root: Root,
    pub images: Images,
    /// Folder of masks, and folder for shifted masks.
    pub masks: Option<(&'a Path, &'a Path)>,
    pub settings: Settings,
}

impl Work<'_> {
    /// Copies one image, unless an earlier run did. Whether there was anything to do.
    pub fn copy(&self, name: &Path, target: &Path, manifest: &Manifest) -> Result<bool, Exit> {
        let (item, path) = (label(name), self.images.path(name));
        let bad = |error: &dyn ToString| Exit::new(DATA, error.to_string());
        let bytes = read_file(&path).map_err(|error| bad(&error))?;
        let source = sha256(&bytes);
        let mask = self.masks.and_then(|(from, to)| Mask::find(name, from, to));
        if let Some(row) = manifest.earlier(&item)
            && row.source_sha256 == source
            && has(target, &row.sha256)
            && mask.as_ref().is_none_or(|mask| has(&mask.target, &row.mask_sha256))
        {
            return Ok(false);
        }
        let image = decode_rgb(&path, &bytes).map_err(|error| bad(&error))?;
        let size = image.dimensions();
        let read = |mask: &Mask| open_mask(&mask.source, size).map_err(|error| bad(&error));
        let sample = Sample { image, mask: mask.as_ref().map(read).transpose()? };
        let shifted = self.chain.apply(sample, &self.root, &item);
        let shifted = shifted.map_err(|error| bad(&format!("{}: {error}", path.display())))?;
        let copy = write_png(target, shifted.image.into())?;
        let mask = match mask.zip(shifted.mask) {
            Some((mask, shifted)) => write_png(&mask.target, shifted.into())?,
            None => String::new(),
        };
        manifest.add(Row::new(item, [source, copy, mask], &self.settings))?;
        Ok(true)
    }
}

/// The mask of an image.
struct Mask {
    source: PathBuf,
    target: PathBuf,
}

impl Mask {
    /// `crack/003_mask.png` or `crack/003.png` for the image `crack/003.jpg`.
    fn find(name: &Path, from: &Path, to: &Path) -> Option<Self> {
        let stem = name.file_stem()?.to_string_lossy();
        let names = [format!("{stem}_mask.png"), format!("{stem}.png")];
        // A link that leads nowhere is a mask that cannot be read, not a missing one.
        let is_there = |name: &PathBuf| from.join(name).symlink_metadata().is_ok();
        let name = names.iter().map(|file| name.with_file_name(file)).find(is_there)?;
        Some(Self { source: from.join(&name), target: to.join(name) })
    }
}

/// Whether a file with this hash is there.
fn has(path: &Path, hash: &str) -> bool {
    fs::read(path).is_ok_and(|bytes| sha256(&bytes) == hash)
}

/// Writes a PNG file under its name when it is whole; its hash.
fn write_png(path: &Path, image: DynamicImage) -> Result<String, Exit> {
    let error = |reason: &dyn ToString| {
        Exit::new(FOLDER, format!("cannot write {}: {}", path.display(), reason.to_string()))
    };
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).map_err(|reason| error(&reason))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|reason| error(&reason))?;
    }
    let part = path.with_extension("part");
    fs::write(&part, bytes.get_ref())
        .and_then(|()| fs::rename(&part, path))
        .map_err(|reason| error(&reason))?;
    Ok(sha256(bytes.get_ref()))
}
