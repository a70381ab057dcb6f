//! Records of a run folder: index, training, test, failure, scores.
#![no_main]

use harness::results::{JobFolder, RunFolder};
use harness::run::verify;
use libfuzzer_sys::fuzz_target;
use std::fs;
use std::sync::OnceLock;

static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder for records"));
    let job = folder.path().join("set/category/method/seed0");
    let cells = job.join("cells");
    let _ = fs::create_dir_all(&cells);
    for place in [folder.path().join("index.json"), job.join("job.json"), job.join("failed.json"), cells.join("id.json"), cells.join("id.csv")] {
        let _ = fs::write(place, bytes);
    }
    let job = JobFolder::at(&job);
    let training = job.training().ok().flatten();
    assert!(job.finished("id", "key", training.as_ref()).is_err(), "bytes of nobody were taken for a result");
    let _ = (job.failure(), verify(&RunFolder::at(folder.path())));
});
