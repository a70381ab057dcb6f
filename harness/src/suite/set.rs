//! `--set a.b=value`: overriding one value of a suite from the command line.

use super::protocol::{FORMS, Protocol};
use super::{Suite, SuiteError};
use crate::detector::BackboneChoice;
use crate::options::{Resolved, dialect};
use crate::registry::{self, BackboneEntry, Card, nearest};
use ron::error::SpannedError;
use serde::de::DeserializeOwned;

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
        let [option] = setting.path[..] else { return Err(setting.error("write it as option=value")) };
        let resolved = (card.resolve)(&[&setting.assignment(option, &options)]);
        let mut resolved =
            resolved.map_err(|(_, error)| setting.error(super::error::explain(&error.code)))?;
        options.extend(resolved.remove_entry(option));
    }
    Ok(options)
}

/// One `--set` argument.
pub(super) struct Setting<'a> {
    text: &'a str,
    path: Vec<&'a str>,
    value: &'a str,
}

impl<'a> Setting<'a> {
    pub fn parse(text: &'a str) -> Result<Self, SuiteError> {
        let fail = |message: &str| SuiteError::At { place: format!("--set {text}"), message: message.into() };
        let (path, value) = text.split_once('=').ok_or_else(|| fail("write it as a.b=value"))?;
        let path: Vec<&str> = path.trim().split('.').collect();
        Ok(Self { text, path, value: value.trim() })
    }

    pub fn error(&self, message: impl Into<String>) -> SuiteError {
        SuiteError::At { place: format!("--set {}", self.text), message: message.into() }
    }

    /// The protocol, if this setting sets it.
    pub fn protocol(&self) -> Option<Result<Protocol, SuiteError>> {
        let read = || dialect().from_str(self.value);
        let error =
            |error: SpannedError| self.error(format!("{}; {FORMS}", super::error::explain(&error.code)));
        (self.path == ["protocol"]).then(|| read().map_err(error))
    }

    /// Whether this setting names `option` of the plugin `label` of this kind, or of all of them.
    pub fn concerns(&self, kind: &str, label: &str, option: &str) -> bool {
        matches!(self.path.as_slice(), [of, whom, named] if *of == kind && [label, "*"].contains(whom) && *named == option)
    }

    /// `(option: value)` if this setting concerns the plugin `label` of this kind. `*` stands for
    /// every plugin that has the option.
    pub fn option_of(&self, kind: &str, label: &str, defaults: &Resolved) -> Option<String> {
        let [_, whom, option] = self.path.as_slice() else { return None };
        if !self.concerns(kind, label, option) || *whom == "*" && !defaults.contains_key(*option) {
            return None;
        }
        Some(self.assignment(option, defaults))
    }

    /// `(option: value)`, for a plugin whose options have these defaults.
    fn assignment(&self, option: &str, defaults: &Resolved) -> String {
        // Quotes around plain words are easily lost in a shell.
        let quoted = matches!(defaults.get(option), Some(serde_json::Value::String(_)))
            && dialect().from_str::<ron::Value>(self.value).is_err();
        if quoted { format!("({option}: {:?})", self.value) } else { format!("({option}: {})", self.value) }
    }

    /// Applies settings of the suite itself; those of plugins were applied with their options.
    pub fn apply(&self, suite: &mut Suite) -> Result<(), SuiteError> {
        match self.path.join(".").as_str() {
            "image_size" => suite.image_size = self.read()?,
            "seeds" => suite.seeds = self.read()?,
            "data_seed" => suite.data_seed = self.read()?,
            "keep_models" => suite.keep_models = self.read()?,
            "device" => suite.device = self.value.parse().map_err(|message: String| self.error(message))?,
            "severities" => {
                let severities: Vec<_> = self.read()?;
                let severities: Vec<_> = severities.into_iter().map(|severity| vec![severity]).collect();
                // A chain says its own.
                let alone = suite.shifts.iter_mut().filter(|choice| choice.shifts.len() == 1);
                alone.for_each(|choice| choice.severities.clone_from(&severities));
            }
            "backbone.name" => {
                let entry = registry::find::<BackboneEntry>(self.value.trim_matches('"'))
                    .map_err(|error| self.error(error.to_string()))?;
                let weights = suite.backbone.take().map(|backbone| backbone.weights).unwrap_or_default();
                suite.backbone = Some(BackboneChoice { name: entry.name.into(), weights });
            }
            "backbone.weights" => match &mut suite.backbone {
                Some(backbone) => backbone.weights = self.read()?,
                None => return Err(self.error("this suite has no backbone: set backbone.name first")),
            },
            "protocol" => {} // applied before everything else
            other => self.check_plugin(suite, other)?,
        }
        Ok(())
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, SuiteError> {
        dialect().from_str(self.value).map_err(|error| self.error(super::error::explain(&error.code)))
    }

    /// An option of a plugin must have concerned somebody.
    fn check_plugin(&self, suite: &Suite, path: &str) -> Result<(), SuiteError> {
        let labels: Vec<(&str, &Resolved)> = match self.path.as_slice() {
            ["methods", _, _] => suite.methods.iter().map(|m| (m.label.as_str(), &m.options)).collect(),
            ["datasets", _, _] => suite.datasets.iter().map(|d| (d.name.as_str(), &d.options)).collect(),
            ["shifts", _, _] => {
                let shifts = suite.shifts.iter().flat_map(|choice| &choice.shifts);
                shifts.map(|shift| (shift.name.as_str(), &shift.options)).collect()
            }
            [kind, ..] if KINDS.contains(kind) => {
                return Err(self.error(format!("write it as {kind}.NAME.OPTION=value")));
            }
            _ => {
                let hint =
                    nearest(path, KEYS).map_or_else(String::new, |key| format!(": did you mean '{key}'?"));
                let known = KEYS.join(", ");
                return Err(self.error(format!(
                    "unknown key '{path}'{hint} (known: {known}, and methods/datasets/shifts.NAME.OPTION)"
                )));
            }
        };
        let (whom, option) = (self.path[1], self.path[2]);
        let known = || labels.iter().map(|(label, _)| *label);
        if whom == "*" && !labels.iter().any(|(_, options)| options.contains_key(option)) {
            return Err(self.error(format!(
                "none of {} has an option '{option}'",
                known().collect::<Vec<_>>().join(", ")
            )));
        }
        if whom != "*" && !known().any(|label| label == whom) {
            let hint =
                nearest(whom, known()).map_or_else(String::new, |name| format!(": did you mean '{name}'?"));
            return Err(self.error(format!("the suite has no '{whom}' among its {}{hint}", self.path[0])));
        }
        Ok(())
    }
}
