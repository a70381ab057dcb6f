//! A data root, resources made up for a test, and what is left after a fetch.

use harness::contract::resource::{Licence, RemoteFile, Resource, Source, Unpack};
use harness::fetch::{Accepted, Delivery, FetchError, Patience, Step, Way, fetch};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub const LICENCE: Licence =
    Licence { name: "Toy 1.0", terms: "Play fair.", page: "https://example.org/toy" };

pub fn leak(text: impl Into<String>) -> &'static str {
    text.into().leak()
}

pub fn sha256(content: &[u8]) -> &'static str {
    leak(Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// A file of the resource `toy`.
pub fn file(name: &'static str, urls: &[String], content: &[u8], unpack: Unpack) -> RemoteFile {
    RemoteFile {
        name,
        urls: urls.iter().map(|url| leak(url.as_str())).collect::<Vec<_>>().leak(),
        sha256: vec![sha256(content)].leak(),
        bytes: Some(content.len() as u64),
        unpack,
    }
}

/// The resource `toy` of one megabyte.
pub fn toy(files: Vec<RemoteFile>) -> &'static Resource {
    from_source(Source::Files(files.leak()))
}

pub fn from_source(source: Source) -> &'static Resource {
    Box::leak(Box::new(Resource {
        name: "toy",
        summary: "made up",
        licence: LICENCE,
        megabytes: 1,
        page: "https://example.org/data",
        source,
    }))
}

/// An empty data root.
pub struct World {
    folder: tempfile::TempDir,
}

impl World {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// The data root; tests may keep other files beside it.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// A file beside the data root.
    pub fn local(&self, name: &str, content: &[u8]) -> String {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().into()
    }

    pub fn fetch(&self, resource: &'static Resource) -> Result<Delivery, FetchError> {
        self.fetch_from(resource, None, false)
    }

    pub fn fetch_from(
        &self,
        resource: &'static Resource,
        from: Option<&str>,
        any_version: bool,
    ) -> Result<Delivery, FetchError> {
        self.watched(resource, from, any_version, &mut |_| {})
    }

    pub fn watched(
        &self,
        resource: &'static Resource,
        from: Option<&str>,
        any_version: bool,
        watch: &mut dyn FnMut(Step<'_>),
    ) -> Result<Delivery, FetchError> {
        let patience = Patience { connect: Duration::from_secs(5), stall: Duration::from_millis(500) };
        let way = Way { from: from.map(str::to_owned), any_version, patience };
        fetch(&Accepted::beforehand(resource), &self.root(), &way, watch)
    }

    /// What a fetched file holds.
    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.root().join("toy").join(name)).unwrap()
    }

    /// Every file below the data root, sorted, with `/` between folders.
    pub fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        collect(&self.root(), &self.root(), &mut found);
        found.sort();
        found
    }

    /// That nothing is left, and nothing was written beside the data root.
    pub fn assert_clean(&self, beside: &[&str]) {
        assert_eq!(self.files(), Vec::<String>::new());
        let entries = fs::read_dir(self.root()).map_or(0, Iterator::count);
        assert_eq!(entries, 0, "the data root is not empty");
        let mut found: Vec<String> = Vec::new();
        collect(self.folder.path(), self.folder.path(), &mut found);
        found.sort();
        assert_eq!(found, beside);
    }
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for path in fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
        if path.is_dir() && !path.is_symlink() {
            collect(root, &path, found);
        } else {
            found.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
        }
    }
}
