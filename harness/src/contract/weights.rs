//! Where the published weights of a backbone lie.

use crate::contract::backbone::BackboneEntry;
use crate::contract::backbone::{BackboneChoice, Weights};
use crate::contract::registry;
use crate::contract::resource::Resource;
use std::path::{Path, PathBuf};

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
