//! The folder that `export` writes and `import` reads.

use crate::exit::{DATA, Exit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const MANIFEST: &str = "manifest.json";
const PICTURES: &str = "pictures.csv";
const LABELS: &str = "labels.csv";

/// What was exported.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Name or path of the suite.
    pub suite: String,
    /// Side of the pictures in pixels.
    pub image_size: u32,
    /// The part of it.
    pub filters: Vec<String>,
}

/// A picture.
#[derive(Debug, PartialEq)]
pub struct Picture {
    /// Hash of its pixels.
    pub hash: String,
    /// `train`, or its condition.
    pub part: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    file: String,
    part: String,
    hash: String,
}

#[derive(Serialize)]
struct Label<'a> {
    file: &'a str,
    anomalous: &'a str,
    image: &'a str,
}

/// Writes what stands beside the pictures.
pub fn write(
    folder: &Path,
    manifest: &Manifest,
    pictures: &BTreeMap<String, Picture>,
    labels: Option<&BTreeMap<String, [String; 2]>>,
) -> Result<(), Exit> {
    let lines = pictures.iter().map(|(file, picture)| Line {
        file: file.clone(),
        part: picture.part.clone(),
        hash: picture.hash.clone(),
    });
    table(&folder.join(PICTURES), lines)?;
    if let Some(labels) = labels {
        let lines = labels.iter().map(|(file, [anomalous, image])| Label { file, anomalous, image });
        table(&folder.join(LABELS), lines)?;
    }
    let path = folder.join(MANIFEST);
    let text = serde_json::to_string_pretty(manifest).unwrap_or_default() + "\n";
    fs::write(&path, text).map_err(|reason| Exit::unwritable(&path, reason))
}

/// Writes lines with a header.
pub fn table<T: Serialize>(path: &Path, lines: impl Iterator<Item = T>) -> Result<(), Exit> {
    let unwritable = |reason: &dyn std::fmt::Display| Exit::unwritable(path, reason);
    let mut writer = csv::Writer::from_path(path).map_err(|reason| unwritable(&reason))?;
    for line in lines {
        writer.serialize(line).map_err(|reason| unwritable(&reason))?;
    }
    writer.flush().map_err(|reason| unwritable(&reason))
}

/// Reads what was exported.
pub fn read(folder: &Path) -> Result<(Manifest, BTreeMap<String, Picture>), Exit> {
    let path = folder.join(MANIFEST);
    let wrong = |path: &Path, reason: &dyn std::fmt::Display| {
        let message = format!("{}: {reason}; it should be what `cargo xtask export` wrote", path.display());
        Exit::new(DATA, message)
    };
    let text = fs::read_to_string(&path).map_err(|reason| wrong(&path, &reason))?;
    let manifest = serde_json::from_str(&text).map_err(|reason| wrong(&path, &reason))?;
    let path = folder.join(PICTURES);
    let reader = csv::Reader::from_path(&path).map_err(|reason| wrong(&path, &reason))?;
    let mut pictures = BTreeMap::new();
    for line in reader.into_deserialize() {
        let Line { file, part, hash } = line.map_err(|reason| wrong(&path, &reason))?;
        pictures.insert(file, Picture { hash, part });
    }
    Ok((manifest, pictures))
}
