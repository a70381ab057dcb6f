//! `rehearse`: a suite from end to end on miniatures of its data sets, before anybody spends days on it.

use crate::exit::{DATA, Exit, FOLDER, USAGE};
use crate::out::show;
use crate::{bench, cli, suites};
use harness::contract::options::{Class, Declared};
use harness::contract::protocol::Protocol;
use harness::contract::registry::{self, DatasetEntry, DetectorEntry};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What makes a suite small. Its data sets, methods, shifts and sweeps stay.
const SMALL: [&str; 2] = ["image_size=32", "seeds=[0]"];
/// In place of a suite's teacher.
const TEACHER: [&str; 2] = ["backbone.name=tiny", "backbone.weights=random(0)"];
/// In place of the suite's equal terms.
const STRICT: &str = "protocol=strict(steps: 2, batch: 4, references: 2)";
/// In place of a method's own length of training: what it declares as small.
fn shortest(option: &Declared) -> Option<String> {
    let small = option.rule.small.filter(|_| option.rule.class == Class::Length)?;
    Some(format!("methods.*.{}={small}", option.name))
}

pub fn run(options: &cli::Rehearse) -> Result<(), Exit> {
    let suite = suites::load(&options.suite, &[])?;
    let data_root = options.out.join("data");
    for dataset in &suite.datasets {
        let entry = registry::find::<DatasetEntry>(&dataset.name).map_err(|error| Exit::new(USAGE, error))?;
        write(entry, &data_root)?;
    }
    let mut settings: Vec<String> = SMALL.map(String::from).into();
    if suite.backbone.is_some() {
        settings.extend(TEACHER.map(String::from));
    }
    match suite.protocol {
        Protocol::Released if !options.strict => {
            let methods = suite.methods.iter();
            let entries = methods.filter_map(|method| registry::find::<DetectorEntry>(&method.name).ok());
            let lengths: BTreeSet<String> =
                entries.flat_map(|entry| entry.card.options()).filter_map(shortest).collect();
            settings.extend(lengths);
        }
        _ => settings.push(STRICT.into()),
    }
    show!("rehearsal of {} on miniatures in {}: its numbers mean nothing\n", suite.name, data_root.display());
    bench::run(&cli::Bench {
        suite: options.suite.clone(),
        out: options.out.clone(),
        device: None,
        data_root: cli::DataRoot::at(data_root),
        filter: options.filter.clone(),
        seeds: None,
        settings,
        jobs: None,
        deadline: None,
        prepared: cli::PreparedPictures::default(),
        dry_run: false,
        estimate: false,
    })
}

/// Writes the miniature of a data set, unless it is there or the data set needs no files.
fn write(entry: &DatasetEntry, data_root: &Path) -> Result<(), Exit> {
    let name = entry.card.name;
    let Some(miniature) = entry.miniature else {
        if entry.resource.is_none() {
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
