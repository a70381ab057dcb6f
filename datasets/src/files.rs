//! What data sets made of image files share: listing folders and hashing contents.

use harness::dataset::combine;
use harness::prelude::*;
use rayon::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// File endings taken for images, in lower case.
pub(crate) const FORMATS: [&str; 6] = ["png", "jpg", "jpeg", "bmp", "tif", "tiff"];

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

/// A data fingerprint from what the items say and the bytes of their files, hashed in parallel.
pub(crate) fn fingerprint(
    items: &[Item],
    files: impl Fn(&Item) -> Result<Vec<PathBuf>, DataError> + Sync,
) -> Result<String, DataError> {
    let hash = |item: &Item| {
        let mut hasher = blake3::Hasher::new();
        hasher.update(item.describe().as_bytes());
        for path in files(item)? {
            let bytes = fs::read(&path).map_err(|error| DataError::unreadable(&path, error))?;
            // The hash, not the bytes, keeps the end of one file apart from the start of the next.
            hasher.update(blake3::hash(&bytes).as_bytes());
        }
        Ok(hasher.finalize())
    };
    Ok(combine(items.par_iter().map(hash).collect::<Result<Vec<_>, DataError>>()?))
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
    fn fingerprints_see_labels_and_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let of = |item: Item, bytes: &str| {
            fs::write(&path, bytes).unwrap();
            fingerprint(&[item], |_| Ok(vec![path.clone()])).unwrap()
        };
        let base = of(Item::test("a", false), "bytes");
        assert_eq!(base, of(Item::test("a", false), "bytes"));
        assert_ne!(base, of(Item::test("a", true), "bytes"));
        assert_ne!(base, of(Item::test("a", false), "other"));
        let missing =
            fingerprint(&[Item::train("a")], |_| Ok(vec![folder.path().join("gone.png")])).unwrap_err();
        assert!(missing.to_string().contains("gone.png"));
    }
}
