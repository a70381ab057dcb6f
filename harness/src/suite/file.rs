//! Reading a suite file.

use super::SuiteError;
use crate::disk::open_regular;
use std::io::Read;
use std::path::Path;

/// Most bytes of a suite file. The longest of the papers' has four thousand.
const MOST_BYTES: u64 = 1 << 20;

/// The text of the suite file at `path`.
///
/// # Errors
/// When it is no regular file, far too large, unreadable, or not UTF-8, with the line.
pub fn read_text(path: &Path) -> Result<String, SuiteError> {
    let fail = |reason: String| SuiteError::Unreadable { path: path.display().to_string(), reason };
    let (file, bytes) = open_regular(path).map_err(|error| fail(error.to_string()))?;
    let too_large = || fail(format!("is larger than a suite can be ({} KiB)", MOST_BYTES >> 10));
    if bytes > MOST_BYTES {
        return Err(too_large());
    }
    let mut content = Vec::new();
    // It may grow while it is read.
    file.take(MOST_BYTES + 1).read_to_end(&mut content).map_err(|error| fail(error.to_string()))?;
    if content.len() as u64 > MOST_BYTES {
        return Err(too_large());
    }
    String::from_utf8(content).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].iter().filter(|&&byte| byte == b'\n').count() + 1;
        SuiteError::At {
            place: format!("{}:{line}", path.display()),
            message: "is not UTF-8: save the file as UTF-8 text".into(),
        }
    })
}
