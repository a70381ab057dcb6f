//! From texts of options to a value for each.

use super::declared::{Declared, OptionSet};
use super::entries::{entries, placed, within};
use super::finite::{self, Finite};
use super::kind::Kind;
use super::{Refusal, Resolved, dialect, unknown};
use ron::error::{Error as RonError, SpannedError};
use serde::Serialize;
use serde_json::{Map, Value};

/// The options of `set` as they are kept.
pub fn to_map(set: &impl Serialize) -> Resolved {
    match serde_json::to_value(set) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// `defaults` overlaid with each text in turn, such as `(epochs: 3)`.
///
/// # Errors
/// The index of the text and the error with its position inside that text.
pub fn resolve(
    declared: &[Declared],
    defaults: Resolved,
    texts: &[&str],
) -> Result<Resolved, (usize, SpannedError)> {
    let mut resolved = defaults;
    for (index, text) in texts.iter().enumerate() {
        let overlay = overlay(declared, text).map_err(|error| (index, error))?;
        resolved.extend(overlay);
    }
    Ok(resolved)
}

fn overlay(declared: &[Declared], text: &str) -> Result<Vec<(String, Value)>, SpannedError> {
    let entries = entries(text)?.into_iter();
    let overlay = entries.map(|entry| {
        let Some(option) = declared.iter().find(|option| option.name == entry.name) else {
            let known: Vec<&str> = declared.iter().map(|option| option.name).collect();
            let message = unknown("key", &entry.name, &known);
            return Err(placed(text, entry.key, RonError::Message(message)));
        };
        let value = (option.read)(entry.value).map_err(|error| within(text, entry.value, error))?;
        // JSON, in which options are kept, has no such numbers.
        match dialect().from_str::<Finite>(entry.value) {
            Err(error) if matches!(&error.code, RonError::Message(said) if said == finite::MESSAGE) => {
                Err(within(text, entry.value, error))
            }
            _ => Ok((entry.name, value)),
        }
    });
    overlay.collect()
}

/// The typed form of resolved options.
///
/// # Errors
/// When the options were resolved for another type, as from a record of another version.
pub fn typed<O: OptionSet>(resolved: &Resolved) -> Result<O, String> {
    let declared = O::declared();
    if let Some(other) = resolved.keys().find(|name| declared.iter().all(|option| option.name != *name)) {
        return Err(unknown("option", other, &declared.iter().map(|option| option.name).collect::<Vec<_>>()));
    }
    serde_json::from_value(Value::Object(resolved.clone())).map_err(|error| error.to_string())
}

/// Checks every value against its range, and refuses whole numbers that count nothing in this world: beyond them sizes
/// and steps overflow.
///
/// # Errors
/// The first option that is out of range.
pub fn check(declared: &[Declared], resolved: &Resolved) -> Result<(), Refusal> {
    const MOST: u64 = 1_000_000_000;
    for option in declared {
        let Some(value) = resolved.get(option.name) else { continue };
        let number = largest(value);
        let reason = if number > MOST {
            format!("{number} is beyond all bounds; the most is {MOST}")
        } else if option.rule.admits(value) {
            continue;
        } else {
            let more = match &option.kind {
                Kind::Optional(_) => ", or None",
                Kind::List(_) | Kind::Named(_) => " everywhere",
                _ => "",
            };
            let found = if value.is_number() { format!("is {value}, but ") } else { String::new() };
            format!("{found}must be {}{more}", option.rule.range())
        };
        return Err(Refusal { option: Some(option.name.into()), reason });
    }
    Ok(())
}

fn largest(value: &Value) -> u64 {
    match value {
        Value::Number(number) => number.as_u64().unwrap_or(0),
        Value::Array(values) => values.iter().map(largest).max().unwrap_or(0),
        Value::Object(values) => values.values().map(largest).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::NoOptions;
    use super::*;
    use serde::Deserialize;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Loss {
        Flattened,
        PerPixel,
    }

    crate::options! {
        /// How long.
        struct Length {
            /// Passes over the pictures.
            epochs: usize = 200 => length().at_least(1).small("1"),
            /// The same of categories.
            longer: BTreeMap<String, usize> = BTreeMap::new() => length().at_least(1),
        }
    }

    crate::options! {
        /// What is minimised, and mixed.
        struct Scores {
            /// The loss.
            loss: Loss = Loss::Flattened => training(),
            /// Share of
            /// the reference.
            alpha: Option<f64> = None => test().share(),
        }
    }

    crate::options! {
        /// All of it.
        struct Recipe groups {
            /// How long.
            length: Length,
            /// What is minimised, and mixed.
            scores: Scores,
        }
    }

    fn resolved(texts: &[&str]) -> Result<Resolved, (usize, SpannedError)> {
        let recipe = Recipe {
            length: Length { epochs: 20, ..Length::default() },
            scores: Scores { loss: Loss::PerPixel, alpha: Some(0.5) },
        };
        resolve(&Recipe::declared(), to_map(&recipe), texts)
    }

    #[test]
    fn unnamed_fields_keep_the_recipe_and_later_texts_win() {
        let both = resolved(&["(epochs: 3, loss: flattened)", "(epochs: 4)"]).unwrap();
        let text = serde_json::to_string(&both).unwrap();
        assert_eq!(text, r#"{"alpha":0.5,"epochs":4,"longer":{},"loss":"flattened"}"#);
        assert_eq!(resolved(&["(alpha: None)"]).unwrap()["alpha"], Value::Null);
        let typed: Recipe = typed(&both).unwrap();
        assert_eq!((typed.length.epochs, typed.scores.loss), (4, Loss::Flattened));
    }

    #[test]
    fn errors_tell_which_text_and_where() {
        let place = |texts: &[&str]| {
            let (index, error) = resolved(texts).unwrap_err();
            (index, error.span.start.line, error.span.start.col)
        };
        assert_eq!(place(&["()", "(epoch: 3)"]), (1, 1, 2));
        assert_eq!(place(&["(epochs: 3,\n  alpha: \"much\")"]), (0, 2, 10));
        let (_, error) = resolved(&["(epoch: 3)"]).unwrap_err();
        assert!(error.to_string().contains("did you mean 'epochs'"), "{error}");
        assert!(typed::<Length>(&resolved(&[]).unwrap()).unwrap_err().contains("alpha"));
    }

    #[test]
    fn numbers_that_no_record_can_hold_are_refused_where_they_stand() {
        for (text, column) in
            [("(alpha: NaN)", 9), ("(epochs: 3, alpha: -inf)", 20), ("(alpha: Some(1e999))", 14)]
        {
            let (_, error) = resolved(&[text]).unwrap_err();
            assert_eq!(error.code.to_string(), finite::MESSAGE, "{text}");
            assert_eq!(error.span.start.col, column, "{text}");
        }
        assert!(resolved(&["(alpha: 1e300, loss: per_pixel)"]).is_ok());
    }

    #[test]
    fn ranges_are_checked_wherever_the_number_is() {
        let said =
            |text: &str| check(&Recipe::declared(), &resolved(&[text]).unwrap()).unwrap_err().to_string();
        assert_eq!(said("(alpha: 1.5)"), "option alpha: is 1.5, but must be 0 to 1, or None");
        assert_eq!(said("(longer: {\"nut\": 0})"), "option longer: must be at least 1 everywhere");
        assert!(said("(longer: {\"nut\": 5000000000})").contains("beyond all bounds"));
        assert!(check(&Recipe::declared(), &resolved(&[]).unwrap()).is_ok());
    }

    #[test]
    fn declarations_say_everything_once() {
        let declared = Recipe::declared();
        let said: Vec<_> =
            declared.iter().map(|option| (option.name, option.meaning.as_str(), option.values())).collect();
        assert_eq!(said[0], ("epochs", "Passes over the pictures.", "a whole number, at least 1".into()));
        assert_eq!(said[3], ("alpha", "Share of the reference.", "a number, 0 to 1, or None".into()));
        assert_eq!(super::super::small(&declared), "(epochs: 1)");
        let test: Vec<_> = super::super::of_class(&declared, super::super::Class::Test).collect();
        assert_eq!(test, ["alpha"]);
    }

    #[test]
    fn a_plugin_without_options_takes_none() {
        let none = resolve(&NoOptions::declared(), to_map(&NoOptions {}), &["()"]);
        assert_eq!(none.unwrap(), Map::new());
        assert!(resolve(&NoOptions::declared(), Map::new(), &["(epochs: 3)"]).is_err());
        assert_eq!(json!({}), Value::Object(to_map(&NoOptions {})));
    }
}
