//! What is kept between training and scoring: the student and the reference pictures.

use super::student::Student;
use crate::module_file;
use harness::contract::error::DetectorError;
use harness::contract::state::save_png;
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
    module_file::save(&folder.join(STUDENT), student)?;
    references.iter().enumerate().try_for_each(|(index, picture)| {
        let path = reference(folder, index);
        save_png(picture, &path).map_err(|error| DetectorError::state(&path, error))
    })
}

/// Reads what [`save`] wrote into a student of the same options.
///
/// # Errors
/// When a file is missing, or is not of such a student.
pub fn load(folder: &Path, student: &mut Student) -> Result<Vec<RgbImage>, DetectorError> {
    module_file::load(&folder.join(STUDENT), student)?;
    let references = (0..).map(|index| reference(folder, index)).take_while(|path| path.exists());
    let open = |path: PathBuf| {
        let picture = image::open(&path).map_err(|error| DetectorError::state(&path, error))?;
        Ok(picture.into_rgb8())
    };
    references.map(open).collect()
}
