//! One bit flipped in a file of a finished run.

use crate::campaign::{Campaign, Fault, Try, anywhere, ask};
use crate::support::{files, text};
use harness::results::{Failure, FailureKind, RunFolder};
use rand::RngExt;
use std::fs;
use std::path::{Path, PathBuf};

pub const FLIPS: Fault = Fault {
    name: "flipped bits",
    tries: [1300, 26],
    attempt: flip,
    hits: Some("found"),
    impossible: anywhere,
};

/// Kinds of files, by how their paths end or where they lie.
const KINDS: [(&str, fn(&str) -> bool); 13] = [
    ("job.json", |path| path.ends_with("job.json")),
    ("records", |path| path.contains("/cells/") && path.ends_with(".json")),
    ("scores", |path| path.contains("/cells/") && path.ends_with(".csv")),
    ("maps", |path| path.contains("/cells/") && path.ends_with(".png")),
    ("students", |path| path.ends_with(".safetensors")),
    ("memories", |path| {
        path.contains("/model/") && !path.ends_with(".safetensors") && !path.ends_with(".png")
    }),
    ("references", |path| path.contains("/model/") && path.ends_with(".png")),
    ("index", |path| path == "index.json"),
    ("labels of exhibits", |path| path.starts_with("exhibits/") && path.ends_with(".json")),
    ("exhibits", |path| path.starts_with("exhibits/") && path.ends_with(".png")),
    ("reports", |path| path.starts_with("report/")),
    ("papers", |path| path.starts_with("paper/")),
    ("failures", |path| path.ends_with("failed.json")),
];

fn flip(campaign: &Campaign, try_: &mut Try) -> Result<(), String> {
    let run = try_.folder.join("tiny");
    let mut whole = files(&campaign.calm.join("tiny"));
    for (name, bytes) in &whole {
        fs::create_dir_all(run.join(name).parent().unwrap()).unwrap();
        fs::write(run.join(name), bytes).unwrap();
    }
    // Methods without a state have an empty folder for it.
    for method in ["rd", "patchcore", "nearest-image", "mean-intensity", "random"] {
        fs::create_dir_all(run.join(format!("synthetic/stripes/{method}/seed0/model"))).unwrap();
    }
    let (kind, of_kind) = KINDS[try_.number % KINDS.len()];
    if kind == "failures" {
        // As if a job had failed once more after it was done.
        let job = RunFolder::at(&run).job("synthetic/stripes/random/seed0");
        job.write_failure(&Failure::new(FailureKind::Method, "for a test")).unwrap();
        let path = job.path().join("failed.json");
        whole.insert(path.strip_prefix(&run).unwrap().to_owned(), fs::read(&path).unwrap());
    }
    let candidates: Vec<&PathBuf> = whole
        .iter()
        .filter(|(name, bytes)| of_kind(text(name)) && !bytes.is_empty())
        .map(|(name, _)| name)
        .collect();
    if candidates.is_empty() {
        return Err(format!("the run has no file of the kind {kind}"));
    }
    let name = candidates[try_.random.random_range(0..candidates.len())];
    let mut bytes = whole[name].clone();
    let place = try_.random.random_range(0..bytes.len());
    bytes[place] ^= 1 << try_.random.random_range(0..8);
    fs::write(run.join(name), &bytes).unwrap();
    let what = format!("byte {place} of {}", name.display());

    match ask(&["verify", text(&run)])? {
        (Some(5), said) if said.contains(text(name)) || text(name).ends_with("SHA256SUMS") => {
            try_.count("found")
        }
        (Some(0), _) => {
            try_.count("without meaning");
            same_report(campaign, &run).map_err(|reason| format!("{what}: {reason}"))?;
        }
        (code, said) => return Err(format!("{what}: verify ended with {code:?}: {said}")),
    }
    if campaign.is_full() && !(try_.number / KINDS.len()).is_multiple_of(5) {
        return Ok(());
    }
    if kind == "papers" {
        let (code, said) = ask(&["paper", "tiny", "--out", text(&try_.folder)])?;
        if code != Some(0) {
            return Err(format!("{what}: paper did not mend it: {said}"));
        }
    }
    let redone = campaign.redone(&try_.folder).map_err(|reason| format!("{what}: {reason}"))?;
    match redone.as_slice() {
        [] => Ok(()),
        [job] if name.starts_with(job) => Ok(()),
        jobs => Err(format!("{what}: these jobs were redone: {jobs:?}")),
    }
}

/// A change that `verify` passes over changes no report.
fn same_report(campaign: &Campaign, run: &Path) -> Result<(), String> {
    let told = |run: &Path| {
        let folder = RunFolder::at(run);
        reports::Comparison::load(&folder, None)
            .map(|comparison| reports::csv(&comparison))
            .map_err(|error| error.to_string())
    };
    if told(run)? == told(&campaign.calm.join("tiny"))? {
        Ok(())
    } else {
        Err("a report changed in silence".into())
    }
}
