//! Options as a plugin declares them: each once, with everything that is said about it.

use super::dialect;
use super::kind::Kind;
use super::rule::{Class, Rule};
use ron::error::SpannedError;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// One option of a plugin.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Its name in suites.
    pub name: &'static str,
    /// What it means: the documentation of its field, in one line.
    pub meaning: String,
    /// Class, range and small value.
    pub rule: Rule,
    /// What values its type has.
    pub kind: Kind,
    /// Reads a value of its type, written as RON.
    pub(super) read: fn(&str) -> Result<Value, SpannedError>,
}

impl Declared {
    /// The option `name` of type `T`. For [`options!`](crate::options).
    pub fn of<T: Serialize + DeserializeOwned>(name: &'static str, documentation: &str, rule: Rule) -> Self {
        Self {
            name,
            meaning: documentation.split_whitespace().collect::<Vec<_>>().join(" "),
            rule,
            kind: Kind::of::<T>(),
            read: |text| {
                let value: T = dialect().from_str(text)?;
                Ok(serde_json::to_value(value).unwrap_or_default())
            },
        }
    }

    /// The range, and what else it may be, in words.
    pub fn values(&self) -> String {
        match (self.rule.range(), &self.kind) {
            (range, kind) if range.is_empty() => kind.to_string(),
            (range, Kind::Optional(inner)) => format!("{inner}, {range}, or None"),
            (range, kind) => format!("{kind}, {range}"),
        }
    }
}

/// The options of a plugin, or a group of them. Made by [`options!`](crate::options).
pub trait OptionSet: Serialize + DeserializeOwned + Default {
    /// Every option, in the order in which they are written down.
    fn declared() -> Vec<Declared>;
}

/// The small values of those that have one, as a text of options: `(epochs: 1, width: 8)`.
pub fn small(options: &[Declared]) -> String {
    let small = options.iter().filter_map(|option| Some(format!("{}: {}", option.name, option.rule.small?)));
    format!("({})", small.collect::<Vec<_>>().join(", "))
}

/// The names of those of a class.
pub fn of_class(options: &[Declared], class: Class) -> impl Iterator<Item = &'static str> {
    options.iter().filter(move |option| option.rule.class == class).map(|option| option.name)
}

/// Declares the options of a plugin.
///
/// Every field has documentation, which is what users read of it; a type; its default; and, behind `=>`, its
/// [`Class`] with range and small value. The struct reads and writes itself (serde) and has these
/// defaults.
///
/// ```
/// harness::options! {
///     /// Options of a method.
///     pub struct Options {
///         /// Passes over the training pictures.
///         pub epochs: usize = 20 => length().at_least(1).small("1"),
///         /// Weight of the reference when features are mixed; none switches it off.
///         pub alpha: Option<f64> = None => test().share(),
///     }
/// }
/// ```
///
/// Options that belong together become groups, which are structs of their own in the program and nothing in suites:
///
/// ```
/// # harness::options! {
/// #     /// How it trains.
/// #     pub struct Training {
/// #         /// Passes over the training pictures.
/// #         pub epochs: usize = 20 => length().at_least(1),
/// #     }
/// # }
/// harness::options! {
///     /// Options of a method.
///     pub struct Options groups {
///         /// How it trains.
///         pub training: Training,
///     }
/// }
/// ```
#[macro_export]
macro_rules! options {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $($(#[doc = $doc:literal])+ $field_vis:vis $field:ident: $type:ty = $default:expr => $rule:expr),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, $crate::serde::Serialize, $crate::serde::Deserialize)]
        #[serde(crate = "harness::serde", default)]
        $vis struct $name {
            $($(#[doc = $doc])+ $field_vis $field: $type),*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default),* }
            }
        }

        impl $crate::contract::options::OptionSet for $name {
            fn declared() -> Vec<$crate::contract::options::Declared> {
                #[allow(unused_imports)] // Few plugins have options of every class.
                use $crate::contract::options::{data, length, place, test, training};
                vec![$($crate::contract::options::Declared::of::<$type>(
                    stringify!($field), concat!($($doc, "\n"),+), $rule
                )),*]
            }
        }
    };
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident groups {
            $($(#[doc = $doc:literal])+ $field_vis:vis $field:ident: $type:ty),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Default, $crate::serde::Serialize, $crate::serde::Deserialize)]
        #[serde(crate = "harness::serde")]
        $vis struct $name {
            $($(#[doc = $doc])+ #[serde(flatten)] $field_vis $field: $type),*
        }

        impl $crate::contract::options::OptionSet for $name {
            fn declared() -> Vec<$crate::contract::options::Declared> {
                let groups = [$(<$type as $crate::contract::options::OptionSet>::declared()),*];
                groups.into_iter().flatten().collect()
            }
        }
    };
}

crate::options! {
    /// Options of a plugin that has none.
    #[derive(Copy, Eq)]
    pub struct NoOptions {}
}
