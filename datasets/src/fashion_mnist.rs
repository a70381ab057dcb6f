//! Fashion-MNIST: pictures of clothes in the files of MNIST, see `digits.rs`. The Debian package
//! `dataset-fashion-mnist` holds them in `/usr/share/datasets/fashion-mnist`.

use crate::digits::{self, Digits, Options};
use crate::resources;
use harness::contract::resource::Resource;
use harness::prelude::*;
use std::path::Path;

const DIGITS: Digits = Digits {
    name: "fashion-mnist",
    classes: [
        "t-shirt",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle-boot",
    ],
    published: [[6000; 10], [1000; 10]],
    way_out: "run `cargo xtask fetch fashion-mnist`, or set datasets.fashion-mnist.path to the folder that holds \
              train-images-idx3-ubyte and its three companions, plain or .gz",
};

/// The plugin.
#[derive(Clone, Copy, Debug)]
pub struct FashionMnist;

impl DatasetPlugin for FashionMnist {
    const NAME: &'static str = DIGITS.name;
    const SUMMARY: &'static str = "Fashion-MNIST: 10 kinds of clothes at 28 px, one against the rest";
    const SOURCE: &'static str = "Xiao et al. 2017 (Fashion-MNIST); MIT licence";
    const REVISION: u32 = 1;
    const RESOURCES: &'static [&'static Resource] = &[&resources::FASHION_MNIST];
    const MINIATURE: Option<fn(&Path) -> Result<(), DataError>> =
        Some(|data_root| digits::write_miniature(&data_root.join(Self::NAME)));
    type Options = Options;

    fn open(options: Options, context: &DataContext) -> Result<Box<dyn Dataset>, DataError> {
        DIGITS.open(&options, context)
    }
}

inventory::submit!(DatasetEntry::of::<FashionMnist>());
