//! What is kept between training and scoring: the student and the reference pictures.

use super::student::Student;
use burn::module::Module;
use burn::store::{ApplyResult, ModuleSnapshot, SafetensorsStore};
use harness::error::DetectorError;
use image::RgbImage;
use std::path::{Path, PathBuf};

/// Parameters and running statistics.
const STUDENT: &str = "student.safetensors";

/// A picture whose features ATTA can mix in.
fn reference(folder: &Path, index: usize) -> PathBuf {
    folder.join(format!("reference-{index}.png"))
}

/// Writes student and reference pictures into an existing folder.
///
/// # Errors
/// When a file cannot be written.
pub fn save(folder: &Path, student: &Student, references: &[RgbImage]) -> Result<(), DetectorError> {
    let path = folder.join(STUDENT);
    // The plain copy: running averages are merged when a module leaves the differentiating device.
    let mut store = SafetensorsStore::from_file(&path).overwrite(true);
    student.valid().save_into(&mut store).map_err(|error| DetectorError::state(&path, error))?;
    references.iter().enumerate().try_for_each(|(index, picture)| {
        let path = reference(folder, index);
        picture.save(&path).map_err(|error| DetectorError::state(&path, error))
    })
}

/// Reads what [`save`] wrote into a student of the same options.
///
/// # Errors
/// When a file is missing, or is not of such a student.
pub fn load(folder: &Path, student: &mut Student) -> Result<Vec<RgbImage>, DetectorError> {
    read_student(&folder.join(STUDENT), student, SafetensorsStore::from_file(folder.join(STUDENT)))?;
    let references = (0..).map(|index| reference(folder, index)).take_while(|path| path.exists());
    let open = |path: PathBuf| {
        let picture = image::open(&path).map_err(|error| DetectorError::state(&path, error))?;
        Ok(picture.into_rgb8())
    };
    references.map(open).collect()
}

fn read_student(path: &Path, student: &mut Student, store: SafetensorsStore) -> Result<(), DetectorError> {
    let mut store = store.allow_partial(true).validate(false);
    let result = student.load_from(&mut store).map_err(|error| DetectorError::state(path, error))?;
    let problems = problems(&result);
    if problems.is_empty() {
        return Ok(());
    }
    let reason = format!("is not the state of such a student: {}; train again", problems.join(", "));
    Err(DetectorError::state(path, reason))
}

fn problems(result: &ApplyResult) -> Vec<String> {
    let missing = result.missing.iter().map(|(name, _)| format!("{name} is missing"));
    let errors = result.errors.iter().map(ToString::to_string);
    missing.chain(errors).collect()
}
