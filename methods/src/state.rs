//! Trained modules on disk: parameters and running statistics in safetensors.

use burn::module::Module;
use burn::store::{ModuleSnapshot, SafetensorsStore};
use harness::error::DetectorError;
use std::path::Path;

/// Writes a module that lives on a plain device.
///
/// # Errors
/// When the file cannot be written.
pub fn save<M: Module>(path: &Path, module: &M) -> Result<(), DetectorError> {
    let mut store = SafetensorsStore::from_file(path).overwrite(true);
    module.save_into(&mut store).map_err(|error| DetectorError::state(path, error))
}

/// Reads what [`save`] wrote into a module of the same options.
///
/// # Errors
/// When the file is missing, or is not of such a module.
pub fn load<M: Module>(path: &Path, module: &mut M) -> Result<(), DetectorError> {
    let mut store = SafetensorsStore::from_file(path).allow_partial(true).validate(false);
    let result = module.load_from(&mut store).map_err(|error| DetectorError::state(path, error))?;
    let missing = result.missing.iter().map(|(name, _)| format!("{name} is missing"));
    let problems: Vec<String> = missing.chain(result.errors.iter().map(ToString::to_string)).collect();
    if problems.is_empty() {
        return Ok(());
    }
    let reason = format!(
        "is not the state of such a network: {}; train again",
        crate::tensor_file::few(problems.into_iter())
    );
    Err(DetectorError::state(path, reason))
}
