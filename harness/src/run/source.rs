//! The pictures of a category, as they were when the run was planned.

use crate::contract::chain::Chain;
use crate::contract::dataset::{DataContext, Dataset, Item, Sample, fingerprint};
use crate::contract::picture::Geometry;
use crate::contract::plugin::Plugin;
use crate::contract::registry::{self, DatasetEntry};
use crate::contract::seed::Root;
use crate::prepared::Digests;
use crate::results::Shown;
use crate::results::{Failure, FailureKind};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;

/// An opened category. Whatever is loaded from it has been compared with what was planned: a file that changes while
/// the run is under way is an error, even if it is put back later.
pub(super) struct Source {
    dataset: Box<dyn Dataset>,
    /// Name of the category.
    pub category: String,
    /// Every image.
    pub items: Vec<Item>,
    digests: HashMap<String, blake3::Hash>,
    /// Where the digests are known from.
    known: Digests,
}

impl Source {
    /// The category, if its data have the fingerprint `planned`. Files that are known in the folder `prepared` are not
    /// read for that; without that folder, every file is.
    ///
    /// # Errors
    /// When it cannot be read or has changed.
    pub fn open(
        plugin: &Plugin,
        category: &str,
        data_root: &Path,
        prepared: Option<&Path>,
        planned: &str,
    ) -> Result<Self, Failure> {
        let entry = registry::find::<DatasetEntry>(&plugin.name).map_err(data)?;
        let dataset =
            (entry.open)(&plugin.options, &DataContext { data_root: data_root.into() }).map_err(data)?;
        Self::of(dataset, category, Digests::of(prepared, plugin, category, data_root), planned)
    }

    fn of(dataset: Box<dyn Dataset>, category: &str, known: Digests, planned: &str) -> Result<Self, Failure> {
        let items = dataset.items(category).map_err(data)?;
        let digests = known.find(&*dataset, category, &items).map_err(data)?;
        if fingerprint(&items, &digests) != planned {
            return Err(data(format!(
                "the data of category '{category}' have changed since the run was planned: give the same command again"
            )));
        }
        let digests = items.iter().map(|item| item.id.clone()).zip(digests).collect();
        Ok(Self { dataset, category: category.into(), items, digests, known })
    }

    /// What decides picture and mask of `item`: what is said about it, and a hash of its files.
    pub fn identity(&self, item: &Item) -> Value {
        let digest = self.digests.get(&item.id).map(|digest| digest.to_hex().to_string());
        json!([item.describe(), digest])
    }

    /// Picture and mask of `item`.
    ///
    /// # Errors
    /// When they cannot be read, or what was read is not what was planned.
    pub fn load(&self, item: &Item) -> Result<Sample, Failure> {
        let (sample, digest) = self.dataset.read(&self.category, item).map_err(data)?;
        if self.digests.get(&item.id) != Some(&digest) {
            // Also where the file system said that nothing did: the next plan reads it.
            self.known.forget();
            return Err(data(format!(
                "{} (category '{}') changed while the run was under way; nothing was recorded from it: give the \
                 same command again",
                item.id, self.category
            )));
        }
        Ok(sample)
    }

    /// `item` under `shifts`, in the network's frame.
    ///
    /// # Errors
    /// As [`load`](Self::load), or when the picture is too small for a shift.
    pub fn show(
        &self,
        root: &Root,
        shifts: &Chain,
        item: &Item,
        geometry: Geometry,
    ) -> Result<Shown, Failure> {
        let failure = |error| Failure::new(FailureKind::Shift, format!("{}: {error}", item.id));
        let sample = self.load(item)?;
        // Before shifts and cropping, which may move a defect out of the frame.
        let empty = sample.mask.as_ref().is_some_and(|mask| mask.iter().all(|value| *value == 0));
        let sample = shifts.apply(sample, root, &item.id).map_err(failure)?;
        let mask = sample.mask.map(|mask| geometry.mask(&mask));
        Ok(Shown { picture: geometry.picture(&sample.image), mask, unmarked: item.anomalous && empty })
    }
}

pub(super) fn data(error: impl ToString) -> Failure {
    Failure::new(FailureKind::Data, error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::error::DataError;
    use image::Rgb;
    use image::RgbImage;
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU8, Ordering};

    /// One picture whose pixels somebody changes, while the file system says that nobody did.
    struct Changing(Arc<AtomicU8>);

    impl Dataset for Changing {
        fn categories(&self) -> Result<Vec<String>, DataError> {
            Ok(vec!["nut".into()])
        }

        fn items(&self, _: &str) -> Result<Vec<Item>, DataError> {
            Ok(vec![Item::test("a.png", false)])
        }

        fn files(&self, _: &str, _: &Item) -> Vec<PathBuf> {
            vec![concat!(env!("CARGO_MANIFEST_DIR"), "/src/run/source.rs").into()]
        }

        fn load(&self, _: &str, _: &Item) -> Result<Sample, DataError> {
            Ok(Sample {
                image: RgbImage::from_pixel(2, 2, Rgb([self.0.load(Ordering::SeqCst); 3])),
                mask: None,
            })
        }
    }

    fn open(grey: &Arc<AtomicU8>, prepared: Option<&Path>, planned: &str) -> Result<Source, Failure> {
        let plugin = Plugin { name: "changing".into(), revision: 1, options: Default::default() };
        let known = Digests::of(prepared, &plugin, "nut", Path::new(""));
        Source::of(Box::new(Changing(Arc::clone(grey))), "nut", known, planned)
    }

    #[test]
    fn a_picture_that_changed_for_a_moment_is_named() {
        let grey = Arc::new(AtomicU8::new(7));
        let planned = Changing(Arc::clone(&grey)).fingerprint("nut").unwrap();
        let open = || open(&grey, None, &planned);
        let source = open().unwrap();
        source.load(&source.items[0]).unwrap();
        grey.store(8, Ordering::SeqCst);
        let message = source.load(&source.items[0]).unwrap_err().to_string();
        assert!(message.contains("a.png") && message.contains("changed while the run"), "{message}");
        let message = open().err().unwrap().to_string();
        assert!(message.contains("'nut' have changed since the run was planned"), "{message}");
        grey.store(7, Ordering::SeqCst);
        source.load(&source.items[0]).unwrap();
    }

    #[test]
    fn a_change_that_the_file_system_hid_is_found_by_who_reads_and_known_from_then_on() {
        let cache = tempfile::tempdir().unwrap();
        let grey = Arc::new(AtomicU8::new(7));
        let planned = Changing(Arc::clone(&grey)).fingerprint("nut").unwrap();
        let open = || open(&grey, Some(cache.path()), &planned);
        open().unwrap();
        grey.store(8, Ordering::SeqCst);
        let source = open().unwrap();
        assert!(source.load(&source.items[0]).is_err());
        let message = open().err().unwrap().to_string();
        assert!(message.contains("'nut' have changed since the run was planned"), "{message}");
    }
}
