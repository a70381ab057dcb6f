//! Data sets: categories of normal training images and labelled test images.

use crate::contract::error::DataError;
use crate::contract::options::OptionSet;
use crate::contract::resource::Resource;
use image::{GrayImage, RgbImage};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A collection of images in categories; one model is trained per category.
pub trait Dataset: Send + Sync {
    /// Category names, in the order tables show them.
    fn categories(&self) -> Result<Vec<String>, DataError>;

    /// Every image of a category, sorted by split and [`Item::id`]; nothing is decoded.
    fn items(&self, category: &str) -> Result<Vec<Item>, DataError>;

    /// The picture of `item` and its defect mask, if there is one.
    fn load(&self, category: &str, item: &Item) -> Result<Sample, DataError>;

    /// How many images there should be, as published, with these options; empty where nobody published it.
    fn published(&self) -> Vec<Count> {
        Vec::new()
    }

    /// What contradicts itself in the files of a category, beyond what loading each image shows: a list that
    /// gives a label its folder denies, a mask of no image, an image no list names. One line each, which begins
    /// with the file. For `check`.
    fn contradictions(&self, _category: &str) -> Result<Vec<String>, DataError> {
        Ok(Vec::new())
    }

    /// The files that picture and mask of `item` are made from, all that [`digest`](Self::digest) hashes, the picture's
    /// first; none where many images share one file, or nothing is read. By it `check` tells conversions; while none of
    /// them changes, their digest is not computed again.
    fn files(&self, _category: &str, _item: &Item) -> Vec<PathBuf> {
        Vec::new()
    }

    /// [`load`](Self::load), and the [`digest`](Self::digest) of the very bytes that the picture was made from, read
    /// once. Data sets of files override both, so that hashing decodes nothing.
    fn read(&self, category: &str, item: &Item) -> Result<(Sample, blake3::Hash), DataError> {
        let sample = self.load(category, item)?;
        let digest = sample.digest();
        Ok((sample, digest))
    }

    /// A hash of what [`load`](Self::load) makes the picture and mask of `item` from: the decoded pixels, or the bytes
    /// of their files.
    fn digest(&self, category: &str, item: &Item) -> Result<blake3::Hash, DataError> {
        Ok(self.read(category, item)?.1)
    }

    /// [`fingerprint`] of a category. Not to be overridden.
    fn fingerprint(&self, category: &str) -> Result<String, DataError> {
        let items = self.items(category)?;
        Ok(fingerprint(&items, &digests(self, category, &items)?))
    }
}

/// The digest of each of `items`, in their order.
///
/// # Errors
/// The first file that cannot be read.
pub fn digests(
    dataset: &(impl Dataset + ?Sized),
    category: &str,
    items: &[Item],
) -> Result<Vec<blake3::Hash>, DataError> {
    items.par_iter().map(|item| dataset.digest(category, item)).collect()
}

/// A hash of everything a data set delivers for a category: identifiers, splits, labels and [`digests`]. Results are
/// computed again when it changes.
pub fn fingerprint(items: &[Item], digests: &[blake3::Hash]) -> String {
    let mut hasher = blake3::Hasher::new();
    for (item, digest) in items.iter().zip(digests) {
        // Hashes, not texts, keep the end of one apart from the start of the next.
        hasher.update(blake3::hash(item.describe().as_bytes()).as_bytes());
        hasher.update(digest.as_bytes());
    }
    hasher.finalize().to_hex()[..16].to_string()
}

/// How many images of one category there are, in one distribution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The category.
    pub category: String,
    /// `None` for the distribution trained on, else the natural shift.
    pub domain: Option<String>,
    /// Training images.
    pub train: usize,
    /// Normal test images.
    pub normal: usize,
    /// Anomalous test images.
    pub anomalous: usize,
}

/// Images of one category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageCounts {
    /// Normal training images.
    pub train: usize,
    /// Test images of the distribution trained on.
    pub test: usize,
    /// Test images of all natural domains together.
    pub domains: usize,
}

/// What an image is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Split {
    /// Normal images the detector learns from.
    Train,
    /// Images it is tested on.
    Test,
}

/// One image of a category, not yet decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Unique within the category and stable across machines, such as `test/crack/003.png`.
    pub id: String,
    /// Training or test.
    pub split: Split,
    /// The label: whether the image shows an anomaly. Always `false` for training images.
    pub anomalous: bool,
    /// `None` for the distribution that was trained on; else the name of a natural shift
    /// (`art_painting`, `mnist_m`), which then stands beside the synthetic ones.
    pub domain: Option<String>,
}

impl Item {
    /// A normal training image.
    pub fn train(id: impl Into<String>) -> Self {
        Self { id: id.into(), split: Split::Train, anomalous: false, domain: None }
    }

    /// A test image of the distribution that was trained on.
    pub fn test(id: impl Into<String>, anomalous: bool) -> Self {
        Self { id: id.into(), split: Split::Test, anomalous, domain: None }
    }

    /// Everything the item says, as one line; part of the data fingerprint.
    pub fn describe(&self) -> String {
        format!("{:?} {} {} {:?}\n", self.split, self.id, self.anomalous, self.domain)
    }
}

/// A decoded image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// 8-bit sRGB at native resolution; grey images have three equal channels.
    pub image: RgbImage,
    /// Non-zero where the defect is; same size as the image. `None` for normal images and where
    /// no ground truth exists.
    pub mask: Option<GrayImage>,
}

impl Sample {
    /// A hash of size, pixels and mask.
    pub fn digest(&self) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.image.width().to_le_bytes());
        hasher.update(self.image.as_raw());
        hasher.update(self.mask.as_ref().map_or(&[][..], |mask| mask.as_raw()));
        hasher.finalize()
    }
}

/// Where data lies.
#[derive(Clone, Debug)]
pub struct DataContext {
    /// The folder that holds fetched data sets and weights.
    pub data_root: PathBuf,
}

/// How a data set joins the registry: see CONTRIBUTING, "Add a data set".
pub trait DatasetPlugin: 'static {
    /// Name in suites, tables and paths: lower case, words joined by hyphens.
    const NAME: &'static str;
    /// One line for `list`.
    const SUMMARY: &'static str;
    /// Where it comes from: paper, maker, licence.
    const SOURCE: &'static str;
    /// Raised whenever the same options may deliver other images, labels or splits.
    const REVISION: u32;
    /// What `fetch` brings: all of it is needed.
    const RESOURCES: &'static [&'static Resource] = &[];
    /// Writes a miniature of it below a data root, few and small pictures in exactly its files' format, so that a
    /// suite can be rehearsed without the data.
    const MINIATURE: Option<fn(&Path) -> Result<(), DataError>> = None;
    /// Options, declared with [`options!`](crate::options).
    type Options: OptionSet;
    /// Checks what declarations of single options cannot: whether they go together. Before anything is planned or fetched.
    ///
    /// # Errors
    /// The first option that makes no sense, as [`DataError::Option`], and what would.
    fn check(_options: &Self::Options) -> Result<(), DataError> {
        Ok(())
    }
    /// Opens the data set. No image is decoded yet.
    fn open(options: Self::Options, context: &DataContext) -> Result<Box<dyn Dataset>, DataError>;
}
