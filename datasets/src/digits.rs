//! Data sets in the files of MNIST: pictures and labels of two parts, each an [IDX](crate::packed::idx) file.
//!
//! ```text
//! <path>/train-images-idx3-ubyte      60 000 pictures to learn from
//! <path>/train-labels-idx1-ubyte
//! <path>/t10k-images-idx3-ubyte       10 000 to test on
//! <path>/t10k-labels-idx1-ubyte
//! ```
//!
//! Each file may also end in `.gz`, or have a dot for its second hyphen as some copies do.

use crate::files;
use crate::miniature;
use crate::one_vs_rest::{Limits, OneVsRest, Part};
use crate::packed::{self, Layout, Packed, idx::Idx};
use flate2::{Compression, write::GzEncoder};
use harness::prelude::*;
use std::io::Write;
use std::path::{Path, PathBuf};

options! {
    /// Options of a data set in these files.
    pub struct Options {
        /// The folder of the four files; `<data-root>/<name of the data set>` if empty.
        pub path: String = String::new() => place(),
        /// Training pictures of a category; all if not given.
        pub train: Option<usize> = None => data(),
        /// Test pictures of every class; all if not given.
        pub test_per_class: Option<usize> = None => data(),
    }
}

/// What one data set in these files is.
pub(crate) struct Digits {
    pub name: &'static str,
    pub classes: [&'static str; 10],
    /// Published pictures of every class, for training and for the test.
    pub published: [[usize; 10]; 2],
    pub way_out: &'static str,
}

impl Digits {
    /// Opens it.
    pub fn open(&self, options: &Options, context: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        let folder = files::root(&options.path, self.name, context);
        let limits = Limits { train: options.train, test_per_class: options.test_per_class };
        let dataset = OneVsRest::new(self.name, &self.classes, self.parts(&folder)?, limits)?;
        let complete = limits == Limits::default();
        Ok(Box::new(if complete { dataset.with_counts(&self.counts()) } else { dataset }))
    }

    /// Training and test pictures in `folder`.
    pub fn parts(&self, folder: &Path) -> Result<Vec<Part>, DataError> {
        let part = |name, split, file| {
            let pictures = Box::new(read(folder, file, self.way_out)?);
            Ok(Part { name, split, domain: None, pictures })
        };
        Ok(vec![part("train", Split::Train, "train")?, part("test", Split::Test, "t10k")?])
    }

    /// Published numbers of both parts.
    pub fn counts(&self) -> [(&'static str, Vec<usize>); 2] {
        [("train", self.published[0].to_vec()), ("test", self.published[1].to_vec())]
    }
}

/// Pictures and labels of the part whose files begin with `part`: `train` or `t10k`.
pub(crate) fn read(folder: &Path, part: &str, way_out: &str) -> Result<Packed, DataError> {
    let labels = Idx::read(&find(folder, part, "labels", 1, way_out)?, 1)?.values;
    let path = find(folder, part, "images", 3, way_out)?;
    let Idx { shape, values } = Idx::read(&path, 3)?;
    if shape[1..] != [SIDE, SIDE] {
        let reason = format!("its pictures are {}x{}; those of MNIST are 28x28", shape[2], shape[1]);
        return Err(DataError::unreadable(&path, reason));
    }
    Packed::new(&path, [SIDE, SIDE], Layout::Grey, values, labels)
}

/// The file of images or labels with that many dimensions.
pub(crate) fn find(
    folder: &Path,
    part: &str,
    what: &str,
    dimensions: usize,
    way_out: &str,
) -> Result<PathBuf, DataError> {
    let name = format!("{part}-{what}-idx{dimensions}-ubyte");
    let dotted = format!("{part}-{what}.idx{dimensions}-ubyte");
    let missing = || DataError::Missing { path: folder.join(format!("{name}.gz")), way_out: way_out.into() };
    packed::find(folder, &[&name, &dotted]).ok_or_else(missing)
}

/// Side of the pictures in pixels.
pub(crate) const SIDE: usize = 28;

/// Pictures of a class in a miniature, for training and for the test.
const FEW: [(&str, usize); 2] = [("train", 8), ("t10k", 4)];

/// Writes the four files, with few pictures.
pub(crate) fn write_miniature(folder: &Path) -> Result<(), DataError> {
    for (part, per_class) in FEW {
        let count = 10 * per_class;
        let picture = |index: usize| {
            let picture = miniature::class_picture(part, index % 10, index / 10, SIDE as u32);
            image::DynamicImage::from(picture).into_luma8().into_raw()
        };
        let images = Idx { shape: vec![count, SIDE, SIDE], values: (0..count).flat_map(picture).collect() };
        let labels = Idx { shape: vec![count], values: (0..count).map(|index| (index % 10) as u8).collect() };
        for (what, idx) in [("images", images), ("labels", labels)] {
            let path = folder.join(format!("{part}-{what}-idx{}-ubyte.gz", idx.shape.len()));
            let mut zipped = GzEncoder::new(Vec::new(), Compression::default());
            let zipped = zipped.write_all(&idx.to_bytes()).and_then(|()| zipped.finish());
            miniature::write(&path, &zipped.map_err(|error| DataError::unreadable(&path, error))?)?;
        }
    }
    Ok(())
}
