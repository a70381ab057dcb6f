//! Students that the official code of RD4AD, GNL or FiCo trained: a file with the state dicts `bn` and
//! `decoder`.

use super::student::Student;
use crate::tensor_file::{self, few};
use burn::store::bridge;
use burn::store::burn_pack::Tensor as Entry;
use burn::store::{ApplyError, ApplyResult, KeyRemapper, ModuleSnapshot};
use burn::tensor::DType;
use harness::contract::error::DetectorError;
use std::collections::BTreeMap;
use std::path::Path;

/// The names of official checkpoints (`bn.` for the bottleneck, `decoder.`, or `dec.` for short, for the
/// decoder) and ours: patterns applied one after the other. Tensors the official networks never use keep
/// their names and are passed over.
pub const OFFICIAL_NAMES: [(&str, &str); 31] = [
    (r"^bn\.bn_layer\.", "embedding.blocks."),
    (r"^bn\.conv1\.", "embedding.fine_to_middle."),
    (r"^bn\.bn1\.", "embedding.fine_to_middle.norm."),
    (r"^bn\.conv2\.", "embedding.fine_to_coarse."),
    (r"^bn\.bn2\.", "embedding.fine_to_coarse.norm."),
    (r"^bn\.conv3\.", "embedding.middle_to_coarse."),
    (r"^bn\.bn3\.", "embedding.middle_to_coarse.norm."),
    (r"^dec(?:oder)?\.layer1\.", "decoder.stages.0."),
    (r"^dec(?:oder)?\.layer2\.", "decoder.stages.1."),
    (r"^dec(?:oder)?\.layer3\.", "decoder.stages.2."),
    (r"\.(\d+)\.conv1\.", ".$1.layers.0."),
    (r"\.(\d+)\.bn1\.", ".$1.layers.0.norm."),
    (r"\.(\d+)\.conv2\.", ".$1.layers.1."),
    (r"\.(\d+)\.bn2\.", ".$1.layers.1.norm."),
    (r"\.(\d+)\.conv3\.", ".$1.layers.2."),
    (r"\.(\d+)\.bn3\.", ".$1.layers.2.norm."),
    (r"\.(?:down|up)sample\.0\.", ".shortcut."),
    (r"\.(?:down|up)sample\.1\.", ".shortcut.norm."),
    (r"^dec(?:oder)?\.transform\.conv1\.", "invariant.middle."),
    (r"^dec(?:oder)?\.transform\.bn1\.", "invariant.middle.norm."),
    (r"^dec(?:oder)?\.transform\.conv2\.", "invariant.coarse."),
    (r"^dec(?:oder)?\.transform\.bn2\.", "invariant.coarse.norm."),
    (r"^dec(?:oder)?\.attention\.proj_a\.proj\.", "compensation.branches.2.layers."),
    (r"^dec(?:oder)?\.attention\.proj_b\.proj\.", "compensation.branches.1.layers."),
    (r"^dec(?:oder)?\.attention\.proj_c\.proj\.", "compensation.branches.0.layers."),
    // Between dynamic convolutions the released lists count normalisation and activation.
    (r"(branches\.\d\.layers)\.3\.", "$1.1."),
    (r"(branches\.\d\.layers)\.6\.", "$1.2."),
    (r"(branches\.\d\.layers)\.9\.", "$1.3."),
    (r"\.attention\.fc1\.weight$", ".squeeze"),
    (r"\.attention\.fc2\.weight$", ".select"),
    (r"\.attention\.fc2\.bias$", ".select_bias"),
];

/// Reads an official checkpoint into `student`; what it holds besides, by its official names, sorted.
///
/// # Errors
/// When the file cannot be read, or does not fit: with counts, a few names and the likely cause.
pub fn load(path: &Path, student: &mut Student) -> Result<Vec<String>, DetectorError> {
    let error = |reason: String| DetectorError::state(path, reason);
    let names = KeyRemapper::from_patterns(OFFICIAL_NAMES.to_vec());
    let names = names.map_err(|reason| error(reason.to_string()))?;
    let entries = tensor_file::read(path).map_err(error)?;
    tensor_file::all_finite(&entries).map_err(|problems| error(format!("{problems}; get the file again")))?;
    let shapes = Shapes(entries.iter().map(|(name, entry)| (name.clone(), entry.shape.to_vec())).collect());
    let (entries, renamed) = names.remap(entries.into_values().map(single_precision).collect());
    let official: BTreeMap<String, String> = renamed.into_iter().collect();
    let result = student.apply(entries, None, None, false);
    let unused: Vec<&String> = result.unused.iter().collect();
    let branches = unused.iter().any(|name| name.starts_with("compensation."));
    if !result.missing.is_empty() || !result.errors.is_empty() || branches {
        return Err(error(explain(&result, branches, &official, &shapes)));
    }
    let mut unused: Vec<String> =
        unused.into_iter().map(|name| official.get(name).unwrap_or(name).clone()).collect();
    unused.sort();
    Ok(unused)
}

/// Networks compute in single precision, whatever a file was saved in.
fn single_precision(entry: Entry) -> Entry {
    if !entry.dtype.is_float() || entry.dtype == DType::F32 {
        return entry;
    }
    let (name, shape) = (entry.name.clone(), entry.shape.clone());
    bridge::map_data(entry, name, DType::F32, shape, |data| data.convert::<f32>())
}

