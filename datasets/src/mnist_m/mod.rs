//! MNIST-M: detectors learn a grey digit of MNIST and are tested on MNIST and, as the natural shift `mnist_m`, on
//! the same digits blended with photographs.
//!
//! MNIST lies where [`mnist`] reads it. MNIST-M, below `<data-root>/mnist-m`, is read from what is
//! there first of:
//!
//! ```text
//! mnist_m_test/00000000.png and mnist_m_test_labels.txt, whose lines are `00000000.png 7`
//! keras_mnistm.pkl           a pickled dictionary with the array `test`, n x 28 x 28 x 3
//! t10k-images-idx4-ubyte     the same array as IDX, with t10k-labels-idx1-ubyte where the labels are not MNIST's
//! ```
//!
//! The last two may end in `.gz`. Pictures of an array are in the order of MNIST's test pictures, whose labels they
//! share. [`generate()`] makes the first form.

mod generate;
mod labelled;

pub use generate::generate;

use crate::digits::{self, SIDE};
use crate::files;
use crate::mnist;
use crate::one_vs_rest::{Limits, OneVsRest, Part, Pictures};
use crate::packed::{self, Layout, Packed, idx::Idx, pickle::Pickle};
use crate::resources;
use harness::contract::resource::Resource;
use harness::prelude::*;
use std::path::Path;

const WAY_OUT: &str = "put mnist_m_test/ with mnist_m_test_labels.txt, or keras_mnistm.pkl.gz, there, or set \
                       datasets.mnist-m.path to the folder that holds one of them; from MNIST and photographs it can \
                       also be made: `cargo xtask make mnist-m PHOTOGRAPHS`";

options! {
    /// Options of `mnist-m`.
    pub struct Options {
        /// The folder of MNIST-M; `<data-root>/mnist-m` if empty.
        pub path: String = String::new() => place(),
        /// The folder of MNIST; `<data-root>/mnist` if empty.
        pub mnist: String = String::new() => place(),
        /// Training pictures of a category; all if not given.
        pub train: Option<usize> = None => data(),
        /// Test pictures of every digit, of MNIST and of MNIST-M each; all if not given.
        pub test_per_class: Option<usize> = None => data(),
    }
}

/// The plugin.
#[derive(Clone, Copy, Debug)]
pub struct MnistM;

impl DatasetPlugin for MnistM {
    const NAME: &'static str = "mnist-m";
    const SUMMARY: &'static str =
        "MNIST to MNIST-M: digits, and digits blended with photographs as natural shift";
    const SOURCE: &'static str =
        "LeCun et al. 1998 (MNIST); Ganin and Lempitsky 2015 (MNIST-M), licence not stated";
    const REVISION: u32 = 1;
    const RESOURCES: &'static [&'static Resource] = &[&resources::MNIST, &resources::MNIST_M];
    const MINIATURE: Option<fn(&Path) -> Result<(), DataError>> = Some(|data_root| {
        let mnist = data_root.join(mnist::DIGITS.name);
        digits::write_miniature(&mnist)?;
        generate::write_miniature(&mnist, &data_root.join(Self::NAME))
    });
    type Options = Options;

    fn open(options: Options, context: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        let mnist = files::root(&options.mnist, mnist::DIGITS.name, context);
        let mut parts = mnist::DIGITS.parts(&mnist)?;
        let pictures = open(&files::root(&options.path, Self::NAME, context), parts[1].pictures.labels())?;
        parts.push(Part { name: "mnist_m", split: Split::Test, domain: Some("mnist_m"), pictures });
        let limits = Limits { train: options.train, test_per_class: options.test_per_class };
        let dataset = OneVsRest::new(Self::NAME, &mnist::DIGITS.classes, parts, limits)?;
        // Copies of MNIST-M have 9 001 or 10 000 test pictures: neither number is a fault.
        let complete = limits == Limits::default();
        Ok(Box::new(if complete { dataset.with_counts(&mnist::DIGITS.counts()) } else { dataset }))
    }
}

inventory::submit!(DatasetEntry::of::<MnistM>());

/// The test pictures in `folder`; `of_mnist` are the labels of MNIST's.
fn open(folder: &Path, of_mnist: &[u8]) -> Result<Box<dyn Pictures>, DataError> {
    let list = folder.join(labelled::LIST);
    if list.is_file() {
        return Ok(Box::new(labelled::read(&list, &folder.join(labelled::FOLDER))?));
    }
    if let Some(path) = packed::find(folder, &["keras_mnistm.pkl"]) {
        return Ok(Box::new(pickled(&path, of_mnist)?));
    }
    if let Some(path) = packed::find(folder, &["t10k-images-idx4-ubyte", "t10k-images.idx4-ubyte"]) {
        let labels = match digits::find(folder, "t10k", "labels", 1, WAY_OUT) {
            Ok(path) => Idx::read(&path, 1)?.values,
            Err(_) => of_mnist.to_vec(),
        };
        let Idx { shape, values } = Idx::read(&path, 4)?;
        return Ok(Box::new(of_array(&path, &shape, values, labels)?));
    }
    Err(DataError::Missing { path: list, way_out: WAY_OUT.into() })
}

fn pickled(path: &Path, labels: &[u8]) -> Result<Packed, DataError> {
    let unreadable = |reason| DataError::unreadable(path, reason);
    let bytes = packed::read(path)?;
    let pickle = Pickle::parse(&bytes).map_err(unreadable)?;
    let test = pickle.root().entry("test").and_then(|array| array.bytes());
    let (shape, pixels) = test.map_err(unreadable)?;
    of_array(path, shape, pixels.to_vec(), labels.to_vec())
}

fn of_array(path: &Path, shape: &[usize], pixels: Vec<u8>, labels: Vec<u8>) -> Result<Packed, DataError> {
    if !matches!(shape, [_, SIDE, SIDE, 3]) {
        let reason = format!("its pictures have shape {shape:?}; those of MNIST-M are n x 28 x 28 x 3");
        return Err(DataError::unreadable(path, reason));
    }
    Packed::new(path, [SIDE, SIDE], Layout::Interleaved, pixels, labels)
}
