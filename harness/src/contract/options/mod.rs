//! Options of a plugin: declared once, with class, range and meaning; RON text laid over typed defaults.
//!
//! A recipe's defaults differ from its `Options` type's defaults (GNL and RD share one type), so an option that a text
//! leaves out takes the recipe's value, not the type's. Overlaying is per option.

mod declared;
mod entries;
mod finite;
mod kind;
mod refusal;
mod resolve;
mod rule;

pub use declared::{Declared, NoOptions, OptionSet, of_class, small};
pub use entries::{Entry, entries};
pub use kind::Kind;
pub use refusal::Refusal;
pub use resolve::{check, resolve, to_map, typed};
pub use rule::{Class, Rule, data, length, place, test, training};

use crate::contract::text::nearest;
use ron::extensions::Extensions;
use serde_json::{Map, Value};

/// Options with every field filled in, in a canonical order: what records hold and keys hash.
pub type Resolved = Map<String, Value>;

/// The RON dialect of every shiftbench file: `Some(...)` may be left out.
pub fn dialect() -> ron::Options {
    ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME)
}

/// What is said about a name that nobody knows: with the nearest that somebody does.
pub fn unknown(what: &str, found: &str, known: &[&str]) -> String {
    let hint = nearest(found, known.iter().copied())
        .map_or_else(String::new, |name| format!(": did you mean '{name}'?"));
    let known = if known.is_empty() { "none".into() } else { known.join(", ") };
    format!("unknown {what} '{found}'{hint} (known: {known})")
}
