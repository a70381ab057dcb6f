//! Reference images: training images that a method compares with at test time (ATTA).
//!
//! The harness chooses them, not the method, so that every method gets the same, and so that nobody
//! needs to be trusted not to pick a lucky one or a test image.

use crate::contract::dataset::{Item, Split};
use crate::contract::picture::pixel_hash;
use crate::contract::protocol::Protocol;
use crate::contract::seed::Root;
use crate::plan::Job;
use crate::prepared::Prepared;
use crate::results::{Failure, FailureKind};
use crate::run::source::Source;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// Positions, among the training images, of the reference images of `job`: none if its method keeps
/// none; the first training image under `released`; else as many as the protocol asks for, drawn without
/// those that have the very pixels of a test image of any condition, or of each other.
///
/// # Errors
/// When fewer are left than asked for and a cell of the job would be scored with one, or when an image
/// cannot be read.
pub(super) fn choose(job: &Job, source: &Source) -> Result<Vec<usize>, Failure> {
    if !job.keeps_references() {
        return Ok(Vec::new());
    }
    if job.protocol == Protocol::Released {
        return Ok(vec![0]);
    }
    let items = &source.items;
    let pixels = pixels(job, source)?;
    let of = |item: &Item| pixels[&item.id];
    let mut taken: HashSet<[u8; 32]> =
        items.iter().filter(|item| item.split == Split::Test).map(of).collect();
    let train: Vec<&Item> = items.iter().filter(|item| item.split == Split::Train).collect();
    let mut order: Vec<usize> = (0..train.len()).collect();
    order.shuffle(&mut Root::new(job.seed, &job.dataset.name, &job.category).stream("reference", ""));
    let (wanted, mut chosen) = (job.protocol.references(), Vec::new());
    for index in order {
        if chosen.len() < wanted && taken.insert(of(train[index])) {
            chosen.push(index);
        }
    }
    if chosen.len() < wanted && job.cells.iter().any(|cell| job.reference(cell).is_some()) {
        return Err(Failure::new(
            FailureKind::Data,
            format!(
                "the protocol asks for {wanted} reference images, but only {} of the {} training images \
                 differ from every test image and from each other: take the copies out of the data, or ask \
                 for fewer references",
                chosen.len(),
                train.len()
            ),
        ));
    }
    Ok(chosen)
}

/// A hash of the pixels of every image, by its identifier: found once for all methods and seeds.
fn pixels(job: &Job, source: &Source) -> Result<HashMap<String, [u8; 32]>, Failure> {
    let items = &source.items;
    let identities: Vec<_> = items.iter().map(|item| source.identity(item)).collect();
    let made_from = json!({ "pixels of": job.dataset_as_content(), "images": identities });
    let prepared = job.prepared.as_ref().map(Prepared::at);
    let named = |hashes: Vec<[u8; 32]>| items.iter().map(|item| item.id.clone()).zip(hashes).collect();
    if let Some(bytes) = prepared.as_ref().and_then(|prepared| prepared.bytes(&made_from)) {
        let (hashes, rest) = bytes.as_chunks::<32>();
        if hashes.len() == items.len() && rest.is_empty() {
            return Ok(named(hashes.to_vec()));
        }
    }
    let hash = |item: &Item| {
        let image = source.load(item)?.image;
        Ok::<_, Failure>(*pixel_hash(&image).as_bytes())
    };
    let hashes: Vec<[u8; 32]> = items.par_iter().map(hash).collect::<Result<_, _>>()?;
    if let Some(prepared) = prepared {
        // Nothing depends on it: it is found again.
        let _ = prepared.keep(&made_from, hashes.concat());
    }
    Ok(named(hashes))
}
