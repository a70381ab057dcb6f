//! Records: JSON files that carry a hash of their own content.
//!
//! Every number of a report comes from such a file. One that was damaged or edited is no record: its seal does not
//! fit, whatever else it says. White space does not matter.

use crate::results::files::{StoreError, hash, write};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fs;
use std::io;
use std::path::Path;

/// The key that holds the hash of all the others.
const SEAL: &str = "seal";

/// What a record holds.
///
/// # Errors
/// When it cannot be read, its content is not what was sealed, or is no `T`.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, StoreError> {
    let error = |reason: String| StoreError::read(path, reason);
    let text = fs::read_to_string(path).map_err(|reason| error(reason.to_string()))?;
    let mut record: Map<String, Value> = serde_json::from_str(&text)
        .map_err(|reason| error(format!("not a valid record, it was damaged ({reason})")))?;
    let Some(sealed) = record.remove(SEAL) else {
        return Err(StoreError::Version { path: path.into(), reason: "it has no seal".into() });
    };
    if sealed != seal(&record) {
        return Err(error("it was damaged or edited: its content is not what its seal says".into()));
    }
    serde_json::from_value(Value::Object(record))
        .map_err(|reason| StoreError::Version { path: path.into(), reason: reason.to_string() })
}

/// Writes a record whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write_record<T: Serialize>(path: &Path, record: &T) -> Result<(), StoreError> {
    write(path, &bytes(record).map_err(StoreError::write(path))?)
}

/// A sealed record as it stands in its file.
///
/// # Errors
/// When it is no structure.
pub(super) fn bytes<T: Serialize>(record: &T) -> io::Result<Vec<u8>> {
    let Value::Object(mut map) = serde_json::to_value(record)? else {
        return Err(io::Error::other("a record is a structure"));
    };
    let sealed = seal(&map);
    map.insert(SEAL.into(), sealed.into());
    Ok(format!("{:#}\n", Value::Object(map)).into_bytes())
}

/// The hash of a record without its seal.
fn seal(record: &Map<String, Value>) -> String {
    // Maps are sorted by their keys, and numbers have one shortest form.
    hash(Value::from(record.clone()).to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Record {
        name: String,
        numbers: BTreeMap<String, f64>,
        single: f32,
    }

    fn record() -> Record {
        let numbers = [("auroc".to_owned(), 0.1 + 0.2), ("ap".to_owned(), 1.0)];
        Record { name: "a \"b\" \u{1b}".into(), numbers: numbers.into(), single: 0.1 }
    }

    #[test]
    fn no_byte_that_means_something_can_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.json");
        write_record(&path, &record()).unwrap();
        assert_eq!(read::<Record>(&path).unwrap(), record());
        let bytes = fs::read(&path).unwrap();
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[place] ^= 1 << bit;
                fs::write(&path, &damaged).unwrap();
                if let Ok(read) = read::<Record>(&path) {
                    assert_eq!(read, record(), "byte {place}, bit {bit} went unnoticed");
                }
            }
        }
    }

    #[test]
    fn what_is_no_record_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.json");
        for (text, words) in [
            ("", "damaged"),
            ("{", "damaged"),
            ("[]", "damaged"),
            ("{\"name\": \"a\"}", "no seal"),
            ("{\"seal\": 3}", "seal says"),
        ] {
            fs::write(&path, text).unwrap();
            let message = read::<Record>(&path).unwrap_err().to_string();
            assert!(message.contains("record.json") && message.contains(words), "{text}: {message}");
        }
    }
}
