//! Archives: nothing is written outside the data root, whatever they hold.
#![no_main]

use harness::fetch::{Accepted, Way, fetch};
use harness::contract::resource::{Licence, RemoteFile, Resource, Source, Unpack};
use libfuzzer_sys::fuzz_target;
use std::fs;
use std::sync::OnceLock;

static RESOURCE: Resource = Resource {
    name: "stranger",
    summary: "an archive of a stranger",
    licence: Licence { name: "none", terms: "", page: "" },
    megabytes: 1,
    page: "nowhere",
    source: Source::Files(&[RemoteFile {
        name: "stranger.tar",
        urls: &[],
        sha256: &[],
        bytes: None,
        unpack: Unpack::Below(""),
    }]),
};

static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder for archives"));
    let root = folder.path().join("inside/root");
    let _ = fs::remove_dir_all(&root);
    let _ = fs::create_dir_all(&root);
    let archive = folder.path().join("stranger.tar");
    let _ = fs::write(&archive, bytes);
    let way = Way { from: Some(archive.display().to_string()), any_version: true, ..Way::default() };
    let _ = fetch(&Accepted::beforehand(&RESOURCE), &root, &way, &mut |_| {});
    let beside = fs::read_dir(folder.path()).expect("the folder is there").count();
    assert_eq!(beside, 2, "something was written outside the data root");
});
