//! Your own images, in the folder layout of MVTec AD.
//!
//! ```text
//! <path>/<category>/train/good/*.png               normal images to learn from
//! <path>/<category>/test/good/*.png                normal images to test on
//! <path>/<category>/test/<defect>/*.png            anomalous images
//! <path>/<category>/ground_truth/<defect>/<stem>_mask.png    where the defect is (optional)
//! ```

use crate::files;
use harness::picture::{open_mask, open_rgb};
use harness::prelude::*;
use std::path::{Path, PathBuf};

const LAYOUT: &str = "expected <path>/<category>/train/good/* and <path>/<category>/test/<type>/*, \
                      where test/good is normal (the layout of MVTec AD)";

/// Options of `folder`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The folder that holds the category folders, or a single category folder. A relative path is
    /// taken from the current directory. Must be given.
    pub path: String,
}

/// A folder of categories, or of one.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Names and folders, sorted by name.
    categories: Vec<(String, PathBuf)>,
}

impl DatasetPlugin for Folder {
    const NAME: &'static str = "folder";
    const SUMMARY: &'static str = "your own images, in the layout of MVTec AD";
    const SOURCE: &'static str = "any folder; layout of Bergmann et al. 2019 (MVTec AD)";
    const REVISION: u32 = 1;
    type Options = Options;

    fn open(options: Options, _: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        if options.path.is_empty() {
            let message = "data set 'folder' needs a path: folder(path: \"/where/the/images/are\")";
            return Err(DataError::Other(message.into()));
        }
        Ok(Box::new(Self::at(Path::new(&options.path))?))
    }
}

inventory::submit!(DatasetEntry::of::<Folder>());

impl Folder {
    /// The categories below `path`, or `path` itself if it has `train/good`.
    fn at(path: &Path) -> Result<Self, DataError> {
        let missing = || DataError::Missing { path: path.into(), way_out: LAYOUT.into() };
        // Also gives `.` a name.
        let path = &path.canonicalize().map_err(|_| missing())?;
        let name = path.file_name().and_then(|name| name.to_str());
        if let (true, Some(name)) = (path.join("train/good").is_dir(), name) {
            return Ok(Self { categories: vec![(name.to_owned(), path.clone())] });
        }
        let folders = files::folders_in(path)?.into_iter().map(|name| (name.clone(), path.join(name)));
        let is_category = |folder: &Path| folder.join("train").is_dir() || folder.join("test").is_dir();
        let categories: Vec<_> = folders.filter(|(_, folder)| is_category(folder)).collect();
        if categories.is_empty() {
            return Err(DataError::Missing {
                path: path.join("<category>/train/good"),
                way_out: LAYOUT.into(),
            });
        }
        Ok(Self { categories })
    }

    fn category(&self, category: &str) -> Result<&Path, DataError> {
        let found = self.categories.iter().find(|(name, _)| name == category);
        found.map(|(_, folder)| folder.as_path()).ok_or_else(|| DataError::UnknownCategory {
            dataset: Self::NAME.into(),
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
        let wanted = stem(name).map(|stem| format!("{stem}_mask"));
        let found = files::images_in(&folder)?.into_iter().find(|name| stem(name) == wanted);
        Ok(found.map(|name| folder.join(name)))
    }
}

impl Dataset for Folder {
    fn categories(&self) -> Result<Vec<String>, DataError> {
        Ok(self.categories.iter().map(|(name, _)| name.clone()).collect())
    }

    fn items(&self, category: &str) -> Result<Vec<Item>, DataError> {
        let folder = self.category(category)?;
        let empty = |what, place: &str| DataError::Empty {
            dataset: Self::NAME.into(),
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
        let image = open_rgb(&self.category(category)?.join(&item.id))?;
        let mask = self.mask(category, item)?.map(|path| open_mask(&path, image.dimensions())).transpose()?;
        Ok(Sample { image, mask })
    }

    fn fingerprint(&self, category: &str) -> Result<String, DataError> {
        let folder = self.category(category)?;
        files::fingerprint(&self.items(category)?, |item| {
            Ok([folder.join(&item.id)].into_iter().chain(self.mask(category, item)?).collect())
        })
    }
}
