//! `generate`: what follows from the files that are there, written: `mod` lines, the page that lists every plugin, and
//! what the records of studies say.

mod files;
mod modules;
mod page;
mod results;

pub use files::{read, write};
use modules::Missing;
pub use modules::with_module;

use crate::command::{CommandEntry, Run};
use crate::exit::{Exit, FOLDER, INCOMPLETE};
use crate::out::{say, show};
use clap::Parser;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The page, below the root of the repository.
const PAGE: &str = "docs/plugins.md";

/// Write what follows from the files that are there: `mod` lines of new ones, the page of all plugins, tables of studies
#[derive(Parser)]
#[command(name = "generate", display_order = 15)]
struct Generate {
    /// Write nothing; fail, and name it, if something would be written
    #[arg(long)]
    check: bool,
}

inventory::submit! { CommandEntry::of::<Generate>() }

impl Run for Generate {
    fn run(&self) -> Result<(), Exit> {
        let root = env::var_os("SHIFTBENCH_ROOT").map_or_else(PathBuf::new, PathBuf::from);
        let missing = modules::missing(&root)?;
        // First of all: what has no module is not in this program, and a suite may name it.
        if !missing.is_empty() {
            let files: Vec<String> = missing.iter().map(ToString::to_string).collect();
            if self.check {
                return Err(stale(&files.join("; ")));
            }
            missing.iter().try_for_each(Missing::declare)?;
            say!("{}: written", files.join("; "));
            return again(&root);
        }
        let mut files = results::files(&root)?;
        files.push((root.join(PAGE), page::text()?.into_bytes()));
        if self.check {
            let differs = |(path, bytes): &&(PathBuf, Vec<u8>)| fs::read(path).ok().as_ref() != Some(bytes);
            let differing = files.iter().find(differs);
            return differing.map_or(Ok(()), |(path, _)| {
                Err(stale(&format!("{} is not what follows from the files that are there", path.display())))
            });
        }
        files.iter().try_for_each(|(path, bytes)| write(path, bytes))?;
        show!("{PAGE} lists what there is, and every study shows what its records say");
        Ok(())
    }
}

fn stale(what: &str) -> Exit {
    Exit::new(INCOMPLETE, format!("{what}: give `cargo xtask generate`"))
}

/// This command again, in a program that has the new modules.
fn again(root: &Path) -> Result<(), Exit> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let status = cargo.args(["xtask", "generate"]).current_dir(root).status();
    let status = status.map_err(|error| Exit::new(FOLDER, format!("cannot start cargo: {error}")))?;
    match status.success() {
        true => Ok(()),
        // Cargo, or the new program, has said why.
        false => Err(Exit { code: INCOMPLETE, message: String::new() }),
    }
}
