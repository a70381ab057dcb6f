//! Data sets of image files with masks: what all of them need, whatever their layout.

use crate::files::{self, SampleFiles};
use harness::prelude::*;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Where a data set keeps its files. It is asked for categories it named only.
pub(crate) trait Layout: Send + Sync {
    /// Category names, in the order of tables.
    fn categories(&self) -> Vec<String>;

    /// Every image of a category, in any order.
    fn items(&self, category: &str) -> Result<Vec<Item>, DataError>;

    /// The files of an image, there or not.
    fn files(&self, category: &str, item: &Item) -> ImageFiles;

    /// The folder that holds all masks of a category and nothing else; `None` where they lie beside the images.
    fn masks(&self, _category: &str) -> Option<PathBuf> {
        None
    }

    /// Where images of a split belong, for messages.
    fn place(&self, category: &str, split: Split) -> String;

    /// How many images there should be; see [`Dataset::published`].
    fn published(&self) -> Vec<Count> {
        Vec::new()
    }

    /// What else its files contradict; see [`Dataset::contradictions`].
    fn contradictions(&self, _category: &str) -> Result<Vec<String>, DataError> {
        Ok(Vec::new())
    }
}

/// The files of an image.
pub(crate) struct ImageFiles {
    pub image: PathBuf,
    /// Must be there if named.
    pub mask: Option<PathBuf>,
    /// What names these files, for messages: `line 7 of split.csv`.
    pub named_by: Option<String>,
}

/// A data set in some layout.
pub(crate) struct Listing<L> {
    dataset: &'static str,
    layout: L,
}

impl<L: Layout> Listing<L> {
    /// The data set of this name.
    pub fn new(dataset: &'static str, layout: L) -> Self {
        Self { dataset, layout }
    }

    fn known(&self, category: &str) -> Result<(), DataError> {
        let known = self.layout.categories();
        if known.iter().any(|name| name == category) {
            return Ok(());
        }
        Err(DataError::UnknownCategory { dataset: self.dataset.into(), category: category.into(), known })
    }

    /// The files of an image, if all are there.
    fn present(&self, category: &str, item: &Item) -> Result<SampleFiles, DataError> {
        let files = self.layout.files(category, item);
        if !files::is_there(&files.image) {
            let named = files.named_by.map(|by| format!("{by} names it; ")).unwrap_or_default();
            let way_out = format!("{named}unpack {} again", self.dataset);
            return Err(DataError::Missing { path: files.image, way_out });
        }
        if let Some(mask) = files.mask.as_ref().filter(|mask| !files::is_there(mask)) {
            let by = files.named_by.map(|by| format!(" ({by})")).unwrap_or_default();
            return Err(DataError::MaskMissing { path: mask.clone(), image: format!("{}{by}", item.id) });
        }
        Ok(SampleFiles { image: files.image, mask: files.mask })
    }
}

impl<L: Layout> Dataset for Listing<L> {
    fn categories(&self) -> Result<Vec<String>, DataError> {
        Ok(self.layout.categories())
    }

    fn items(&self, category: &str) -> Result<Vec<Item>, DataError> {
        self.known(category)?;
        let mut items = self.layout.items(category)?;
        items.sort_by(|a, b| (a.split, &a.id).cmp(&(b.split, &b.id)));
        for (split, what) in [(Split::Train, "training images"), (Split::Test, "test images")] {
            if items.iter().all(|item| item.split != split) {
                let way_out = format!("they belong into {}", self.layout.place(category, split));
                let (dataset, category) = (self.dataset.into(), category.into());
                return Err(DataError::Empty { dataset, category, what, way_out });
            }
        }
        Ok(items)
    }

    fn load(&self, category: &str, item: &Item) -> Result<Sample, DataError> {
        Ok(self.read(category, item)?.0)
    }

    fn files(&self, category: &str, item: &Item) -> Vec<PathBuf> {
        let files = self.layout.files(category, item);
        std::iter::once(files.image).chain(files.mask).collect()
    }

    fn read(&self, category: &str, item: &Item) -> Result<(Sample, blake3::Hash), DataError> {
        self.present(category, item)?.read()
    }

    fn digest(&self, category: &str, item: &Item) -> Result<blake3::Hash, DataError> {
        self.present(category, item)?.digest()
    }

    fn published(&self) -> Vec<Count> {
        self.layout.published()
    }

    fn contradictions(&self, category: &str) -> Result<Vec<String>, DataError> {
        self.known(category)?;
        let items = self.layout.items(category)?;
        let used: BTreeSet<PathBuf> =
            items.iter().filter_map(|item| self.layout.files(category, item).mask).collect();
        let masks = self.layout.masks(category);
        let orphans = masks.map(|masks| files::masks_without_image(&masks, &used)).transpose()?;
        let mut lines = orphans.unwrap_or_default();
        lines.extend(self.layout.contradictions(category)?);
        Ok(lines)
    }
}
