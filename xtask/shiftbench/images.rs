//! Images in a folder, for commands that take pictures without a data set.

use crate::exit::{DATA, Exit, FOLDER, USAGE};
use image::RgbImage;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Images in memory at a time, where they are scored or drawn.
pub const BATCH: usize = 8;

/// File name endings taken for images.
const ENDINGS: [&str; 6] = ["png", "jpg", "jpeg", "bmp", "tif", "tiff"];

/// Pictures below a folder.
#[derive(Debug, PartialEq)]
pub struct Images {
    /// The folder.
    pub root: PathBuf,
    /// Paths relative to it, sorted; at least one.
    pub names: Vec<PathBuf>,
}

impl Images {
    /// Every image below a folder, through its subfolders; or the one file `path`, whatever its ending.
    ///
    /// # Errors
    /// When there is no such path, no image in it, or a folder cannot be read.
    pub fn of(path: &Path) -> Result<Self, Exit> {
        if let (true, Some(name)) = (path.is_file(), path.file_name()) {
            let root = path.parent().unwrap_or(Path::new("")).to_owned();
            return Ok(Self { root, names: vec![name.into()] });
        }
        let names = below(path)?;
        if names.is_empty() {
            let message = format!("{} holds no images ({})", path.display(), ENDINGS.join(", "));
            return Err(Exit::new(DATA, message));
        }
        Ok(Self { root: path.into(), names })
    }

    /// Where an image is.
    pub fn path(&self, name: &Path) -> PathBuf {
        self.root.join(name)
    }

    /// Refuses a folder for results that lies among the images: it would be read next time.
    ///
    /// # Errors
    /// When it does.
    pub fn keep_out(&self, folder: &Path) -> Result<(), Exit> {
        // The folder itself may not exist yet.
        let inner = folder.ancestors().find_map(|path| match path.as_os_str().is_empty() {
            true => Path::new(".").canonicalize().ok(),
            false => path.canonicalize().ok(),
        });
        match (inner, self.root.canonicalize()) {
            (Some(inner), Ok(outer)) if inner.starts_with(&outer) && self.names.len() > 1 => {
                let message = format!(
                    "{} lies in the folder of images, and would be read next time: choose another",
                    folder.display()
                );
                Err(Exit::new(USAGE, message))
            }
            _ => Ok(()),
        }
    }

    /// A PNG file below `target` for each image, in order, under its own name.
    ///
    /// # Errors
    /// When two images would share a file, or a file would replace an image.
    pub fn as_png(&self, target: &Path) -> Result<Vec<PathBuf>, Exit> {
        let mut owners = BTreeMap::new();
        for name in &self.names {
            let png = target.join(name).with_extension("png");
            if let Some(other) = owners.insert(png.clone(), name) {
                let both = format!("{} and {}", other.display(), name.display());
                let message = format!("{both} would share {}: rename one of them", png.display());
                return Err(Exit::new(USAGE, message));
            }
        }
        let real = |path: PathBuf| path.canonicalize().ok();
        let sources: BTreeSet<PathBuf> = self.names.iter().filter_map(|name| real(self.path(name))).collect();
        for png in owners.keys() {
            if real(png.clone()).is_some_and(|existing| sources.contains(&existing)) {
                let message = format!("{} would replace an image: choose another folder", png.display());
                return Err(Exit::new(USAGE, message));
            }
        }
        Ok(self.names.iter().map(|name| target.join(name).with_extension("png")).collect())
    }
}

/// An image's name in tables and random streams: forward slashes on every system.
pub fn label(name: &Path) -> String {
    name.to_string_lossy().replace('\\', "/")
}

/// Writes a PNG file and the folders on its way.
///
/// # Errors
/// When it cannot be written.
pub fn write_png(path: &Path, image: &RgbImage) -> Result<(), Exit> {
    let error = |reason: String| Exit::new(FOLDER, format!("cannot write {}: {reason}", path.display()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|reason| error(reason.to_string()))?;
    }
    image.save(path).map_err(|reason| error(reason.to_string()))
}

/// Every image below `folder`, relative to it, sorted.
fn below(folder: &Path) -> Result<Vec<PathBuf>, Exit> {
    let mut found = Vec::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(part) = waiting.pop() {
        let path = folder.join(&part);
        let error = |reason| Exit::new(DATA, format!("{}: {reason}", path.display()));
        for entry in fs::read_dir(&path).map_err(error)? {
            let entry = entry.map_err(error)?;
            let name = part.join(entry.file_name());
            let ending = name.extension().map(|ending| ending.to_string_lossy().to_lowercase());
            if entry.file_type().map_err(error)?.is_dir() {
                waiting.push(name);
            } else if ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    #[test]
    fn images_are_found_in_subfolders_and_sorted() {
        let folder = folder(&["b.PNG", "a/z.jpg", "a/notes.txt", "c.tiff"]);
        let images = Images::of(folder.path()).unwrap();
        let names: Vec<String> = images.names.iter().map(|name| label(name)).collect();
        assert_eq!(names, ["a/z.jpg", "b.PNG", "c.tiff"]);
        let one = Images::of(&folder.path().join("a/notes.txt")).unwrap();
        assert_eq!(one.names, [PathBuf::from("notes.txt")]);
    }

    #[test]
    fn copies_never_replace_an_image_or_each_other() {
        let folder = folder(&["a.png", "b.png", "b.jpg"]);
        let message = |images: &Images, target| images.as_png(target).err().unwrap().message;
        let mut images = Images::of(folder.path()).unwrap();
        let other = folder.path().join("copies");
        assert!(message(&images, &other).contains("b.jpg and b.png would share"));
        images.names.retain(|name| !name.ends_with("b.jpg"));
        assert!(message(&images, folder.path()).contains("would replace an image"));
        assert_eq!(images.as_png(&other).unwrap(), [other.join("a.png"), other.join("b.png")]);
    }

    #[test]
    fn no_images_is_an_error_that_says_what_was_looked_for() {
        let folder = folder(&["notes.txt"]);
        assert!(Images::of(folder.path()).unwrap_err().message.contains("holds no images (png"));
        assert!(Images::of(&folder.path().join("nowhere")).unwrap_err().message.contains("nowhere"));
    }
}
