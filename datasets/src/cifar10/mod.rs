//! CIFAR-10: small photographs of ten classes, one class normal and nine anomalous.
//!
//! Below `<data-root>/cifar10`, or wherever `path` says, it is read from what is there first of:
//!
//! ```text
//! cifar-10-batches-py/data_batch_1 ... data_batch_5, test_batch                the python version
//! cifar-10-batches-bin/data_batch_1.bin ... data_batch_5.bin, test_batch.bin   the binary version
//! train/<class>/*.png, test/<class>/*.png     folders named as classes, or 000 to 009
//! ```
//!
//! `path` may also be the folder of the batches itself. The first two hold the same pictures in the same order.

mod batches;

use crate::class_files::ClassFiles;
use crate::files;
use crate::one_vs_rest::{Limits, OneVsRest, Part, Pictures};
use crate::resources;
use harness::contract::resource::Resource;
use harness::prelude::*;
use std::path::Path;

const CLASSES: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

const WAY_OUT: &str = "run `cargo xtask fetch cifar10`, or set datasets.cifar10.path to the folder that holds \
                       cifar-10-batches-py, cifar-10-batches-bin, or train/<class>/*.png and test/<class>/*.png";

options! {
    /// Options of `cifar10`.
    pub struct Options {
        /// The folder of the files; `<data-root>/cifar10` if empty.
        pub path: String = String::new() => place(),
        /// Training pictures of a category; all if not given.
        pub train: Option<usize> = None => data(),
        /// Test pictures of every class; all if not given.
        pub test_per_class: Option<usize> = None => data(),
    }
}

/// The plugin.
#[derive(Clone, Copy, Debug)]
pub struct Cifar10;

impl DatasetPlugin for Cifar10 {
    const NAME: &'static str = "cifar10";
    const SUMMARY: &'static str = "CIFAR-10: photographs of 10 classes at 32 px, one against the rest";
    const SOURCE: &'static str = "Krizhevsky 2009 (CIFAR-10); no licence stated";
    const REVISION: u32 = 1;
    const RESOURCES: &'static [&'static Resource] = &[&resources::CIFAR10];
    const MINIATURE: Option<fn(&Path) -> Result<(), DataError>> =
        Some(|data_root| batches::write_miniature(&data_root.join(Self::NAME).join(batches::BINARY)));
    type Options = Options;

    fn open(options: Options, context: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        let folder = files::root(&options.path, Self::NAME, context);
        let [train, test] = pictures(&folder)?;
        let part = |name, split, pictures| Part { name, split, domain: None, pictures };
        let parts = vec![part("train", Split::Train, train), part("test", Split::Test, test)];
        let limits = Limits { train: options.train, test_per_class: options.test_per_class };
        let dataset = OneVsRest::new(Self::NAME, &CLASSES, parts, limits)?;
        let published = [("train", vec![5000; 10]), ("test", vec![1000; 10])];
        let complete = limits == Limits::default();
        Ok(Box::new(if complete { dataset.with_counts(&published) } else { dataset }))
    }
}

inventory::submit!(DatasetEntry::of::<Cifar10>());

/// Training and test pictures, in whatever form `folder` has them.
fn pictures(folder: &Path) -> Result<[Box<dyn Pictures>; 2], DataError> {
    // One file present is enough to choose a form: what else is missing is then named.
    let at = |name: &str, mark: &str| {
        let places = [folder.join(name), folder.to_owned()];
        places.into_iter().find(|place| place.join(mark).is_file() || place.ends_with(name) && place.is_dir())
    };
    if let Some(place) = at(batches::PYTHON, "data_batch_1") {
        let [train, test] = batches::of_python(&place, WAY_OUT)?;
        return Ok([Box::new(train), Box::new(test)]);
    }
    if let Some(place) = at(batches::BINARY, "data_batch_1.bin") {
        let [train, test] = batches::binary(&place, WAY_OUT)?;
        return Ok([Box::new(train), Box::new(test)]);
    }
    if !folder.join("train").is_dir() {
        return Err(DataError::Missing { path: folder.join(batches::PYTHON), way_out: WAY_OUT.into() });
    }
    let names = |class: usize| vec![CLASSES[class].to_owned(), format!("{class:03}")];
    let of = |part: &str| ClassFiles::in_folders(&folder.join(part), &CLASSES, names, WAY_OUT);
    Ok([Box::new(of("train")?), Box::new(of("test")?)])
}