/// Shapes of the file's tensors, by their official names.
struct Shapes(BTreeMap<String, Vec<usize>>);

impl Shapes {
    /// Channels of the teacher that the student in the file mirrors.
    fn channels(&self) -> Option<[usize; 3]> {
        let of = |name: &str, dimension: usize| self.0.get(name)?.get(dimension).copied();
        Some([of("bn.conv1.weight", 1)?, of("bn.conv1.weight", 0)?, of("bn.conv3.weight", 0)?])
    }

    fn any(&self, prefix: &str) -> bool {
        self.0.keys().any(|name| name.starts_with(prefix))
    }
}

/// What does not fit, and why it probably does not.
fn explain(
    result: &ApplyResult,
    branches: bool,
    official: &BTreeMap<String, String>,
    shapes: &Shapes,
) -> String {
    if !shapes.any("bn.") || !shapes.any("dec") {
        let found = few(shapes.0.keys().cloned());
        return format!(
            "holds no student: official code saves the state dicts `bn` and `decoder`, but the tensors of this \
             file are: {found}"
        );
    }
    let named = |name: &String| official.get(name).unwrap_or(name).clone();
    let mut problems = Vec::new();
    if !result.missing.is_empty() {
        let names = few(result.missing.iter().map(|(name, _)| name.clone()));
        problems
            .push(format!("{} tensors of the student are not in the file ({names})", result.missing.len()));
    }
    if !result.errors.is_empty() {
        let words = few(result.errors.iter().map(|error| misfit(error, named)));
        problems.push(format!("{} do not fit ({words})", result.errors.len()));
    }
    if branches {
        problems.push("its `attention` tensors have no place in the student".into());
    }
    let lacks_branches = result.missing.iter().any(|(name, _)| name.starts_with("compensation."));
    let cause = if branches {
        "The file was written by FiCo: use --method fico".into()
    } else if lacks_branches && !shapes.any("decoder.attention.") {
        "The method has compensation branches and the file has none: it was not written by FiCo, use --method \
         gnl or rd"
            .into()
    } else {
        let mirrored = shapes.channels().map_or_else(String::new, |[fine, middle, coarse]| {
            format!(" (the file's mirrors one with {fine}, {middle} and {coarse} channels)")
        });
        format!("It was probably trained with another teacher{mirrored}: check --backbone")
    };
    format!("{}. {cause}", problems.join("; "))
}

fn misfit(error: &ApplyError, named: impl Fn(&String) -> String) -> String {
    match error {
        ApplyError::ShapeMismatch { path, expected, found } => {
            format!("{} is {:?}, not {:?}", named(path), found.as_slice(), expected.as_slice())
        }
        ApplyError::DTypeMismatch { path, found, .. } => format!("{} holds {found:?}", named(path)),
        ApplyError::AdapterError { path, message } | ApplyError::LoadError { path, message } => {
            format!("{}: {message}", named(path))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::options::Options;
    use super::super::recipes::{Fico, Gnl, Recipe};
    use super::*;
    use crate::backbone::{self, Backbone};
    use crate::layer::Init;
    use burn::tensor::Device;
    use harness::contract::backbone::{BackboneChoice, Weights};

    /// A student of FiCo with the toy teacher.
    fn checkpoint() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/score/fico.pth")
    }

    fn load_into(backbone: &str, options: &Options) -> Result<Vec<String>, DetectorError> {
        let device = Device::flex();
        let choice = BackboneChoice { name: backbone.into(), weights: Weights::Random(0) };
        let teacher: Box<dyn Backbone> = backbone::load(&choice, Path::new("nowhere"), &device)?;
        load(&checkpoint(), &mut Student::new(&Init::blank(&device), &*teacher, options))
    }

    #[test]
    fn what_is_not_used_is_listed_by_its_official_name() {
        let unused = load_into("tiny", &Fico::options()).unwrap();
        let named: Vec<&str> =
            unused.iter().map(String::as_str).filter(|name| !name.ends_with("num_batches_tracked")).collect();
        let mut wanted = vec!["bn.conv4.weight".to_owned(), "decoder.transform.conv3.weight".into()];
        for part in ["bn.bn4", "decoder.transform.bn3"] {
            wanted.extend(["bias", "running_mean", "running_var", "weight"].map(|of| format!("{part}.{of}")));
        }
        wanted.sort();
        assert_eq!(named, wanted);
    }

    #[test]
    fn a_student_of_another_teacher_is_told_by_its_channels() {
        let message = load_into("resnet18", &Fico::options()).unwrap_err().to_string();
        for words in [
            "fico.pth: ",
            "tensors of the student are not in the file (",
            " do not fit (",
            " is [16, 8, 3, 3], not [128, 64, 3, 3]",
            "another teacher (the file's mirrors one with 8, 16 and 32 channels): check --backbone",
        ] {
            assert!(message.contains(words), "no '{words}' in {message}");
        }
        assert!(message.len() < 900, "{message}");
    }

    #[test]
    fn branches_without_a_place_are_not_passed_over() {
        let message = load_into("tiny", &Gnl::options()).unwrap_err().to_string();
        assert!(message.contains("use --method fico"), "{message}");
    }
}
