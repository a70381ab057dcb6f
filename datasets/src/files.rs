//! What data sets made of image files share: listing folders and hashing contents.

use harness::picture::{decode_mask, decode_rgb};
use harness::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// File endings taken for images, in lower case.
pub(crate) const FORMATS: [&str; 6] = ["png", "jpg", "jpeg", "bmp", "tif", "tiff"];

/// The folder of a data set: `path`, or the folder `name` below the data root if it is empty.
pub(crate) fn root(path: &str, name: &str, context: &DataContext) -> PathBuf {
    if path.is_empty() { context.data_root.join(name) } else { PathBuf::from(path) }
}

/// Names of the images in `folder`, sorted. Hidden files and other formats are skipped; a folder that
/// does not exist has none.
pub(crate) fn images_in(folder: &Path) -> Result<Vec<String>, DataError> {
    let is_image = |path: &Path| {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        FORMATS.contains(&extension.to_ascii_lowercase().as_str()) && path.is_file()
    };
    visible(folder, is_image)
}

/// Names of the folders in `folder`, sorted. Hidden ones are skipped.
pub(crate) fn folders_in(folder: &Path) -> Result<Vec<String>, DataError> {
    visible(folder, Path::is_dir)
}

/// Paths of the images in `folder` and, down to `depth` levels of folders, below it, sorted by level and name.
pub(crate) fn images_below(folder: &Path, depth: usize) -> Result<Vec<PathBuf>, DataError> {
    let mut found: Vec<PathBuf> = images_in(folder)?.into_iter().map(|name| folder.join(name)).collect();
    if depth > 0 {
        for name in folders_in(folder)? {
            found.extend(images_below(&folder.join(name), depth - 1)?);
        }
    }
    Ok(found)
}

/// One line for each mask below `folder` that is not among those `used`, for `check`.
pub(crate) fn masks_without_image(folder: &Path, used: &BTreeSet<PathBuf>) -> Result<Vec<String>, DataError> {
    let orphans = images_below(folder, MASK_DEPTH)?.into_iter().filter(|mask| !used.contains(mask));
    Ok(orphans.map(|mask| format!("{}: the mask belongs to no anomalous image", mask.display())).collect())
}

/// Levels of folders in which layouts keep masks: defect and shift.
const MASK_DEPTH: usize = 2;

fn visible(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<String>, DataError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |error| DataError::unreadable(folder, error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !wanted(&entry.path()) {
            continue;
        }
        // Names become identifiers in result files.
        let name = entry.file_name().into_string().map_err(|_| {
            DataError::unreadable(&entry.path(), "the file name is not valid UTF-8; rename the file")
        })?;
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The files that a picture and its mask are read from.
pub(crate) struct SampleFiles {
    pub image: PathBuf,
    pub mask: Option<PathBuf>,
}

impl SampleFiles {
    /// A picture without a mask.
    pub fn image(path: PathBuf) -> Self {
        Self { image: path, mask: None }
    }

    /// Picture and mask, and the [`digest`](Self::digest) of the very bytes they were decoded from.
    pub fn read(&self) -> Result<(Sample, blake3::Hash), DataError> {
        let bytes = read(&self.image)?;
        let image = decode_rgb(&self.image, &bytes)?;
        let mut digest = vec![blake3::hash(&bytes)];
        let mut mask = None;
        if let Some(path) = &self.mask {
            let bytes = read(path)?;
            digest.push(blake3::hash(&bytes));
            mask = Some(decode_mask(path, &bytes, image.dimensions())?);
        }
        Ok((Sample { image, mask }, combine(&digest)))
    }

    /// A hash of the bytes of the files.
    pub fn digest(&self) -> Result<blake3::Hash, DataError> {
        let files = std::iter::once(&self.image).chain(&self.mask);
        let hashes = files.map(|path| Ok(blake3::hash(&read(path)?)));
        Ok(combine(&hashes.collect::<Result<Vec<_>, DataError>>()?))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, DataError> {
    fs::read(path).map_err(|error| DataError::unreadable(path, error))
}

/// One hash out of several: hashes, not bytes, keep the end of one file apart from the start of the next.
fn combine(hashes: &[blake3::Hash]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for hash in hashes {
        hasher.update(hash.as_bytes());
    }
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_visible_images_are_listed_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.PNG", "a.jpeg", "c.Tif", ".hidden.png", "notes.txt", "Thumbs.db"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        for name in ["d.png", ".cache", "sub"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        assert_eq!(images_in(folder.path()).unwrap(), ["a.jpeg", "b.PNG", "c.Tif"]);
        assert_eq!(folders_in(folder.path()).unwrap(), ["d.png", "sub"]);
        assert!(images_in(&folder.path().join("none")).unwrap().is_empty());
    }

    #[test]
    fn masks_are_found_at_every_level() {
        let folder = tempfile::tempdir().unwrap();
        let paths = ["a.png", "crack/b.png", "crack/view/c.png", "crack/view/deeper/d.png"];
        let paths = paths.map(|name| folder.path().join(name));
        for path in &paths {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        assert_eq!(images_below(folder.path(), 2).unwrap(), paths[..3]);
        let used = [paths[0].clone(), paths[2].clone()].into();
        let lines = masks_without_image(folder.path(), &used).unwrap();
        assert_eq!(lines, [format!("{}: the mask belongs to no anomalous image", paths[1].display())]);
    }

    #[test]
    fn what_was_read_has_the_digest_of_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let [image, mask] = ["a.png", "mask.png"].map(|name| folder.path().join(name));
        RgbImage::new(2, 2).save(&image).unwrap();
        GrayImage::new(2, 2).save(&mask).unwrap();
        let alone = SampleFiles::image(image.clone());
        let both = SampleFiles { image: image.clone(), mask: Some(mask.clone()) };
        for files in [&alone, &both] {
            assert_eq!(files.read().unwrap().1, files.digest().unwrap());
        }
        let before = both.digest().unwrap();
        assert_ne!(alone.digest().unwrap(), before);
        GrayImage::from_pixel(2, 2, image::Luma([255])).save(&mask).unwrap();
        assert_ne!(both.digest().unwrap(), before);
        fs::remove_file(&image).unwrap();
        assert!(alone.digest().unwrap_err().to_string().contains("a.png"));
    }
}
