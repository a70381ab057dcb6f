//! Checkpoints of strangers: PyTorch's and safetensors. Nothing of one is run, and no size in one is believed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use methods::tensor_file;
use std::fs;
use std::sync::OnceLock;

static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder for checkpoints"));
    // The first byte chooses the reader, as a file's ending does.
    let Some((first, bytes)) = bytes.split_first() else { return };
    let name = if *first == b's' { "state.safetensors" } else { "state.pth" };
    let path = folder.path().join(name);
    let _ = fs::write(&path, bytes);
    let _ = tensor_file::read(&path).and_then(|entries| tensor_file::all_finite(&entries));
});
