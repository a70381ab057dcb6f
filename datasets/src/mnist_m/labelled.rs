//! Pictures in a folder, labelled by a text file beside it.

use crate::class_files::ClassFiles;
use crate::files;
use harness::prelude::*;
use std::collections::HashSet;
use std::fs;
use std::path::Path;

/// Names in the release of MNIST-M, for the test.
pub(super) const LIST: &str = "mnist_m_test_labels.txt";
pub(super) const FOLDER: &str = "mnist_m_test";

/// The pictures in `folder` that `list` names.
pub(super) fn read(list: &Path, folder: &Path) -> Result<ClassFiles, DataError> {
    let text = fs::read_to_string(list).map_err(|error| DataError::unreadable(list, error))?;
    let mut files = ClassFiles::default();
    let mut seen = HashSet::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |reason: String| DataError::unreadable(list, format!("line {}: {reason}", number + 1));
        let Some((file, label)) = parse(line) else {
            return Err(wrong(format!("'{}' is not 'picture.png digit'", line.escape_debug())));
        };
        let path = folder.join(file);
        if !files::is_there(&path) {
            return Err(wrong(format!("{} is missing; unpack the archive again", path.display())));
        }
        if !seen.insert(file) {
            return Err(wrong(format!("'{file}' is listed twice")));
        }
        // The identifiers of packed forms, so that results do not depend on the form.
        let stem = file.split('.').next().and_then(|stem| stem.parse::<u32>().ok());
        files.push(
            path.clone(),
            stem.map_or_else(|| file.to_owned(), |number| format!("{number:05}")),
            label,
        );
    }
    Ok(files)
}

/// File and label of a line; the file must be in the folder itself.
fn parse(line: &str) -> Option<(&str, u8)> {
    let [file, label] = line.split_whitespace().collect::<Vec<_>>()[..] else { return None };
    let plain = !file.contains(['/', '\\']) && !file.starts_with('.');
    Some((file, label.parse().ok().filter(|_| plain)?))
}

/// The line of a list.
pub(super) fn line(file: &str, label: u8) -> String {
    format!("{file} {label}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_picture_of_the_folder_and_a_digit() {
        assert_eq!(parse(line("00000000.png", 7).trim_end()), Some(("00000000.png", 7)));
        for bad in ["a.png", "a.png x", "a.png 1 2", "../a.png 1", "/a.png 1", "a.png 256", "a.png -1"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
