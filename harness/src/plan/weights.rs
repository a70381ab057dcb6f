//! Which weights a backbone carries, and where they are.

use crate::detector::{BackboneChoice, Weights};
use crate::registry::{self, BackboneEntry};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A backbone and the hash of its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Teacher {
    /// Name and kind of weights.
    pub choice: BackboneChoice,
    /// Hash of the weight file; for random weights, their seed.
    pub weights_hash: String,
}
/// The published weights' file of `entry`, if it is there: in `<data-root>/weights`, else as fetched.
pub fn weights_file(entry: &BackboneEntry, data_root: &Path) -> Option<PathBuf> {
    let fetched = entry.resource.map(|resource| resource.folder(data_root).join(entry.weights_file));
    let placed = data_root.join("weights").join(entry.weights_file);
    [Some(placed), fetched].into_iter().flatten().find(|path| path.is_file())
}

/// Whether pretrained weights of `choice` would have to be fetched first, and what that would fetch.
pub fn missing_weights(choice: &BackboneChoice, data_root: &Path) -> Option<&'static BackboneEntry> {
    let entry = registry::find::<BackboneEntry>(&choice.name).ok()?;
    (choice.weights == Weights::Pretrained && weights_file(entry, data_root).is_none()).then_some(entry)
}

pub(super) fn teacher(choice: &BackboneChoice, data_root: &Path) -> Result<Teacher, String> {
    let entry = registry::find::<BackboneEntry>(&choice.name).map_err(|error| error.to_string())?;
    let path = match &choice.weights {
        Weights::Random(seed) => {
            return Ok(Teacher { choice: choice.clone(), weights_hash: format!("random({seed})") });
        }
        Weights::File(path) => path.clone(),
        Weights::Pretrained => {
            weights_file(entry, data_root).ok_or_else(|| missing_weights_message(entry, data_root))?
        }
    };
    let bytes = std::fs::read(&path).map_err(|error| format!("weights {}: {error}", path.display()))?;
    let choice = BackboneChoice { weights: Weights::File(path), ..choice.clone() };
    Ok(Teacher { choice, weights_hash: blake3::hash(&bytes).to_hex()[..16].to_string() })
}

fn missing_weights_message(entry: &BackboneEntry, data_root: &Path) -> String {
    let placed = data_root.join("weights").join(entry.weights_file);
    let fetch =
        entry.resource.map_or_else(String::new, |r| format!("run `cargo xtask fetch {}`, or ", r.name));
    format!(
        "backbone {} has no pretrained weights here: {fetch}put {} at {}, or name a file with \
         `--set 'backbone.weights=file(\"PATH\")'`, or try without with `--set 'backbone.weights=random(0)'` \
         (every table then says so)",
        entry.name,
        entry.weights_file,
        placed.display()
    )
}
