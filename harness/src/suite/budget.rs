//! Options of length under a protocol of equal steps: naming one is a mistake, not a wish that is
//! silently passed over.

use super::Protocol;
use crate::options::dialect;
use ron::error::SpannedError;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use std::fmt;

/// What to say about `option` where `protocol` decides how long methods train.
pub(super) fn refusal(protocol: &Protocol, option: &str) -> String {
    format!(
        "the protocol, {protocol}, decides how long methods train: leave '{option}' out, change the protocol's \
         steps and batch, or choose `protocol: released`, under which it counts"
    )
}

/// Fails, with its place, at the first key of the options in `text` that is one of `options`.
pub(super) fn refuse(text: &str, options: &[&str], protocol: &Protocol) -> Result<(), SpannedError> {
    dialect().from_str_seed(text, Keys { options, protocol })
}

/// Reads options for their keys alone.
#[derive(Clone, Copy)]
struct Keys<'a> {
    options: &'a [&'a str],
    protocol: &'a Protocol,
}

/// Reads one key.
struct Key<'a>(Keys<'a>);

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("options")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key_seed(Key(self))?.is_some() {
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an option's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<(), E> {
        let Keys { options, protocol } = self.0;
        if options.contains(&name) { Err(E::custom(refusal(protocol, name))) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_forbidden_key_is_found_where_it_stands() {
        let protocol = Protocol::Strict { steps: 4, batch: 2, references: 1 };
        let refuse = |text: &str| refuse(text, &["epochs", "longer"], &protocol);
        for fine in ["()", "(sigma: 4.0, ops: pacs)", "(alpha: Some(0.5), note: \"epochs: 3\")"] {
            assert!(refuse(fine).is_ok(), "{fine}");
        }
        let error = refuse("(sigma: 4.0,\n    /* epochs: 2 */ longer: {\"a\": 1}, epochs: 3)").unwrap_err();
        assert_eq!((error.span.start.line, error.span.start.col), (2, 21));
        assert!(error.code.to_string().contains("leave 'longer' out"), "{error}");
    }
}
