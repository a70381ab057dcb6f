//! Named tensors from files that others wrote: `.safetensors`, or else PyTorch.

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
        std::fs::write(&path, bytes).unwrap();
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
