use super::*;
use crate::contract::dataset::Sample;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A category of two files, which counts how often one is hashed.
struct Toy {
    folder: tempfile::TempDir,
    hashed: AtomicUsize,
    kept: Kept,
}

impl Dataset for Toy {
    fn categories(&self) -> Result<Vec<String>, DataError> {
        Ok(vec!["nut".into()])
    }

    fn items(&self, _: &str) -> Result<Vec<Item>, DataError> {
        Ok(["a.png", "b.png"].map(Item::train).into())
    }

    fn files(&self, _: &str, item: &Item) -> Vec<PathBuf> {
        vec![self.path(&item.id)]
    }

    fn load(&self, _: &str, _: &Item) -> Result<Sample, DataError> {
        unreachable!("nothing is decoded")
    }

    fn digest(&self, _: &str, item: &Item) -> Result<blake3::Hash, DataError> {
        self.hashed.fetch_add(1, Ordering::Relaxed);
        let path = self.path(&item.id);
        Ok(blake3::hash(&fs::read(&path).map_err(|error| DataError::unreadable(&path, error))?))
    }
}

impl Toy {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let plugin = Plugin { name: "toy".into(), revision: 1, options: Default::default() };
        let cache = folder.path().join("cache");
        let kept = Digests::of(Some(&cache), &plugin, "nut", folder.path()).kept.unwrap();
        let toy = Self { folder, hashed: AtomicUsize::new(0), kept };
        fs::write(toy.path("a.png"), "aaaa").unwrap();
        fs::write(toy.path("b.png"), "bbbb").unwrap();
        toy
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// How many files are hashed at `now`; what is found must be what is there.
    fn hashed_at(&self, now: SystemTime) -> usize {
        let before = self.hashed.load(Ordering::Relaxed);
        let found = self.kept.find(self, "nut", &self.items("nut").unwrap(), now).unwrap();
        let there = ["a.png", "b.png"].map(|name| blake3::hash(&fs::read(self.path(name)).unwrap()));
        assert_eq!(found, there);
        self.hashed.load(Ordering::Relaxed) - before
    }

    /// How many are hashed when every change is long ago.
    fn hashed(&self) -> usize {
        self.hashed_at(SystemTime::now() + Duration::from_secs(60))
    }
}

#[test]
fn a_file_that_did_not_change_is_not_hashed_again() {
    let toy = Toy::new();
    assert_eq!((toy.hashed(), toy.hashed(), toy.hashed()), (2, 0, 0));
}

#[test]
fn a_file_that_changed_is_hashed_again_and_no_other() {
    let toy = Toy::new();
    let path = toy.path("b.png");
    let long_ago = SystemTime::now() - Duration::from_secs(1000);
    let date = || File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
    let changes: &[&dyn Fn()] = &[
        &|| fs::write(&path, "longer").unwrap(),
        &|| date(),
        // As long, as old, and another file: what `cp -p` and `mv` do.
        &|| {
            fs::write(toy.path("c.png"), "rename").unwrap();
            fs::rename(toy.path("c.png"), &path).unwrap();
            date();
        },
        // As long, as old, the same file: its time of change cannot be set.
        #[cfg(unix)]
        &|| {
            std::thread::sleep(Duration::from_millis(20));
            fs::write(&path, "LONGER").unwrap();
            date();
        },
    ];
    toy.hashed();
    for (number, change) in changes.iter().enumerate() {
        change();
        assert_eq!((toy.hashed(), toy.hashed()), (1, 0), "change {number}");
    }
}

#[test]
fn a_file_that_may_change_unseen_is_not_kept() {
    let toy = Toy::new();
    let now = SystemTime::now();
    assert_eq!((toy.hashed_at(now), toy.hashed_at(now)), (2, 2));
    assert!(!toy.path("cache").exists());
    let future = now + Duration::from_secs(1000);
    File::options().write(true).open(toy.path("a.png")).unwrap().set_modified(future).unwrap();
    assert_eq!((toy.hashed(), toy.hashed()), (2, 1));
}

#[test]
fn what_is_damaged_or_forgotten_is_computed_again() {
    let toy = Toy::new();
    toy.hashed();
    let path = toy.kept.prepared.path(&toy.kept.category);
    let mut bytes = fs::read(&path).unwrap();
    for place in 0..bytes.len() {
        bytes[place] ^= 1;
        fs::write(&path, &bytes).unwrap();
        assert_eq!((toy.hashed(), toy.hashed()), (2, 0), "byte {place}");
        bytes[place] ^= 1;
    }
    Digests { kept: Some(toy.kept.clone()) }.forget();
    assert_eq!((toy.hashed(), toy.hashed()), (2, 0));
}

#[test]
fn without_a_folder_every_file_is_hashed_every_time() {
    let toy = Toy::new();
    for _ in 0..2 {
        Digests { kept: None }.find(&toy, "nut", &toy.items("nut").unwrap()).unwrap();
    }
    assert_eq!(toy.hashed.load(Ordering::Relaxed), 4);
    // A folder that cannot be made is no error.
    fs::write(toy.path("cache"), "a file").unwrap();
    assert_eq!((toy.hashed(), toy.hashed()), (2, 2));
}
