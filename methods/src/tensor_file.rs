//! Named tensors from files that others wrote: `.safetensors`, or else PyTorch.

use burn::store::bridge;
use burn::store::burn_pack::Tensor as Entry;
use burn::store::pytorch::PytorchReader;
use burn::store::pytorch_reader::PickleValue;
use burn::store::{ModuleStore, PytorchStore, SafetensorsStore};
use std::collections::BTreeMap;
use std::path::Path;

/// Modules whose objects occur in honest checkpoints, and Python's wide integers.
const HARMLESS: [&str; 4] = ["torch", "numpy", "collections", "int"];

/// The tensors in `path` by name; those of nested dicts are joined by dots (`bn.conv1.weight`). Their values
/// are read when they are asked for.
///
/// A PyTorch file is a program for Python's unpickler. It is not run: calls that rebuild tensors are
/// understood, everything else is only named, and a file that names anything foreign is refused.
///
/// # Errors
/// One sentence without the file's name: it is missing, damaged, of another format, or refused.
pub fn read(path: &Path) -> Result<BTreeMap<String, Entry>, String> {
    if !path.is_file() {
        return Err("no such file".into());
    }
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("safetensors")) {
        let mut store = SafetensorsStore::from_file(path);
        return store.get_all_tensors().cloned().map_err(|error| error.to_string());
    }
    let objects = PytorchReader::read_pickle_data(path, None).map_err(|error| error.to_string())?;
    if let Some(name) = foreign(&objects) {
        return Err(format!(
            "it asks Python for '{name}', which no checkpoint needs; nothing of it was run, and it is refused"
        ));
    }
    let mut store = PytorchStore::from_file(path).map_indices_contiguous(false);
    store.get_all_tensors().cloned().map_err(|error| error.to_string())
}

/// Checks that every number of the tensor `name` is one: a file with others was broken when it was written, and
/// whatever is computed with it is NaN.
///
/// # Errors
/// One sentence that names the tensor.
pub fn finite(name: &str, values: &[f32]) -> Result<(), String> {
    match values.iter().filter(|value| !value.is_finite()).count() {
        0 => Ok(()),
        1 => Err(format!("{name} holds a number that is not finite")),
        count => Err(format!("{name} holds {count} numbers that are not finite")),
    }
}

/// [`finite`] for every tensor of numbers with fractions.
///
/// # Errors
/// Those that are not, or cannot be read.
pub fn all_finite(entries: &BTreeMap<String, Entry>) -> Result<(), String> {
    let mut problems = Vec::new();
    for (name, entry) in entries.iter().filter(|(_, entry)| entry.dtype.is_float()) {
        let data = bridge::to_data(entry).map_err(|error| format!("{name} cannot be read ({error})"));
        let values = data.and_then(|data| {
            data.convert::<f32>().try_to_vec_as::<f32>().map_err(|error| format!("{name}: {error}"))
        });
        problems.extend(values.and_then(|values| finite(name, &values)).err());
    }
    if problems.is_empty() { Ok(()) } else { Err(few(problems.into_iter())) }
}

/// The first few of a list, and how many more there are: files that do not fit differ in hundreds of names.
pub fn few(items: impl ExactSizeIterator<Item = String>) -> String {
    const FEW: usize = 3;
    let count = items.len();
    let mut words = items.take(FEW).collect::<Vec<_>>().join(", ");
    if count > FEW {
        words += &format!(" and {} more", count - FEW);
    }
    if count == 0 { "none".into() } else { words }
}

/// The first object that honest checkpoints do not hold.
fn foreign(value: &PickleValue) -> Option<&str> {
    match value {
        PickleValue::Unsupported(name) => {
            let module = name.split('.').next().unwrap_or_default();
            (!HARMLESS.contains(&module)).then_some(name.as_str())
        }
        PickleValue::List(items) => items.iter().find_map(foreign),
        PickleValue::Dict(items) => items.values().find_map(foreign),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_bytes(name: &str, bytes: &[u8]) -> Result<BTreeMap<String, Entry>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        harness::contract::state::write(&path, bytes).unwrap();
        read(&path)
    }

    #[test]
    fn foreign_calls_are_refused_wherever_they_stand() {
        for pickle in ["cposix\nsystem\n(Vtouch here\ntR.", "(dVbn\n(lcbuiltins\nexec\n(Vpass\ntRas."] {
            let message = read_bytes("hostile.pth", pickle.as_bytes()).err().unwrap();
            assert!(message.contains("nothing of it was run"), "{message}");
        }
        assert!(read_bytes("empty-dict.pth", b"(dVepoch\nI19\ns.").unwrap().is_empty());
    }

    #[test]
    fn numbers_that_are_none_are_found_and_their_tensor_named() {
        let header = r#"{"a.weight":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#;
        let values = [1.0, f32::NAN, f32::INFINITY];
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.bytes());
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nan.safetensors");
        harness::contract::state::write(&path, &bytes).unwrap();
        let problems = all_finite(&read(&path).unwrap()).unwrap_err();
        assert_eq!(
            problems,
            "a.weight holds a number that is not finite, b holds a number that is not finite"
        );
        let mut parameters = crate::backbone::Parameters::open(&path).unwrap();
        parameters.vector("a.weight", 2, 0.0);
        let message = parameters.finish().unwrap_err().to_string();
        assert!(message.contains("a.weight holds a number that is not finite"), "{message}");
    }

    #[test]
    fn what_is_no_tensor_file_is_an_error() {
        for (name, bytes) in [
            ("empty.pth", &b""[..]),
            ("words.pth", b"not a checkpoint"),
            ("cut.pth", b"PK\x03\x04 and then nothing"),
            ("words.safetensors", b"not a checkpoint"),
            ("empty.safetensors", b""),
        ] {
            assert!(read_bytes(name, bytes).is_err(), "{name}");
        }
        assert_eq!(read(Path::new("nowhere.pth")).err().unwrap(), "no such file");
    }
}
