//! `--set a.b=value`: overriding one value of a suite from the command line.

use super::SuiteError;
use super::piece::{Piece, Source};
use super::{MethodChoice, Suite};
use crate::contract::options::{Resolved, dialect};
use crate::contract::registry::Card;
use crate::contract::text::nearest;

/// Keys of a suite that can be set as a whole.
const KEYS: [&str; 9] = [
    "image_size",
    "seeds",
    "data_seed",
    "device",
    "keep_models",
    "severities",
    "backbone.name",
    "backbone.weights",
    "protocol",
];

/// Kinds of plugins whose options can be set: `methods.LABEL.OPTION`.
const KINDS: [&str; 3] = ["methods", "datasets", "shifts"];

/// `options` of one plugin with `option=value` texts laid over them, for commands without a suite.
///
/// # Errors
/// The first text that names no option of the plugin, or a value that does not suit it.
pub fn set_options(card: &Card, options: &Resolved, texts: &[String]) -> Result<Resolved, SuiteError> {
    let mut options = options.clone();
    for text in texts {
        let setting = Setting::parse(text)?;
        let [option] = setting.path[..] else { return Err(setting.value.error("write it as option=value")) };
        let resolved = (card.resolve)(&[&setting.assignment(option, &options)]);
        let mut resolved = resolved.map_err(|(_, error)| setting.value.ron_error(&error))?;
        options.extend(resolved.remove_entry(option));
    }
    Ok(options)
}

/// Every `--set`, in order: later ones win.
pub(super) struct Settings<'a>(Vec<Setting<'a>>);

impl<'a> Settings<'a> {
    pub fn parse(texts: &'a [String]) -> Result<Self, SuiteError> {
        texts.iter().map(|text| Setting::parse(text)).collect::<Result<_, _>>().map(Self)
    }

    /// What was set for the key `path` of the suite itself.
    pub fn value(&self, path: &str) -> Option<Piece<'a>> {
        let set = self.0.iter().rev().find(|setting| setting.path.join(".") == path);
        set.map(|setting| setting.value)
    }

    /// What was set for `option` of the plugin `label` of this kind, or of all of them.
    pub fn option(&self, kind: &str, label: &str, option: &str) -> Option<Piece<'a>> {
        let set = self.0.iter().rev().find(|setting| setting.concerns(kind, label, option));
        set.map(|setting| setting.value)
    }

    /// `(option: value)` for each setting that concerns the plugin `label` of this kind, with its place. `*` stands
    /// for every plugin that has the option.
    pub fn assignments(&self, kind: &str, label: &str, defaults: &Resolved) -> Vec<(String, Piece<'a>)> {
        let assignment = |setting: &Setting<'a>| {
            let option = *setting.path.last()?;
            let every = setting.whom() == "*";
            let meant = setting.concerns(kind, label, option) && (!every || defaults.contains_key(option));
            meant.then(|| (setting.assignment(option, defaults), setting.value))
        };
        self.0.iter().filter_map(assignment).collect()
    }

    /// Whatever was set must have concerned somebody.
    pub fn check(&self, suite: &Suite) -> Result<(), SuiteError> {
        self.0.iter().try_for_each(|setting| setting.check(suite))
    }
}

/// One `--set` argument.
struct Setting<'a> {
    path: Vec<&'a str>,
    value: Piece<'a>,
}

impl<'a> Setting<'a> {
    fn parse(text: &'a str) -> Result<Self, SuiteError> {
        let source = Source::Setting(text);
        let (path, value) =
            text.split_once('=').ok_or_else(|| source.whole().error("write it as a.b=value"))?;
        Ok(Self { path: path.trim().split('.').collect(), value: source.part(value) })
    }

    fn concerns(&self, kind: &str, label: &str, option: &str) -> bool {
        // A label may have dots of its own.
        let [of, .., named] = self.path[..] else { return false };
        let whom = self.whom();
        of == kind && named == option && (whom == label || whom == "*")
    }

    /// The label in `methods.LABEL.OPTION`.
    fn whom(&self) -> String {
        match self.path.len() {
            0..3 => String::new(),
            count => self.path[1..count - 1].join("."),
        }
    }

    /// `(option: value)`, for a plugin whose options have these defaults.
    fn assignment(&self, option: &str, defaults: &Resolved) -> String {
        let value = self.value.text;
        // Quotes around plain words are easily lost in a shell.
        let quoted = matches!(defaults.get(option), Some(serde_json::Value::String(_)))
            && dialect().from_str::<ron::Value>(value).is_err();
        if quoted { format!("({option}: {value:?})") } else { format!("({option}: {value})") }
    }

    fn check(&self, suite: &Suite) -> Result<(), SuiteError> {
        let path = self.path.join(".");
        if KEYS.contains(&path.as_str()) {
            return Ok(());
        }
        let fail = |message: String| Err(self.value.error(message));
        let kind = self.path[0];
        if !KINDS.contains(&kind) {
            let hint =
                nearest(&path, KEYS).map_or_else(String::new, |key| format!(": did you mean '{key}'?"));
            let known = KEYS.join(", ");
            return fail(format!(
                "unknown key '{path}'{hint} (known: {known}, and methods/datasets/shifts.NAME.OPTION)"
            ));
        }
        if self.path.len() < 3 {
            return fail(format!("write it as {kind}.NAME.OPTION=value"));
        }
        let plugins: Vec<(&str, &Resolved)> = match kind {
            "methods" => {
                suite.methods.iter().map(|MethodChoice { label, options, .. }| (&**label, options)).collect()
            }
            "datasets" => suite.datasets.iter().map(|dataset| (&*dataset.label, &dataset.options)).collect(),
            _ => {
                let shifts = suite.shifts.iter().flat_map(|choice| &choice.shifts);
                shifts.map(|shift| (shift.name.as_str(), &shift.options)).collect()
            }
        };
        let (whom, option) = (self.whom(), self.path[self.path.len() - 1]);
        let known = || plugins.iter().map(|(label, _)| *label);
        if whom == "*" && !plugins.iter().any(|(_, options)| options.contains_key(option)) {
            let known: Vec<&str> = known().collect();
            return fail(format!("none of {} has an option '{option}'", known.join(", ")));
        }
        if whom != "*" && !known().any(|label| label == whom) {
            let hint =
                nearest(&whom, known()).map_or_else(String::new, |name| format!(": did you mean '{name}'?"));
            return fail(format!("the suite has no '{whom}' among its {kind}{hint}"));
        }
        Ok(())
    }
}
