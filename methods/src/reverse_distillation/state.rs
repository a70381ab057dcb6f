//! What is kept between training and scoring: the student and the reference pictures.

use super::student::Student;
use burn::module::Module;
use burn::store::{ApplyResult, KeyRemapper, ModuleSnapshot, SafetensorsStore};
use harness::error::DetectorError;
use image::RgbImage;
use std::path::{Path, PathBuf};

/// Parameters and running statistics.
const STUDENT: &str = "student.safetensors";

/// A picture whose features ATTA can mix in.
fn reference(folder: &Path, index: usize) -> PathBuf {
    folder.join(format!("reference-{index}.png"))
}

/// The names of the released checkpoints (`bn.` for the bottleneck, `dec.` for the decoder) and ours:
/// patterns applied one after the other. Tensors the released networks never use keep their names and are
/// passed over.
pub const RELEASED_NAMES: [(&str, &str); 31] = [
    (r"^bn\.bn_layer\.", "embedding.blocks."),
    (r"^bn\.conv1\.", "embedding.fine_to_middle."),
    (r"^bn\.bn1\.", "embedding.fine_to_middle.norm."),
    (r"^bn\.conv2\.", "embedding.fine_to_coarse."),
    (r"^bn\.bn2\.", "embedding.fine_to_coarse.norm."),
    (r"^bn\.conv3\.", "embedding.middle_to_coarse."),
    (r"^bn\.bn3\.", "embedding.middle_to_coarse.norm."),
    (r"^dec\.layer1\.", "decoder.stages.0."),
    (r"^dec\.layer2\.", "decoder.stages.1."),
    (r"^dec\.layer3\.", "decoder.stages.2."),
    (r"\.(\d+)\.conv1\.", ".$1.layers.0."),
    (r"\.(\d+)\.bn1\.", ".$1.layers.0.norm."),
    (r"\.(\d+)\.conv2\.", ".$1.layers.1."),
    (r"\.(\d+)\.bn2\.", ".$1.layers.1.norm."),
    (r"\.(\d+)\.conv3\.", ".$1.layers.2."),
    (r"\.(\d+)\.bn3\.", ".$1.layers.2.norm."),
    (r"\.(?:down|up)sample\.0\.", ".shortcut."),
    (r"\.(?:down|up)sample\.1\.", ".shortcut.norm."),
    (r"^dec\.transform\.conv1\.", "invariant.middle."),
    (r"^dec\.transform\.bn1\.", "invariant.middle.norm."),
    (r"^dec\.transform\.conv2\.", "invariant.coarse."),
    (r"^dec\.transform\.bn2\.", "invariant.coarse.norm."),
    (r"^dec\.attention\.proj_a\.proj\.", "compensation.branches.2.layers."),
    (r"^dec\.attention\.proj_b\.proj\.", "compensation.branches.1.layers."),
    (r"^dec\.attention\.proj_c\.proj\.", "compensation.branches.0.layers."),
    // Between dynamic convolutions the released lists count normalisation and activation.
    (r"(branches\.\d\.layers)\.3\.", "$1.1."),
    (r"(branches\.\d\.layers)\.6\.", "$1.2."),
    (r"(branches\.\d\.layers)\.9\.", "$1.3."),
    (r"\.attention\.fc1\.weight$", ".squeeze"),
    (r"\.attention\.fc2\.weight$", ".select"),
    (r"\.attention\.fc2\.bias$", ".select_bias"),
];

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

/// Reads a student with the names of the released code, as a `.safetensors` file.
///
/// # Errors
/// When the file cannot be read or does not fit.
pub fn load_released(path: &Path, student: &mut Student) -> Result<(), DetectorError> {
    let names = KeyRemapper::from_patterns(RELEASED_NAMES.to_vec());
    let names = names.map_err(|error| DetectorError::state(path, error))?;
    read_student(path, student, SafetensorsStore::from_file(path).remap(names))
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
