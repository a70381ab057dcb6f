//! What data sets made of image files share: listing folders and hashing contents.

use harness::contract::picture::{decode_mask, decode_rgb, read_file};
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
///
/// Names decide. A link that leads nowhere, a pipe or a folder with an image's name is listed too: left out, it would be
/// missed by nobody, and who reads it says what it is.
pub(crate) fn images_in(folder: &Path) -> Result<Vec<String>, DataError> {
    visible(folder, |path| Ok(is_image(path)))
}

fn is_image(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    FORMATS.contains(&extension.to_ascii_lowercase().as_str())
}

/// Names of the folders in `folder`, sorted. Hidden ones are skipped.
///
/// # Errors
/// Also for a link that leads nowhere and has no file's ending: it may be to a folder that was not fetched.
pub(crate) fn folders_in(folder: &Path) -> Result<Vec<String>, DataError> {
    visible(folder, |path| match path.extension().is_none() && is_there(path) && !path.exists() {
        true => read_file(path).map(|_| false),
        false => Ok(path.is_dir()),
    })
}

/// Whether anything has this name, be it a link that leads nowhere.
pub(crate) fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
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

fn visible(
    folder: &Path,
    wanted: impl Fn(&Path) -> Result<bool, DataError>,
) -> Result<Vec<String>, DataError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |error| DataError::unreadable(folder, error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") || !wanted(&entry.path())? {
            continue;
        }
        // Names become identifiers in result files.
        let name = entry.file_name().into_string().map_err(|_| {
            DataError::unreadable(&entry.path(), "the file name is not valid UTF-8; rename the file")
        })?;
        names.push(name);
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

    /// The picture's and then the mask's.
    pub fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        std::iter::once(&self.image).chain(&self.mask)
    }

    /// Picture and mask, and the [`digest`](Self::digest) of the very bytes they were decoded from.
    pub fn read(&self) -> Result<(Sample, blake3::Hash), DataError> {
        let bytes = read_file(&self.image)?;
        let image = decode_rgb(&self.image, &bytes)?;
        let mut digest = vec![blake3::hash(&bytes)];
        let mut mask = None;
        if let Some(path) = &self.mask {
            let bytes = read_file(path).map_err(DataError::of_mask)?;
            digest.push(blake3::hash(&bytes));
            mask = Some(decode_mask(path, &bytes, image.dimensions())?);
        }
        Ok((Sample { image, mask }, combine(&digest)))
    }

    /// A hash of the bytes of the files.
    pub fn digest(&self) -> Result<blake3::Hash, DataError> {
        let hashes = self.paths().map(|path| Ok(blake3::hash(&read_file(path)?)));
        Ok(combine(&hashes.collect::<Result<Vec<_>, DataError>>()?))
    }
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
        // Whoever reads `d.png` will hear that it is a folder.
        assert_eq!(images_in(folder.path()).unwrap(), ["a.jpeg", "b.PNG", "c.Tif", "d.png"]);
        assert_eq!(folders_in(folder.path()).unwrap(), ["d.png", "sub"]);
        assert!(images_in(&folder.path().join("none")).unwrap().is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_nowhere_are_not_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("gone/a.png", folder.path().join("a.png")).unwrap();
        assert_eq!(images_in(folder.path()).unwrap(), ["a.png"]);
        assert!(folders_in(folder.path()).unwrap().is_empty());
        std::os::unix::fs::symlink("gone/crack", folder.path().join("crack")).unwrap();
        let message = folders_in(folder.path()).unwrap_err().to_string();
        assert!(message.contains("crack: is a link to gone/crack, which is not there"), "{message}");
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
