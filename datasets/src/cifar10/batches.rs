//! The packed versions of CIFAR-10: five batches to learn from and one to test on.
//!
//! A picture is 32 x 32 red bytes, then green, then blue. The python version pickles a dictionary with the entries
//! `data`, n x 3072, and `labels`; the binary version has a label before each picture and nothing else.

use crate::miniature;
use crate::packed::{self, Layout, Packed, pickle::Pickle};
use harness::prelude::*;
use std::path::Path;

/// Folders in the official archives.
pub(super) const PYTHON: &str = "cifar-10-batches-py";
pub(super) const BINARY: &str = "cifar-10-batches-bin";

const TRAIN: [&str; 5] = ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"];
const TEST: [&str; 1] = ["test_batch"];

const SIDE: usize = 32;
const PICTURE: usize = 3 * SIDE * SIDE;

/// Pixels and labels of a file.
type Batch = (Vec<u8>, Vec<u8>);

/// Training and test pictures of the python version.
pub(super) fn of_python(folder: &Path, way_out: &str) -> Result<[Packed; 2], DataError> {
    let batch = |path: &Path| {
        let unreadable = |reason| DataError::unreadable(path, reason);
        let bytes = packed::read(path)?;
        let pickle = Pickle::parse(&bytes).map_err(unreadable)?;
        let labels = pickle.root().entry("labels").and_then(|labels| labels.labels()).map_err(unreadable)?;
        let data = pickle.root().entry("data").and_then(|data| data.bytes());
        let (shape, pixels) = data.map_err(unreadable)?;
        if !matches!(shape, [_, PICTURE]) {
            return Err(unreadable(format!(
                "its data has shape {shape:?}; that of CIFAR-10 is n x {PICTURE}"
            )));
        }
        Ok((pixels.to_vec(), labels))
    };
    Ok([join(folder, &TRAIN, "", way_out, batch)?, join(folder, &TEST, "", way_out, batch)?])
}

/// Training and test pictures of the binary version.
pub(super) fn binary(folder: &Path, way_out: &str) -> Result<[Packed; 2], DataError> {
    let batch = |path: &Path| {
        let bytes = packed::read(path)?;
        let records = bytes.chunks_exact(1 + PICTURE);
        if !records.remainder().is_empty() {
            let reason = format!("its {} bytes are no multiple of 3073: the file is damaged", bytes.len());
            return Err(DataError::unreadable(path, reason));
        }
        let labels = records.clone().map(|record| record[0]).collect();
        Ok((records.flat_map(|record| &record[1..]).copied().collect(), labels))
    };
    Ok([join(folder, &TRAIN, ".bin", way_out, batch)?, join(folder, &TEST, ".bin", way_out, batch)?])
}

/// The pictures of several files, in their order.
fn join(
    folder: &Path,
    names: &[&str],
    ending: &str,
    way_out: &str,
    batch: impl Fn(&Path) -> Result<Batch, DataError>,
) -> Result<Packed, DataError> {
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for name in names {
        let path = folder.join(format!("{name}{ending}"));
        if !path.is_file() {
            return Err(DataError::Missing { path, way_out: way_out.into() });
        }
        let (of_batch, labels_of_batch) = batch(&path)?;
        // Each file for itself, so that the faulty one is named.
        let wrong = labels_of_batch.iter().find(|label| **label > 9);
        if let Some(label) = wrong {
            let reason = format!("it has a label of {label}; those of CIFAR-10 are 0 to 9");
            return Err(DataError::unreadable(&path, reason));
        }
        if of_batch.len() != PICTURE * labels_of_batch.len() {
            let (pictures, labels) = (of_batch.len() / PICTURE, labels_of_batch.len());
            let reason = format!("it has {pictures} pictures, but {labels} labels: the file is damaged");
            return Err(DataError::unreadable(&path, reason));
        }
        pixels.extend(of_batch);
        labels.extend(labels_of_batch);
    }
    Packed::new(folder, [SIDE, SIDE], Layout::Planar, pixels, labels)
}

/// Writes the binary version, with two pictures of every class in each batch.
pub(super) fn write_miniature(folder: &Path) -> Result<(), DataError> {
    for (number, name) in TRAIN.iter().chain(&TEST).enumerate() {
        let mut bytes = Vec::new();
        for index in 0..20 {
            let class = index % 10;
            let picture =
                miniature::class_picture("cifar10", class, 2 * number + index / 10, SIDE as u32).into_raw();
            bytes.push(class as u8);
            bytes.extend((0..3).flat_map(|channel| picture.iter().skip(channel).step_by(3)));
        }
        miniature::write(&folder.join(format!("{name}.bin")), &bytes)?;
    }
    Ok(())
}
