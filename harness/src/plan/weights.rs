//! Which weights a backbone carries, and where they are.

use crate::contract::backbone::BackboneEntry;
use crate::contract::backbone::Teacher;
use crate::contract::backbone::{BackboneChoice, Weights};
use crate::contract::registry;
use crate::contract::weights::published_weights;
use crate::disk::open_regular;
use std::path::Path;

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
