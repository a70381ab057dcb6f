//! Numbers that are none: NaN and infinities, wherever they stand in a text.

use serde::de::{
    Deserialize, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use std::fmt;

/// What is said about them.
pub(super) const MESSAGE: &str = "is no finite number";

/// Any text without them. Its type does not matter.
pub(super) struct Finite;

impl<'de> Deserialize<'de> for Finite {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Finite;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Finite, E> {
        if number.is_finite() { Ok(Finite) } else { Err(E::custom(MESSAGE)) }
    }

    fn visit_bool<E>(self, _: bool) -> Result<Finite, E> {
        Ok(Finite)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Finite, E> {
        Ok(Finite)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Finite, E> {
        Ok(Finite)
    }

    fn visit_str<E>(self, _: &str) -> Result<Finite, E> {
        Ok(Finite)
    }

    fn visit_unit<E>(self) -> Result<Finite, E> {
        Ok(Finite)
    }

    fn visit_none<E>(self) -> Result<Finite, E> {
        Ok(Finite)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Finite, D::Error> {
        Finite::deserialize(inner)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Finite, D::Error> {
        Finite::deserialize(inner)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Finite, A::Error> {
        while items.next_element::<Finite>()?.is_some() {}
        Ok(Finite)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Finite, A::Error> {
        while entries.next_entry::<IgnoredAny, Finite>()?.is_some() {}
        Ok(Finite)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, choice: A) -> Result<Finite, A::Error> {
        let (_, variant): (IgnoredAny, _) = choice.variant()?;
        variant.newtype_variant()
    }
}
