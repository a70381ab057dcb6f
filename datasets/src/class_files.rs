//! Pictures of classes, one file each, decoded when they are asked for.

use crate::files;
use crate::one_vs_rest::Pictures;
use harness::contract::picture::open_rgb;
use harness::prelude::*;
use std::path::{Path, PathBuf};

/// Pictures, with their labels.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClassFiles {
    paths: Vec<PathBuf>,
    names: Vec<String>,
    labels: Vec<u8>,
}

impl ClassFiles {
    /// Every picture of the folders in `folder` that bear the names of classes: `names(class)` lists what a class may
    /// be called.
    ///
    /// # Errors
    /// When a class has no folder.
    pub fn in_folders(
        folder: &Path,
        classes: &[&str],
        names: impl Fn(usize) -> Vec<String>,
        way_out: &str,
    ) -> Result<Self, DataError> {
        let mut files = Self::default();
        for (class, name) in classes.iter().enumerate() {
            let places = names(class).into_iter().map(|name| folder.join(name));
            let place = places
                .into_iter()
                .find(|place| place.is_dir())
                .ok_or_else(|| DataError::Missing { path: folder.join(name), way_out: way_out.into() })?;
            for name in files::images_in(&place)? {
                files.push(place.join(&name), name, class as u8);
            }
        }
        Ok(files)
    }

    /// Adds a picture; `name` is its identifier within its class.
    pub fn push(&mut self, path: PathBuf, name: String, label: u8) {
        self.paths.push(path);
        self.names.push(name);
        self.labels.push(label);
    }
}

impl Pictures for ClassFiles {
    fn labels(&self) -> &[u8] {
        &self.labels
    }

    fn name(&self, index: usize) -> String {
        self.names[index].clone()
    }

    fn picture(&self, index: usize) -> Result<RgbImage, DataError> {
        open_rgb(&self.paths[index])
    }

    fn file(&self, index: usize) -> Option<PathBuf> {
        Some(self.paths[index].clone())
    }
}
