//! What values an option's type has, as its own deserialisation tells.

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// What values an option may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Whole,
    /// Any number.
    Number,
    /// Text.
    Text,
    /// One of these words, some with values of their own behind.
    OneOf(&'static [&'static str]),
    /// A value, or none.
    Optional(Box<Kind>),
    /// A list of values.
    List(Box<Kind>),
    /// Values by name.
    Named(Box<Kind>),
    /// A group of options of its own.
    Group(&'static [&'static str]),
    /// Whatever its meaning says.
    Other,
}

impl Kind {
    /// The kind of a type.
    pub fn of<'de, T: Deserialize<'de>>() -> Self {
        match T::deserialize(Probe) {
            Err(Found(kind)) => kind,
            // A type that wants nothing.
            Ok(_) => Self::Other,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("true or false"),
            Self::Whole => f.write_str("a whole number"),
            Self::Number => f.write_str("a number"),
            Self::Text => f.write_str("text"),
            Self::OneOf(words) => write!(f, "one of {}", words.join(", ")),
            Self::Optional(inner) => write!(f, "{inner}, or None"),
            Self::List(inner) => write!(f, "a list, each {inner}"),
            Self::Named(inner) => write!(f, "names, each with {inner}"),
            Self::Group(names) => write!(f, "({})", names.join(", ")),
            Self::Other => f.write_str("see its meaning"),
        }
    }
}

/// A deserialiser that has no value: it answers with what it was asked for.
struct Probe;

/// The answer.
#[derive(Debug)]
struct Found(Kind);

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Found {}

impl serde::de::Error for Found {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(Kind::Other)
    }
}

macro_rules! answers {
    ($($method:ident => $kind:expr),* $(,)?) => {
        $(fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Found> {
            Err(Found($kind))
        })*
    };
}

impl<'de> Deserializer<'de> for Probe {
    type Error = Found;

    answers! {
        deserialize_any => Kind::Other, deserialize_bool => Kind::Bool,
        deserialize_i8 => Kind::Whole, deserialize_i16 => Kind::Whole, deserialize_i32 => Kind::Whole,
        deserialize_i64 => Kind::Whole, deserialize_u8 => Kind::Whole, deserialize_u16 => Kind::Whole,
        deserialize_u32 => Kind::Whole, deserialize_u64 => Kind::Whole,
        deserialize_f32 => Kind::Number, deserialize_f64 => Kind::Number,
        deserialize_char => Kind::Text, deserialize_str => Kind::Text, deserialize_string => Kind::Text,
        deserialize_bytes => Kind::Other, deserialize_byte_buf => Kind::Other, deserialize_unit => Kind::Other,
        deserialize_identifier => Kind::Text, deserialize_ignored_any => Kind::Other,
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Found> {
        visitor.visit_some(self).map_err(|Found(inner)| Found(Kind::Optional(inner.into())))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Found> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, _: V) -> Result<V::Value, Found> {
        Err(Found(Kind::Other))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Found> {
        visitor.visit_seq(self).map_err(|Found(inner)| Found(Kind::List(inner.into())))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Found> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Found> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Found> {
        visitor.visit_map(self).map_err(|Found(inner)| Found(Kind::Named(inner.into())))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Found> {
        Err(Found(Kind::Group(fields)))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Found> {
        Err(Found(Kind::OneOf(variants)))
    }
}

impl<'de> SeqAccess<'de> for Probe {
    type Error = Found;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Found> {
        seed.deserialize(Self).map(Some)
    }
}

impl<'de> MapAccess<'de> for Probe {
    type Error = Found;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Found> {
        // Any key will do, for its value is what counts.
        let key: serde::de::value::StrDeserializer<'_, Found> =
            serde::de::IntoDeserializer::into_deserializer("");
        seed.deserialize(key).map(Some).map_err(|_| Found::custom("keys of another type"))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Found> {
        seed.deserialize(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[derive(serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Fusion {
        Sum,
        PerPixel,
    }

    #[test]
    fn types_tell_what_they_take() {
        assert_eq!(Kind::of::<usize>().to_string(), "a whole number");
        assert_eq!(Kind::of::<Option<f64>>().to_string(), "a number, or None");
        assert_eq!(Kind::of::<Fusion>().to_string(), "one of sum, per_pixel");
        assert_eq!(Kind::of::<BTreeSet<String>>().to_string(), "a list, each text");
        assert_eq!(Kind::of::<BTreeMap<String, usize>>().to_string(), "names, each with a whole number");
        assert_eq!(Kind::of::<Vec<bool>>().to_string(), "a list, each true or false");
    }
}
