//! Names that become folders and files.

use crate::contract::text::acts;
use std::collections::BTreeMap;

/// Most bytes of such a name: file systems take 255, and endings are added to it.
const MOST_BYTES: usize = 200;

/// Checks that `name` can be one folder or file on any system, and nothing but that.
///
/// # Errors
/// What is wrong with it, to be put behind the name.
pub fn check_as_file(name: &str) -> Result<(), String> {
    let fail = |reason: &str| Err(reason.to_owned());
    if name.is_empty() {
        return fail("is empty");
    }
    if name.len() > MOST_BYTES {
        return Err(format!("has {} bytes; file systems take no more than {MOST_BYTES} here", name.len()));
    }
    if name.starts_with('.') {
        return fail("begins with a dot");
    }
    match name.chars().find(|letter| matches!(letter, '/' | '\\') || acts(*letter)) {
        Some(letter) if acts(letter) => {
            Err(format!("holds the control character {}", letter.escape_unicode()))
        }
        Some(letter) => Err(format!("holds '{letter}', which separates folders")),
        None => Ok(()),
    }
}

/// Checks that `label` is plain as well: it is typed in filters and options.
///
/// # Errors
/// As [`check_as_file`].
pub fn check_label(label: &str) -> Result<(), String> {
    check_as_file(label)?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.+".contains(letter);
    if label.chars().all(plain) {
        return Ok(());
    }
    Err("is not a plain name (letters, digits, - _ . +)".into())
}

/// Two of `names` that some file systems cannot tell apart.
pub fn alike(names: &[String]) -> Option<(&str, &str)> {
    let mut known = BTreeMap::new();
    names
        .iter()
        .find_map(|name| known.insert(folded(name), name.as_str()).map(|first| (first, name.as_str())))
}

/// The form in which names are compared that some file systems cannot tell apart.
pub fn folded(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_elsewhere_or_is_no_file_name_is_refused() {
        for name in ["bottle", "transistor 2", "Ä", "=cmd", "a|b", "seed0", "x".repeat(200).as_str()] {
            assert!(check_as_file(name).is_ok(), "{name}");
        }
        let reason = |name: &str| check_as_file(name).unwrap_err();
        assert_eq!(reason(""), "is empty");
        assert_eq!(reason(".."), "begins with a dot");
        assert_eq!(reason("a/b"), "holds '/', which separates folders");
        assert_eq!(reason("a\\b"), "holds '\\', which separates folders");
        assert_eq!(reason("a\u{1b}[31m"), "holds the control character \\u{1b}");
        assert_eq!(reason("\u{202e}gnp.a"), "holds the control character \\u{202e}");
        assert!(reason(&"x".repeat(201)).starts_with("has 201 bytes"));
        assert!(check_label("rd-2.1+x").is_ok() && check_label("rd 2").is_err() && check_label("ä").is_err());
    }

    #[test]
    fn names_that_differ_in_case_alone_are_alike() {
        let names = ["bottle".to_owned(), "Cable".into(), "BOTTLE".into()];
        assert_eq!(alike(&names), Some(("bottle", "BOTTLE")));
        assert_eq!(alike(&names[..2]), None);
    }
}
