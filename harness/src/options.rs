//! Options of a plugin: RON text laid over typed defaults.
//!
//! A recipe's defaults differ from its `Options` type's defaults (GNL and RD share one type), so a
//! field the text leaves out takes the recipe's value, not the type's. Overlaying is per field of
//! the outermost struct.

use ron::error::SpannedError;
use ron::extensions::Extensions;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

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
    fn a_plugin_without_options_takes_none() {
        assert!(resolve(&NoOptions {}, &["()"]).unwrap().is_empty());
        assert!(resolve(&NoOptions {}, &["(a: 1)"]).is_err());
    }
}
