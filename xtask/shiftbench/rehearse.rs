//! `rehearse`: a suite from end to end on miniatures of its data sets, before anybody spends days on it.

use crate::arguments::{DataRoot, PreparedPictures};
use crate::bench::Bench;
use crate::command::{CommandEntry, Run};
use crate::exit::{DATA, Exit, FOLDER, USAGE};
use crate::out::show;
use crate::suites;
use clap::Parser;
use harness::contract::options::{Class, Declared};
use harness::contract::protocol::Protocol;
use harness::contract::registry::DatasetEntry;
use harness::suite::Filter;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What makes a suite small. Its data sets, methods, shifts and sweeps stay.
const SMALL: [&str; 2] = ["image_size=32", "seeds=[0]"];
/// In place of a suite's teacher.
const TEACHER: [&str; 2] = ["backbone.name=tiny", "backbone.weights=random(0)"];
/// In place of the suite's equal terms.
const STRICT: &str = "protocol=strict(steps: 2, batch: 4, references: 2)";

/// Run a suite from end to end on miniatures of its data sets: do all tables and figures appear?
#[derive(Parser)]
#[command(name = "rehearse", display_order = 8)]
struct Rehearse {
    /// Name of a built-in suite (see `list suites`) or path of a .ron file
    suite: String,
    /// Miniatures go to DIR/data, results to DIR/SUITE
    #[arg(long, value_name = "DIR", default_value = "rehearsal")]
    out: PathBuf,
    /// Run a part only, as in `bench` (repeatable)
    #[arg(long, value_name = "KIND=NAMES")]
    filter: Vec<Filter>,
    /// On equal terms, whatever the suite says
    #[arg(long)]
    strict: bool,
}

inventory::submit! { CommandEntry::of::<Rehearse>() }

impl Run for Rehearse {
    fn run(&self) -> Result<(), Exit> {
        let suite = suites::load(&self.suite, &[])?;
        let data_root = self.out.join("data");
        for dataset in &suite.datasets {
            write(dataset.entry, &data_root)?;
        }
        let mut settings: Vec<String> = SMALL.map(String::from).into();
        if suite.backbone.is_some() {
            settings.extend(TEACHER.map(String::from));
        }
        match suite.protocol {
            Protocol::Released if !self.strict => {
                let options = suite.methods.iter().flat_map(|method| method.entry.card.options());
                let lengths: BTreeSet<String> = options.filter_map(shortest).collect();
                settings.extend(lengths);
            }
            _ => settings.push(STRICT.into()),
        }
        show!(
            "rehearsal of {} on miniatures in {}: its numbers mean nothing\n",
            suite.name,
            data_root.display()
        );
        Bench {
            suite: self.suite.clone(),
            out: self.out.clone(),
            device: None,
            data_root: DataRoot::at(data_root),
            filter: self.filter.clone(),
            seeds: None,
            settings,
            jobs: None,
            deadline: None,
            prepared: PreparedPictures::default(),
            dry_run: false,
            estimate: false,
        }
        .run()
    }
}

/// In place of a method's own length of training: what it declares as small.
fn shortest(option: &Declared) -> Option<String> {
    let small = option.rule.small.filter(|_| option.rule.class == Class::Length)?;
    Some(format!("methods.*.{}={small}", option.name))
}

/// Writes the miniature of a data set, unless it is there or the data set needs no files.
fn write(entry: &DatasetEntry, data_root: &Path) -> Result<(), Exit> {
    let name = entry.card.name;
    let Some(miniature) = entry.miniature else {
        if entry.resources.is_empty() {
            return Ok(());
        }
        return Err(Exit::new(USAGE, format!("data set {name} has no miniature to rehearse with")));
    };
    let folder = data_root.join(name);
    if folder.exists() {
        return Ok(());
    }
    // Whole or not at all: an interrupted rehearsal must not leave half a data set.
    let part = data_root.join(".part");
    let error =
        |reason: std::io::Error| Exit::new(FOLDER, format!("cannot write {}: {reason}", part.display()));
    if part.exists() {
        fs::remove_dir_all(&part).map_err(error)?;
    }
    miniature(&part).map_err(|error| Exit::new(DATA, error))?;
    for entry in fs::read_dir(&part).map_err(error)? {
        let entry = entry.map_err(error)?;
        let target = data_root.join(entry.file_name());
        if !target.exists() {
            fs::rename(entry.path(), target).map_err(error)?;
        }
    }
    fs::remove_dir_all(&part).map_err(error)
}
