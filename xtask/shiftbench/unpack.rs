//! `unpack`: what `pack` wrote, as a run folder again.

use crate::command::{CommandEntry, Run};
use crate::exit::{DATA, Exit, USAGE};
use crate::out::show;
use crate::verify::whole;
use clap::Parser;
use harness::results::RunFolder;
use harness::results::name::check_label;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Make a run folder of what `pack` wrote, after a look at every hash and metric
#[derive(Parser)]
#[command(name = "unpack", display_order = 17)]
struct Unpack {
    /// What `pack` wrote
    file: PathBuf,
    /// Results go to DIR/SUITE
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
}

inventory::submit! { CommandEntry::of::<Unpack>() }

impl Run for Unpack {
    fn run(&self) -> Result<(), Exit> {
        fs::create_dir_all(&self.out).map_err(|reason| Exit::unwritable(&self.out, reason))?;
        let Unpacked { suite, folder, place: _place } = Unpacked::of(&self.file, &self.out)?;
        let target = self.out.join(suite);
        if target.exists() {
            let message = format!("{} is there already: choose another folder with --out", target.display());
            return Err(Exit::new(USAGE, message));
        }
        fs::rename(folder.path(), &target).map_err(|reason| Exit::unwritable(&target, reason))?;
        show!("{}: `cargo xtask report` and `paper` read it, `bench` goes on from it", target.display());
        Ok(())
    }
}

/// A run folder that goes away again.
pub struct Unpacked {
    /// The suite's name.
    pub suite: String,
    /// The run.
    pub folder: RunFolder,
    place: TempDir,
}

impl Unpacked {
    /// The run that was packed into `file`, in a folder of its own below `place`.
    ///
    /// # Errors
    /// When it is no such file, or anything in it is not what was written.
    pub fn of(file: &Path, place: &Path) -> Result<Self, Exit> {
        let place =
            TempDir::with_prefix_in(".part-", place).map_err(|reason| Exit::unwritable(place, reason))?;
        let folder = RunFolder::at(place.path().join("run"));
        harness::fetch::unpack_whole(file, folder.path()).map_err(|reason| Exit::new(DATA, reason))?;
        let wrong = |reason: String| Exit::new(DATA, format!("{}: {reason}", file.display()));
        let index = folder.index()?.ok_or_else(|| wrong("is no packed run: it has no index.json".into()))?;
        check_label(&index.suite).map_err(|reason| wrong(format!("the name of its suite {reason}")))?;
        whole(&folder, Vec::new())?;
        Ok(Self { suite: index.suite, folder, place })
    }
}
