//! Pictures packed into one file: pickles of CIFAR-10 and MNIST-M, IDX files of MNIST. Nothing of a pickle is run, and no
//! size in a header is believed.
#![no_main]

use datasets as _;
use harness::contract::dataset::DataContext;
use harness::contract::registry::{self, DatasetEntry};
use libfuzzer_sys::fuzz_target;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();

/// The five batches of training pictures and that of test pictures.
const BATCHES: [&str; 6] =
    ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"];

/// An IDX file.
fn idx(dimensions: &[u8], values: &[u8]) -> Vec<u8> {
    let sizes = dimensions.iter().flat_map(|size| [0, 0, 0, *size]);
    [0, 0, 8, dimensions.len() as u8].into_iter().chain(sizes).chain(values.iter().copied()).collect()
}

/// Two digits for training and two for testing, and nothing of MNIST-M.
fn whole(root: &Path) {
    let _ = fs::remove_dir_all(root.join("mnist-m"));
    let _ = fs::create_dir_all(root.join("mnist-m"));
    let _ = fs::create_dir_all(root.join("mnist"));
    for part in ["train", "t10k"] {
        let path = |what| root.join(format!("mnist/{part}-{what}-ubyte"));
        let _ = fs::write(path("images-idx3"), idx(&[2, 28, 28], &[7; 1568]));
        let _ = fs::write(path("labels-idx1"), idx(&[2], &[3, 5]));
    }
}

fn open(root: &Path, name: &str, category: &str) {
    let entry = registry::find::<DatasetEntry>(name).expect("it is linked");
    let context = DataContext { data_root: root.into() };
    let options = (entry.card.resolve)(&[]).expect("its defaults are options");
    let _ = (entry.open)(&options, &context).map(|dataset| dataset.items(category));
}

fuzz_target!(|bytes: &[u8]| {
    let root = FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder for data")).path();
    // The first byte says what the others are.
    let Some((which, bytes)) = bytes.split_first() else { return };
    if *which == b'b' {
        let folder = root.join("cifar10/cifar-10-batches-py");
        let _ = fs::create_dir_all(&folder);
        BATCHES.iter().for_each(|name| drop(fs::write(folder.join(name), bytes)));
        return open(root, "cifar10", "cat");
    }
    whole(root);
    let place = match which {
        b'i' => "mnist/train-images-idx3-ubyte",
        b'l' => "mnist/t10k-labels-idx1-ubyte",
        b'k' => "mnist-m/keras_mnistm.pkl",
        _ => "mnist-m/t10k-images-idx4-ubyte",
    };
    let _ = fs::write(root.join(place), bytes);
    open(root, "mnist-m", "3");
});
