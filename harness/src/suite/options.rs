//! The options that somebody wrote down for a plugin, one by one.

use super::SuiteError;
use super::piece::Piece;
use crate::contract::options::dialect;
use ron::value::RawValue;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::fmt;

/// An option in a text such as `(epochs: 3, alpha: 0.5)`.
pub(super) struct Named<'a> {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub key: Piece<'a>,
    /// Its value.
    pub value: Piece<'a>,
}

/// Every option that `options` names, in the order of the text.
pub(super) fn named<'a>(options: Piece<'a>) -> Result<Vec<Named<'a>>, SuiteError> {
    let Entries(entries) = dialect().from_str(options.text).map_err(|error| options.ron_error(&error))?;
    let mut from = 0;
    let place = |(name, raw): (String, &'a RawValue)| {
        let value = options.source.piece(raw);
        // The value borrows from the options, and its key is the last thing of that name before it.
        let start = (value.text.as_ptr() as usize).saturating_sub(options.text.as_ptr() as usize);
        let before = options.text.get(from..start).unwrap_or("");
        let at = from + before.rfind(name.as_str()).unwrap_or(0);
        from = start + value.text.len();
        Named { key: options.source.part(options.text.get(at..start).unwrap_or(options.text)), name, value }
    };
    Ok(entries.into_iter().map(place).collect())
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
    use super::super::piece::Source;
    use super::*;

    #[test]
    fn every_option_is_found_where_it_stands() {
        let text =
            "(sigma: 4.0,\n    /* epochs: 2 */ longer: {\"a\": 1}, alpha: Some(0.5), note: \"epochs: 3\")";
        let options = named(Source::File { name: "f", text }.whole()).unwrap();
        let said: Vec<_> =
            options.iter().map(|named| (named.name.as_str(), named.key.place(), named.value.text)).collect();
        let at = |place: &str| format!("f:{place}");
        assert_eq!(said[0], ("sigma", at("1:2"), "4.0"));
        assert_eq!(said[1], ("longer", at("2:21"), "{\"a\": 1}"));
        assert_eq!(said[2], ("alpha", at("2:39"), "Some(0.5)"));
        assert_eq!(said[3], ("note", at("2:57"), "\"epochs: 3\""));
        assert!(named(Source::File { name: "f", text: "()" }.whole()).unwrap().is_empty());
    }
}
