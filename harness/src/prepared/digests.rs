//! Digests of images, kept with the stamps of their files: a file that did not change is not read to be hashed again.

use crate::contract::dataset::{self, Dataset, Item};
use crate::contract::error::DataError;
use crate::contract::plugin::Plugin;
use crate::prepared::Prepared;
use crate::prepared::stamp::Stamp;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::time::SystemTime;

/// Where the digests of a category are known from, if they are.
///
/// A digest is known while path, size, time of writing and, on Unix, time of change and inode of all files of its image
/// are those of when they were hashed; it is not kept where a change after that might not show in them.
#[derive(Clone, Debug)]
pub struct Digests {
    kept: Option<Kept>,
}

#[derive(Clone, Debug)]
struct Kept {
    prepared: Prepared,
    category: Value,
}

/// A digest, with the stamp to keep it under, if it can be kept.
struct Found {
    digest: blake3::Hash,
    stamp: Option<Stamp>,
    hashed: bool,
}

impl Digests {
    /// Those of `category` of the data set `plugin`, kept in `folder`; without it none is known, and none kept.
    pub fn of(folder: Option<&Path>, plugin: &Plugin, category: &str, data_root: &Path) -> Self {
        let kept = folder.map(|folder| Kept {
            prepared: Prepared::at(folder),
            category: json!({
                "digests": VERSION,
                "dataset": plugin,
                "category": category,
                "data_root": data_root.to_string_lossy(),
            }),
        });
        Self { kept }
    }

    /// [`dataset::digests`], of which those that are known are not computed.
    ///
    /// # Errors
    /// The first file that cannot be read.
    pub fn find(
        &self,
        dataset: &dyn Dataset,
        category: &str,
        items: &[Item],
    ) -> Result<Vec<blake3::Hash>, DataError> {
        match &self.kept {
            Some(kept) => kept.find(dataset, category, items, SystemTime::now()),
            None => dataset::digests(dataset, category, items),
        }
    }

    /// What was known turned out to be wrong: the next who asks hashes every file.
    pub fn forget(&self) {
        if let Some(kept) = &self.kept {
            kept.prepared.remove(&kept.category);
        }
    }
}

/// Raised when what is kept has another form.
const VERSION: u32 = 1;

impl Kept {
    /// The digests of `items` at `now`.
    fn find(
        &self,
        dataset: &dyn Dataset,
        category: &str,
        items: &[Item],
        now: SystemTime,
    ) -> Result<Vec<blake3::Hash>, DataError> {
        let known = self.known();
        let find = |item: &Item| {
            let stamp = || Stamp::of(&item.id, &dataset.files(category, item));
            let before = stamp();
            if let Some(&digest) = before.and_then(|stamp| known.get(&stamp.hash)) {
                return Ok(Found { digest, stamp: before, hashed: false });
            }
            let digest = dataset.digest(category, item)?;
            let stamp = before.filter(|before| before.is_settled(now) && stamp() == Some(*before));
            Ok(Found { digest, stamp, hashed: true })
        };
        let found: Vec<Found> = items.par_iter().map(find).collect::<Result<_, _>>()?;
        let hashed = found.iter().filter(|found| found.hashed).count();
        tracing::debug!("category {category:?}: hashed {hashed} of {} images", items.len());
        if found.iter().any(|found| found.hashed && found.stamp.is_some()) {
            self.keep(&found);
        }
        Ok(found.into_iter().map(|found| found.digest).collect())
    }

    /// Digests by the hashes of their stamps.
    fn known(&self) -> HashMap<[u8; 32], blake3::Hash> {
        let bytes = self.prepared.bytes(&self.category).unwrap_or_default();
        let (pairs, _) = bytes.as_chunks::<32>().0.as_chunks::<2>();
        pairs.iter().map(|&[stamp, digest]| (stamp, digest.into())).collect()
    }

    fn keep(&self, found: &[Found]) {
        let pair = |found: &Found| found.stamp.map(|stamp| [stamp.hash, *found.digest.as_bytes()]);
        let pairs: Vec<[[u8; 32]; 2]> = found.iter().filter_map(pair).collect();
        // Whatever is not kept is hashed again.
        let _ = self.prepared.keep(&self.category, pairs.as_flattened().concat());
    }
}

#[cfg(test)]
mod tests;
