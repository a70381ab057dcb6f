//! Pickles, as CIFAR-10 comes in: nothing of one is run.
#![no_main]

use datasets as _;
use harness::dataset::DataContext;
use harness::registry::{self, DatasetEntry};
use libfuzzer_sys::fuzz_target;
use std::fs;
use std::sync::OnceLock;

static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder for batches"));
    let batches = folder.path().join("cifar10/cifar-10-batches-py");
    let _ = fs::create_dir_all(&batches);
    let _ = fs::write(batches.join("batches.meta"), bytes);
    for name in ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"] {
        let _ = fs::write(batches.join(name), bytes);
    }
    let entry = registry::find::<DatasetEntry>("cifar10").expect("it is linked");
    let context = DataContext { data_root: folder.path().into() };
    let options = (entry.card.resolve)(&[]).expect("its defaults are options");
    let _ = (entry.open)(&options, &context).map(|dataset| dataset.items("cat"));
});
