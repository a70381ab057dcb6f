//! `import`: scores that were made elsewhere, as a row of a suite's tables.

use crate::arguments::DataRoot;
use crate::bench::Bench;
use crate::command::{CommandEntry, Run};
use crate::exit::{DATA, Exit, USAGE};
use crate::exported::{Picture, read};
use crate::out::show;
use crate::suites;
use clap::Parser;
use harness::contract::registry::{self, DetectorEntry};
use harness::results::name::check_label;
use harness::run::TRAIN;
use harness::suite::MethodChoice;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Take scores that were made elsewhere for what `export` wrote, and put them into the suite's tables
#[derive(Parser)]
#[command(name = "import", display_order = 18)]
struct Import {
    /// The folder that `export` wrote
    folder: PathBuf,
    /// A CSV file with the columns file and score: one line for every picture but those to train on
    #[arg(long, value_name = "FILE")]
    scores: PathBuf,
    /// What the row is called
    #[arg(long, value_name = "NAME")]
    method: String,
    /// Results go to DIR/SUITE
    #[arg(long, value_name = "DIR", default_value = "runs")]
    out: PathBuf,
    #[command(flatten)]
    data_root: DataRoot,
}

inventory::submit! { CommandEntry::of::<Import>() }

impl Run for Import {
    fn run(&self) -> Result<(), Exit> {
        let usage = |reason: String| Exit::new(USAGE, reason);
        check_label(&self.method).map_err(|reason| usage(format!("the name '{}' {reason}", self.method)))?;
        let (manifest, pictures) = read(&self.folder)?;
        let scores = scores(&self.scores, &pictures)?;
        let place = self.folder.join(format!("imported-{}.csv", self.method));
        let place = std::path::absolute(&place).map_err(|reason| Exit::unwritable(&place, reason))?;
        let lines: String = scores.iter().map(|(hash, score)| format!("{hash},{score}\n")).collect();
        fs::write(&place, lines).map_err(|reason| Exit::unwritable(&place, reason))?;
        let mut suite = suites::load(&manifest.suite, &[])?;
        if suite.image_size != manifest.image_size
            || suite.methods.iter().any(|known| known.label == self.method)
        {
            let reason = "another image size now, or a method of that name";
            return Err(usage(format!(
                "suite {} has {reason}: export again, or choose another name",
                suite.name
            )));
        }
        let entry = registry::find::<DetectorEntry>("imported").map_err(|error| usage(error.to_string()))?;
        let options = (entry.card.resolve)(&[&format!("(scores: {:?})", place.display().to_string())]);
        let options = options.map_err(|(_, error)| usage(error.to_string()))?;
        suite.methods.push(MethodChoice { entry, label: self.method.clone(), backbone: None, options });
        // Nothing is trained: one seed is all there is.
        suite.seeds.truncate(1);
        show!("{} scores of {} pictures", self.method, pictures.len());
        let data_root = self.data_root.path().display().to_string();
        let out = self.out.display().to_string();
        let own = format!("method={}", self.method);
        let mut words =
            vec!["bench", &manifest.suite, "--out", &out, "--data-root", &data_root, "--filter", &own];
        manifest.filters.iter().for_each(|filter| words.extend(["--filter", filter.as_str()]));
        Bench::try_parse_from(words).map_err(|error| usage(error.to_string()))?.go(&suite)
    }
}

#[derive(Deserialize)]
struct Line {
    file: String,
    score: f32,
}

/// The score of every picture that is tested, by the hash of its pixels.
fn scores(path: &Path, pictures: &BTreeMap<String, Picture>) -> Result<BTreeMap<String, f32>, Exit> {
    let wrong = |reason: String| Exit::new(DATA, format!("{}: {reason}", path.display()));
    let reader = csv::Reader::from_path(path).map_err(|reason| wrong(reason.to_string()))?;
    let mut found: BTreeMap<String, f32> = BTreeMap::new();
    for (index, line) in reader.into_deserialize().enumerate() {
        let Line { file, score } = line.map_err(|reason| wrong(reason.to_string()))?;
        let place = |reason: &str| wrong(format!("line {}: {file} {reason}", index + 2));
        match pictures.get(&file) {
            None => return Err(place("was not exported")),
            Some(picture) if picture.part == TRAIN => return Err(place("is a training picture")),
            Some(_) if !score.is_finite() => return Err(place("has a score that is no number")),
            Some(_) => {}
        }
        if found.insert(file.clone(), score).is_some() {
            return Err(place("has a score already"));
        }
    }
    let tested = || pictures.iter().filter(|(_, picture)| picture.part != TRAIN);
    let missing: Vec<&String> =
        tested().map(|(file, _)| file).filter(|file| !found.contains_key(*file)).collect();
    if let Some(first) = missing.first() {
        return Err(wrong(format!("{} pictures have no score; the first is {first}", missing.len())));
    }
    let mut by_hash: BTreeMap<String, f32> = BTreeMap::new();
    for (file, picture) in tested() {
        let score = found[file];
        if by_hash.insert(picture.hash.clone(), score).is_some_and(|other| other != score) {
            return Err(wrong(format!("{file} has the pixels of another picture, but another score")));
        }
    }
    Ok(by_hash)
}
