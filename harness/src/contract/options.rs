//! Options of a plugin: RON text laid over typed defaults.
//!
//! A recipe's defaults differ from its `Options` type's defaults (GNL and RD share one type), so a
//! field the text leaves out takes the recipe's value, not the type's. Overlaying is per field of
//! the outermost struct.

mod finite;

use crate::contract::error::{DataError, DetectorError};
use finite::Finite;
use ron::error::{Error as RonError, SpannedError};
use ron::extensions::Extensions;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::fmt;

/// Options with every field filled in, in a canonical order: what records hold and keys hash.
pub type Resolved = Map<String, Value>;

/// The RON dialect of every shiftbench file: `Some(...)` may be left out.
pub fn dialect() -> ron::Options {
    ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME)
}

/// `defaults` overlaid with each text in turn, such as `(epochs: 3)`.
///
/// # Errors
/// The index of the text and the error with its position inside that text.
pub fn resolve<O: Serialize + DeserializeOwned>(
    defaults: &O,
    texts: &[&str],
) -> Result<Resolved, (usize, SpannedError)> {
    let mut resolved = to_map(defaults);
    for (index, text) in texts.iter().enumerate() {
        let typed: O = dialect().from_str(text).map_err(|error| (index, error))?;
        // JSON, in which options are kept, has no such numbers.
        match dialect().from_str::<Finite>(text) {
            Err(error) if matches!(&error.code, RonError::Message(text) if text == finite::MESSAGE) => {
                return Err((index, error));
            }
            _ => {}
        }
        // The same text read without a type tells which fields it names.
        if let Ok(Value::Object(named)) = dialect().from_str::<Value>(text) {
            let mut typed = to_map(&typed);
            resolved.extend(named.keys().filter_map(|key| typed.remove_entry(key)));
        }
    }
    Ok(resolved)
}

/// The typed form of resolved options.
///
/// # Errors
/// When the options were resolved for another type, as from a record of another version.
pub fn typed<O: DeserializeOwned>(resolved: &Resolved) -> Result<O, String> {
    serde_json::from_value(Value::Object(resolved.clone())).map_err(|error| error.to_string())
}

/// Why options make no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The option to change, if it is one.
    pub option: Option<String>,
    /// What is wrong with it, and what would do.
    pub reason: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.option {
            Some(option) => write!(f, "option {option}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl From<DetectorError> for Refusal {
    fn from(error: DetectorError) -> Self {
        match error {
            DetectorError::Option { option, reason } => Self { option: Some(option.into()), reason },
            other => Self { option: None, reason: other.to_string() },
        }
    }
}

impl From<DataError> for Refusal {
    fn from(error: DataError) -> Self {
        match error {
            DataError::Option { option, reason } => Self { option: Some(option.into()), reason },
            other => Self { option: None, reason: other.to_string() },
        }
    }
}

/// Refuses whole numbers that count nothing in this world: beyond them sizes and steps overflow.
///
/// # Errors
/// The first option with one.
pub fn check_sizes(options: &Resolved) -> Result<(), Refusal> {
    const MOST: u64 = 1_000_000_000;
    fn largest(value: &Value) -> u64 {
        match value {
            Value::Number(number) => number.as_u64().unwrap_or(0),
            Value::Array(values) => values.iter().map(largest).max().unwrap_or(0),
            Value::Object(values) => values.values().map(largest).max().unwrap_or(0),
            _ => 0,
        }
    }
    match options.iter().map(|(option, value)| (option, largest(value))).find(|(_, number)| *number > MOST) {
        Some((option, number)) => {
            let reason = format!("{number} is beyond all bounds; the most is {MOST}");
            Err(Refusal { option: Some(option.clone()), reason })
        }
        None => Ok(()),
    }
}

fn to_map<O: Serialize>(options: &O) -> Resolved {
    match serde_json::to_value(options) {
        Ok(Value::Object(map)) => map,
        // Unit structs: plugins without options.
        _ => Map::new(),
    }
}

/// Options of a plugin that has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoOptions {}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Loss {
        Flattened,
        PerPixel,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Recipe {
        epochs: usize,
        alpha: Option<f64>,
        loss: Loss,
    }

    impl Default for Recipe {
        fn default() -> Self {
            Self { epochs: 200, alpha: None, loss: Loss::Flattened }
        }
    }

    #[test]
    fn unnamed_fields_keep_the_recipe_and_later_texts_win() {
        let recipe = Recipe { epochs: 20, alpha: Some(0.5), loss: Loss::PerPixel };
        let resolved = resolve(&recipe, &["(epochs: 3, loss: flattened)", "(epochs: 4)"]).unwrap();
        let text = serde_json::to_string(&resolved).unwrap();
        assert_eq!(text, r#"{"alpha":0.5,"epochs":4,"loss":"flattened"}"#);
        let none = resolve(&recipe, &["(alpha: None)"]).unwrap();
        assert_eq!(none["alpha"], Value::Null);
    }

    #[test]
    fn errors_tell_which_text_and_where() {
        let (index, error) = resolve(&Recipe::default(), &["()", "(epoch: 3)"]).unwrap_err();
        assert_eq!(index, 1);
        assert_eq!((error.span.start.line, error.span.start.col), (1, 2));
    }

    #[test]
    fn numbers_that_no_record_can_hold_are_refused_where_they_stand() {
        for (text, column) in
            [("(alpha: NaN)", 9), ("(epochs: 3, alpha: -inf)", 20), ("(alpha: Some(1e999))", 14)]
        {
            let (_, error) = resolve(&Recipe::default(), &[text]).unwrap_err();
            assert_eq!(error.code.to_string(), finite::MESSAGE, "{text}");
            assert_eq!(error.span.start.col, column, "{text}");
        }
        assert!(resolve(&Recipe::default(), &["(alpha: 1e300, loss: per_pixel)"]).is_ok());
        let wild = Resolved::from_iter([("longer".to_owned(), serde_json::json!({"a": 5_000_000_000_u64}))]);
        assert_eq!(check_sizes(&wild).unwrap_err().option.as_deref(), Some("longer"));
    }

    #[test]
    fn a_plugin_without_options_takes_none() {
        assert!(resolve(&NoOptions {}, &["()"]).unwrap().is_empty());
        assert!(resolve(&NoOptions {}, &["(a: 1)"]).is_err());
    }
}
