//! What a text such as `(epochs: 3, alpha: 0.5)` names, with its places.

use super::dialect;
use ron::error::{Position, Span, SpannedError};
use ron::value::RawValue;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::fmt;

/// An option in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its name.
    pub name: String,
    /// The text from its name on, up to its value.
    pub key: &'a str,
    /// Its value, as it is written.
    pub value: &'a str,
}

/// Every option that `text` names, in the order of the text.
///
/// # Errors
/// When it is no text of options, or names one twice.
pub fn entries(text: &str) -> Result<Vec<Entry<'_>>, SpannedError> {
    let Entries(found) = dialect().from_str(text)?;
    let mut from = 0;
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for (name, raw) in found {
        let value = raw.get_ron();
        // The value borrows from the text, and its key is the last thing of that name before it.
        let start = offset(text, value);
        let before = text.get(from..start).unwrap_or("");
        let at = from + before.rfind(name.as_str()).unwrap_or(0);
        from = start + value.len();
        let key = text.get(at..start).unwrap_or(text);
        if entries.iter().any(|entry| entry.name == name) {
            let code = ron::Error::Message(format!("key '{name}' stands twice"));
            return Err(placed(text, key, code));
        }
        entries.push(Entry { name, key, value: value.trim() });
    }
    Ok(entries)
}

/// An error about `part`, which is a slice of `text`.
pub(super) fn placed(text: &str, part: &str, code: ron::Error) -> SpannedError {
    let start = position(text, offset(text, part));
    SpannedError { code, span: Span { start, end: start } }
}

/// An error in `part`, which is a slice of `text`, as an error in `text`.
pub(super) fn within(text: &str, part: &str, error: SpannedError) -> SpannedError {
    let base = position(text, offset(text, part));
    let moved = |inner: Position| Position {
        line: base.line + inner.line - 1,
        col: if inner.line == 1 { base.col + inner.col - 1 } else { inner.col },
    };
    let Span { start, end } = error.span;
    SpannedError { code: error.code, span: Span { start: moved(start), end: moved(end) } }
}

fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or("");
    Position {
        line: before.matches('\n').count() + 1,
        col: before.chars().rev().take_while(|&letter| letter != '\n').count() + 1,
    }
}

/// Keys and values of a struct whose type does not matter.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("options such as (epochs: 3)")
            }

            fn visit_unit<E: Error>(self) -> Result<Entries<'de>, E> {
                Ok(Entries(Vec::new()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_found_where_it_stands() {
        let text =
            "(sigma: 4.0,\n    /* epochs: 2 */ longer: {\"a\": 1}, alpha: Some(0.5), note: \"epochs: 3\")";
        let found = entries(text).unwrap();
        let said: Vec<_> = found
            .iter()
            .map(|entry| (entry.name.as_str(), position(text, offset(text, entry.key)), entry.value))
            .collect();
        let at = |line, col| Position { line, col };
        assert_eq!(said[0], ("sigma", at(1, 2), "4.0"));
        assert_eq!(said[1], ("longer", at(2, 21), "{\"a\": 1}"));
        assert_eq!(said[2], ("alpha", at(2, 39), "Some(0.5)"));
        assert_eq!(said[3], ("note", at(2, 57), "\"epochs: 3\""));
        assert!(entries("()").unwrap().is_empty());
        assert!(entries("(a: 1, a: 2)").unwrap_err().to_string().contains("stands twice"));
    }
}
