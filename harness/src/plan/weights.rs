//! Which weights a backbone carries, and where they are.

use crate::detector::{BackboneChoice, Weights};
use crate::fetch::Resource;
use crate::registry::{self, BackboneEntry};
use crate::regular::open_regular;
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

/// The file of the published weights of `entry`: in `<data-root>/weights`, else as fetched.
///
/// # Errors
/// Every way to get them.
pub fn find_weights(entry: &BackboneEntry, data_root: &Path) -> Result<PathBuf, Vec<String>> {
    let placed = data_root.join("weights").join(entry.weights_file);
    let fetched = entry.resource.map(|resource| resource.folder(data_root).join(entry.weights_file));
    if let Some(path) = [Some(placed.clone()), fetched].into_iter().flatten().find(|path| path.is_file()) {
        return Ok(path);
    }
    let fetch = entry.resource.map(|resource| format!("`cargo xtask fetch {}`", resource.name));
    let put = || format!("put the file at {} ({})", placed.display(), entry.summary);
    let put = (!entry.weights_file.is_empty()).then(put);
    Err([fetch, put].into_iter().flatten().collect())
}

/// [`find_weights`] for a suite, which may also do without them.
///
/// # Errors
/// One sentence with every way out.
pub fn published_weights(entry: &BackboneEntry, data_root: &Path) -> Result<PathBuf, String> {
    find_weights(entry, data_root).map_err(|mut ways| {
        ways.push("`--set 'backbone.weights=random(0)'` (every table then says so)".into());
        ways.push(format!(
            "for one method of a suite file `backbone: (name: \"{}\", weights: random(0))`",
            entry.name
        ));
        no_weights(entry, &ways)
    })
}

/// Says that `entry` has no weights, and the ways to get some.
pub fn no_weights(entry: &BackboneEntry, ways: &[String]) -> String {
    format!("no weights for {}: {}", entry.name, ways.join(", or "))
}

/// What would have to be fetched before `choice` can be used.
pub fn missing_weights(choice: &BackboneChoice, data_root: &Path) -> Option<&'static Resource> {
    let entry = registry::find::<BackboneEntry>(&choice.name).ok()?;
    let missing = choice.weights == Weights::Pretrained && published_weights(entry, data_root).is_err();
    entry.resource.filter(|_| missing)
}

/// The backbone of `choice` with its weights found and hashed.
///
/// # Errors
/// One sentence: the name is unknown, or the weights are not there.
pub fn teacher(choice: &BackboneChoice, data_root: &Path) -> Result<Teacher, String> {
    let entry = registry::find::<BackboneEntry>(&choice.name).map_err(|error| error.to_string())?;
    let path = match &choice.weights {
        Weights::Random(seed) => {
            return Ok(Teacher { choice: choice.clone(), weights_hash: format!("random({seed})") });
        }
        Weights::File(path) => path.clone(),
        Weights::Pretrained => published_weights(entry, data_root)?,
    };
    let unreadable = |error: std::io::Error| format!("weights {}: {error}", path.display());
    let (file, _) = open_regular(&path).map_err(unreadable)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file).map_err(unreadable)?;
    let choice = BackboneChoice { weights: Weights::File(path), ..choice.clone() };
    Ok(Teacher { choice, weights_hash: hasher.finalize().to_hex()[..16].to_string() })
}
