//! MNIST: handwritten digits, one digit normal and nine anomalous. The files are those of `digits.rs`.

use crate::digits::{self, Digits, Options};
use crate::resources;
use harness::contract::resource::Resource;
use harness::prelude::*;
use std::path::Path;

/// MNIST. [`mnist_m`](crate::mnist_m) learns from it.
pub(crate) const DIGITS: Digits = Digits {
    name: "mnist",
    classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    published: [
        [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
        [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
    ],
    way_out: "run `cargo xtask fetch mnist`, or set datasets.mnist.path to the folder that holds \
              train-images-idx3-ubyte and its three companions, plain or .gz",
};

/// The plugin.
#[derive(Clone, Copy, Debug)]
pub struct Mnist;

impl DatasetPlugin for Mnist {
    const NAME: &'static str = DIGITS.name;
    const SUMMARY: &'static str = "MNIST: 10 handwritten digits at 28 px, one against the rest";
    const SOURCE: &'static str = "LeCun et al. 1998 (MNIST); CC BY-SA 3.0";
    const REVISION: u32 = 1;
    const RESOURCES: &'static [&'static Resource] = &[&resources::MNIST];
    const MINIATURE: Option<fn(&Path) -> Result<(), DataError>> =
        Some(|data_root| digits::write_miniature(&data_root.join(Self::NAME)));
    type Options = Options;

    fn open(options: Options, context: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        DIGITS.open(&options, context)
    }
}

inventory::submit!(DatasetEntry::of::<Mnist>());
