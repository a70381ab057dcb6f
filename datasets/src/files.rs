//! What data sets made of image files share: listing folders and hashing contents.

use harness::dataset::combine;
use harness::prelude::*;
use rayon::prelude::*;
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

/// A data fingerprint from what the items say and the bytes of their files, hashed in parallel.
pub(crate) fn fingerprint(
    items: &[Item],
    files: impl Fn(&Item) -> Result<Vec<PathBuf>, DataError> + Sync,
) -> Result<String, DataError> {
    fingerprint_of(items, |item| files(item)?.iter().map(|path| hash(path)).collect())
}

/// A data fingerprint from what the items say and the hashes of their contents.
pub(crate) fn fingerprint_of(
    items: &[Item],
    contents: impl Fn(&Item) -> Result<Vec<blake3::Hash>, DataError> + Sync,
) -> Result<String, DataError> {
    let hash = |item: &Item| {
        let mut hasher = blake3::Hasher::new();
        hasher.update(item.describe().as_bytes());
        // Hashes, not bytes, keep the end of one file apart from the start of the next.
        for content in contents(item)? {
            hasher.update(content.as_bytes());
        }
        Ok(hasher.finalize())
    };
    Ok(combine(items.par_iter().map(hash).collect::<Result<Vec<_>, DataError>>()?))
}

/// The hash of a file's bytes.
pub(crate) fn hash(path: &Path) -> Result<blake3::Hash, DataError> {
    Ok(blake3::hash(&fs::read(path).map_err(|error| DataError::unreadable(path, error))?))
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
