//! Trained modules in `.safetensors` files.

use crate::tensor_file::few;
use burn::module::Module;
use burn::store::{ApplyResult, ModuleSnapshot, SafetensorsStore};
use harness::contract::error::DetectorError;
use std::path::Path;

/// Writes parameters and running statistics, in place of what was there.
///
/// # Errors
/// When the file cannot be written.
pub fn save<M: Module + ModuleSnapshot>(path: &Path, module: &M) -> Result<(), DetectorError> {
    // One line of metadata has one order: equal modules give equal bytes.
    let store = SafetensorsStore::from_file(path).overwrite(true);
    let mut store = store.clear_metadata().metadata("format", "safetensors");
    // The plain copy: running averages are merged when a module leaves the differentiating device.
    module.valid().save_into(&mut store).map_err(|error| DetectorError::state(path, error))
}

/// Reads what [`save`] wrote into a module of the same shape.
///
/// # Errors
/// When the file is missing, or is not of such a module.
pub fn load<M: Module + ModuleSnapshot>(path: &Path, module: &mut M) -> Result<(), DetectorError> {
    let mut store = SafetensorsStore::from_file(path).allow_partial(true).validate(false);
    let result = module.load_from(&mut store).map_err(|error| DetectorError::state(path, error))?;
    let problems = problems(&result);
    if problems.is_empty() {
        return Ok(());
    }
    let problems = few(problems.into_iter());
    let reason = format!("is not the state of such a detector: {problems}; train again");
    Err(DetectorError::state(path, reason))
}

fn problems(result: &ApplyResult) -> Vec<String> {
    let missing = result.missing.iter().map(|(name, _)| format!("{name} is missing"));
    let errors = result.errors.iter().map(ToString::to_string);
    missing.chain(errors).collect()
}
