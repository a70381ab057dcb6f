//! Categories in the folder layout of MVTec AD.
//!
//! ```text
//! <path>/<category>/train/good/*.png               normal images to learn from
//! <path>/<category>/test/good/*.png                normal images to test on
//! <path>/<category>/test/<defect>/*.png            anomalous images
//! <path>/<category>/ground_truth/<defect>/<stem>_mask.png    where the defect is (optional); also <stem>.png
//! ```

use crate::files::{self, SampleFiles};
use harness::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a path should hold, for messages.
pub(crate) const LAYOUT: &str = "expected <path>/<category>/train/good/* and <path>/<category>/test/<type>/*, \
                                 where test/good is normal (the layout of MVTec AD)";

/// A folder of categories, or of one.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    dataset: &'static str,
    /// Names and folders, in the order of tables.
    categories: Vec<(String, PathBuf)>,
    published: Vec<Count>,
}

impl Tree {
    /// The categories below `path` that `order` names; without an order all of them by name, or `path` itself
    /// if it has `train/good`.
    pub fn at(dataset: &'static str, path: &Path, order: &[&str], way_out: &str) -> Result<Self, DataError> {
        let missing = |path: &Path| DataError::Missing { path: path.into(), way_out: way_out.into() };
        // Also gives `.` a name.
        let path = &path.canonicalize().map_err(|_| missing(path))?;
        let name = path.file_name().and_then(|name| name.to_str());
        if let (true, true, Some(name)) = (order.is_empty(), path.join("train/good").is_dir(), name) {
            let categories = vec![(name.to_owned(), path.clone())];
            return Ok(Self { dataset, categories, published: Vec::new() });
        }
        let names = match order {
            [] => files::folders_in(path)?,
            order => order.iter().map(|name| (*name).to_owned()).collect(),
        };
        let folders = names.into_iter().map(|name| (name.clone(), path.join(name)));
        let is_category = |folder: &Path| folder.join("train").is_dir() || folder.join("test").is_dir();
        let categories: Vec<_> = folders.filter(|(_, folder)| is_category(folder)).collect();
        if categories.is_empty() {
            return Err(missing(&path.join("<category>/train/good")));
        }
        Ok(Self { dataset, categories, published: Vec::new() })
    }

    /// With the numbers of images that were published.
    pub fn with_counts(self, published: Vec<Count>) -> Self {
        Self { published, ..self }
    }

    fn category(&self, category: &str) -> Result<&Path, DataError> {
        let found = self.categories.iter().find(|(name, _)| name == category);
        found.map(|(_, folder)| folder.as_path()).ok_or_else(|| DataError::UnknownCategory {
            dataset: self.dataset.into(),
            category: category.into(),
            known: self.categories.iter().map(|(name, _)| name.clone()).collect(),
        })
    }

    /// The mask file of an anomalous test image, if there is one.
    fn mask(&self, category: &str, item: &Item) -> Result<Option<PathBuf>, DataError> {
        let (true, ["test", kind, name]) = (item.anomalous, &item.id.split('/').collect::<Vec<_>>()[..])
        else {
            return Ok(None);
        };
        let folder = self.category(category)?.join("ground_truth").join(kind);
        let stem = |name: &str| Path::new(name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let image = stem(name);
        let marked = image.as_ref().map(|stem| format!("{stem}_mask"));
        let masks = files::images_in(&folder)?;
        let of = |wanted: &Option<String>| masks.iter().find(|name| stem(name) == *wanted);
        Ok(of(&marked).or_else(|| of(&image)).map(|name| folder.join(name)))
    }
}

impl Tree {
    fn sample(&self, category: &str, item: &Item) -> Result<SampleFiles, DataError> {
        let image = self.category(category)?.join(&item.id);
        Ok(SampleFiles { image, mask: self.mask(category, item)? })
    }
}

impl Dataset for Tree {
    fn categories(&self) -> Result<Vec<String>, DataError> {
        Ok(self.categories.iter().map(|(name, _)| name.clone()).collect())
    }

    fn published(&self) -> Vec<Count> {
        self.published.clone()
    }

    fn items(&self, category: &str) -> Result<Vec<Item>, DataError> {
        let folder = self.category(category)?;
        let empty = |what, place: &str| DataError::Empty {
            dataset: self.dataset.into(),
            category: category.into(),
            what,
            way_out: format!(
                "put images ({}) into {}",
                files::FORMATS.join(", "),
                folder.join(place).display()
            ),
        };
        let train = files::images_in(&folder.join("train/good"))?;
        if train.is_empty() {
            return Err(empty("training images", "train/good"));
        }
        let mut items: Vec<Item> =
            train.iter().map(|name| Item::train(format!("train/good/{name}"))).collect();
        for kind in files::folders_in(&folder.join("test"))? {
            let names = files::images_in(&folder.join("test").join(&kind))?;
            items.extend(names.iter().map(|name| Item::test(format!("test/{kind}/{name}"), kind != "good")));
        }
        if items.len() == train.len() {
            return Err(empty("test images", "test/<type>"));
        }
        // `a/z` comes before `a-b/c` folder by folder, but after it as a whole.
        items.sort_by(|a, b| (a.split, &a.id).cmp(&(b.split, &b.id)));
        Ok(items)
    }

    fn load(&self, category: &str, item: &Item) -> Result<Sample, DataError> {
        Ok(self.read(category, item)?.0)
    }

    fn files(&self, category: &str, item: &Item) -> Vec<PathBuf> {
        self.sample(category, item).map_or_else(|_| Vec::new(), |files| files.paths().cloned().collect())
    }

    fn read(&self, category: &str, item: &Item) -> Result<(Sample, blake3::Hash), DataError> {
        self.sample(category, item)?.read()
    }

    fn digest(&self, category: &str, item: &Item) -> Result<blake3::Hash, DataError> {
        self.sample(category, item)?.digest()
    }

    fn contradictions(&self, category: &str) -> Result<Vec<String>, DataError> {
        let folder = self.category(category)?;
        let mut used = BTreeSet::new();
        let items = self.items(category)?;
        for item in &items {
            used.extend(self.mask(category, item)?);
        }
        let mut lines = files::masks_without_image(&folder.join("ground_truth"), &used)?;
        for name in files::folders_in(&folder.join("train"))? {
            let unused = folder.join("train").join(&name);
            let images = files::images_in(&unused)?.len();
            if name != "good" && images > 0 {
                let line =
                    format!("{}: {images} images, but only train/good is learnt from", unused.display());
                lines.push(line);
            }
        }
        // Own images may have no masks; releases that are counted have one for every defect.
        let anomalous = items.iter().any(|item| item.anomalous);
        if anomalous && used.is_empty() && !self.published.is_empty() {
            lines.push(format!("{}: holds no mask", folder.join("ground_truth").display()));
        }
        Ok(lines)
    }
}
