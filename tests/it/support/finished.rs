//! Finished runs that tests share. The first test that asks makes one; who changes something does so in a copy.

use super::{succeed, text};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A finished run of the suite `smoke`, for reading only.
pub struct Finished {
    /// The folder that `--out` named.
    pub out: PathBuf,
    /// What `bench` printed.
    pub table: String,
}

/// Two that train and two that do not: enough for whoever needs some run.
const FEW: [&str; 2] = ["--filter", "method=mean-intensity,nearest-image,rd,gnl"];

/// Makes a run, or makes it whole again, of four methods below `out`.
pub fn smoke(out: &Path, more: &[&str]) -> String {
    succeed(&[&["bench", "smoke", "--out", text(out)], &FEW[..], more].concat())
}

/// A copy of a finished run as [`smoke`] makes it.
pub fn few() -> tempfile::TempDir {
    static RUN: LazyLock<Finished> = LazyLock::new(|| make("few", |out| smoke(out, &[])));
    RUN.copy()
}

/// A finished run of every method, two at a time.
pub fn all() -> &'static Finished {
    static RUN: LazyLock<Finished> =
        LazyLock::new(|| make("all", |out| succeed(&["bench", "smoke", "--out", text(out), "--jobs", "2"])));
    &RUN
}

impl Finished {
    /// A copy that the caller may change.
    pub fn copy(&self) -> tempfile::TempDir {
        let copy = tempfile::tempdir().unwrap();
        copy_folder(&self.out, copy.path());
        copy
    }
}

/// A run in cargo's folder for tests: the next test program that makes it removes what this one leaves.
fn make(name: &str, run: impl FnOnce(&Path) -> String) -> Finished {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    // Held until this program ends: another one at the same time waits.
    let lock = File::create(folder.join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    std::mem::forget(lock);
    let out = folder.join(name);
    if out.exists() {
        fs::remove_dir_all(&out).unwrap();
    }
    let table = run(&out);
    Finished { out, table }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
