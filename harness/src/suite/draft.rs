//! From a suite's text to a [`Suite`]: names looked up, options resolved, mistakes located.

use super::budget::{refusal, refuse};
use super::error::{Source, explain};
use super::set::Setting;
use super::{DatasetChoice, MethodChoice, Protocol, ShiftChoice, Suite, SuiteError, Sweep};
use crate::detector::{BackboneChoice, DeviceChoice, Weights};
use crate::options::{Resolved, dialect};
use crate::plan::Plugin;
use crate::registry::{self, BackboneEntry, Card, DatasetEntry, DetectorEntry, ShiftEntry};
use crate::shift::{self, Severity};
use ron::value::RawValue;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// What was written. Names and options stay text, so that mistakes in them can be located.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "Suite")]
struct Written<'a> {
    summary: String,
    #[serde(borrow)]
    protocol: &'a RawValue,
    image_size: u32,
    #[serde(borrow, default)]
    backbone: Option<WrittenBackbone<'a>>,
    #[serde(default)]
    seeds: Option<Vec<u64>>,
    #[serde(default)]
    data_seed: u64,
    #[serde(default)]
    device: DeviceChoice,
    #[serde(default = "yes")]
    keep_models: bool,
    #[serde(borrow)]
    datasets: Vec<WrittenDataset<'a>>,
    #[serde(borrow, default)]
    shifts: Vec<&'a RawValue>,
    #[serde(borrow)]
    methods: Vec<WrittenMethod<'a>>,
    #[serde(default)]
    sweeps: Vec<Sweep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBackbone<'a> {
    #[serde(borrow)]
    name: &'a RawValue,
    #[serde(default)]
    weights: Weights,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDataset<'a> {
    #[serde(borrow)]
    name: &'a RawValue,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(borrow, default)]
    options: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenShift<'a> {
    #[serde(borrow)]
    name: &'a RawValue,
    severities: Vec<Severity>,
    #[serde(borrow, default)]
    options: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMethod<'a> {
    #[serde(borrow)]
    name: &'a RawValue,
    #[serde(default)]
    label: Option<String>,
    #[serde(borrow, default)]
    backbone: Option<WrittenBackbone<'a>>,
    #[serde(borrow, default)]
    options: Option<&'a RawValue>,
}

/// The method name that stands for every method not named before.
const EVERY: &str = "*";

fn yes() -> bool {
    true
}

impl Suite {
    /// The suite that `text` describes, with `settings` (`a.b=value`, from `--set`) laid over it.
    ///
    /// `name` is the suite's name and `file` how messages call the text.
    pub fn parse(name: &str, file: &str, text: &str, settings: &[String]) -> Result<Suite, SuiteError> {
        let source = Source { file, text };
        let written: Written<'_> =
            dialect().from_str(text).map_err(|error| source.ron_error(text, &error))?;
        let settings = settings.iter().map(|text| Setting::parse(text)).collect::<Result<Vec<_>, _>>()?;
        // First, because seeds and the meaning of options depend on it.
        let protocol = match settings.iter().rev().find_map(Setting::protocol) {
            Some(set) => set?,
            None => source.protocol(written.protocol.get_ron())?,
        };
        let resolver = Resolver { source, settings: &settings, protocol };

        let backbone = written.backbone.as_ref().map(|backbone| resolver.backbone(backbone));
        let datasets = written.datasets.iter().map(|dataset| {
            let card = resolver.find::<DatasetEntry>(dataset.name)?.card;
            let options = resolver.options("datasets", card.name, &card, dataset.options)?;
            Ok(DatasetChoice { name: card.name.into(), categories: dataset.categories.clone(), options })
        });
        let shifts = written.shifts.iter().map(|shift| resolver.shift(shift));
        let mut methods = Vec::new();
        for method in &written.methods {
            match resolver.read::<String>(method.name)?.as_str() {
                EVERY => methods.extend(resolver.every_method(method, &methods)?),
                _ => methods.push(resolver.method(method)?),
            }
        }
        let mut suite = Suite {
            name: name.into(),
            summary: written.summary,
            protocol,
            image_size: written.image_size,
            backbone: backbone.transpose()?,
            seeds: written.seeds.unwrap_or_else(|| protocol.default_seeds()),
            data_seed: written.data_seed,
            device: written.device,
            keep_models: written.keep_models,
            datasets: datasets.collect::<Result<_, SuiteError>>()?,
            shifts: shifts.collect::<Result<_, SuiteError>>()?,
            methods,
            sweeps: written.sweeps,
        };
        for setting in &settings {
            setting.apply(&mut suite)?;
        }
        suite.check()?;
        Ok(suite)
    }

    /// What types cannot say: nothing empty, nothing twice, sizes that networks can take.
    fn check(&self) -> Result<(), SuiteError> {
        let fail = |message: String| Err(SuiteError::Whole { suite: self.name.clone(), message });
        self.protocol.check().or_else(fail)?;
        if self.image_size < 32 || !self.image_size.is_multiple_of(32) {
            return fail(format!("image_size {} is not a positive multiple of 32", self.image_size));
        }
        for (what, count) in
            [("seeds", self.seeds.len()), ("datasets", self.datasets.len()), ("methods", self.methods.len())]
        {
            if count == 0 {
                return fail(format!("{what} is empty: name at least one"));
            }
        }
        let mut labels = BTreeSet::new();
        for method in &self.methods {
            let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.+".contains(letter);
            if method.label.is_empty() || method.label.starts_with('.') || !method.label.chars().all(plain) {
                return fail(format!(
                    "label '{}' is not a plain name (letters, digits, - _ . +)",
                    method.label
                ));
            }
            if !labels.insert(&method.label) {
                return fail(format!("method '{}' stands twice: give one a label", method.label));
            }
            let entry = registry::find::<DetectorEntry>(&method.name);
            if self.backbone_of(method).is_none() && entry.is_ok_and(|entry| entry.needs_backbone) {
                return fail(format!(
                    "method '{}' needs a backbone: add `backbone: (name: ...)`",
                    method.name
                ));
            }
        }
        let mut conditions = BTreeSet::new();
        for condition in self.shifts.iter().flat_map(ShiftChoice::conditions) {
            if !conditions.insert(condition.label()) {
                return fail(format!("shift {} stands twice", condition.label()));
            }
        }
        for sweep in &self.sweeps {
            let has = |method: &MethodChoice| {
                registry::find::<DetectorEntry>(&method.name)
                    .is_ok_and(|entry| entry.test_options.contains(&sweep.option.as_str()))
            };
            if !self.methods.iter().any(has) {
                return fail(format!("no method has a test-time option '{}' to sweep", sweep.option));
            }
        }
        Ok(())
    }
}

struct Resolver<'a> {
    source: Source<'a>,
    settings: &'a [Setting<'a>],
    protocol: Protocol,
}

impl<'a> Resolver<'a> {
    fn read<T: DeserializeOwned>(&self, raw: &'a RawValue) -> Result<T, SuiteError> {
        dialect().from_str(raw.get_ron()).map_err(|error| self.source.ron_error(raw.get_ron(), &error))
    }

    fn find<E: registry::Entry>(&self, name: &'a RawValue) -> Result<&'static E, SuiteError> {
        registry::find(&self.read::<String>(name)?).map_err(|error| self.source.error(name.get_ron(), error))
    }

    fn backbone(&self, written: &WrittenBackbone<'a>) -> Result<BackboneChoice, SuiteError> {
        let entry = self.find::<BackboneEntry>(written.name)?;
        Ok(BackboneChoice { name: entry.name.into(), weights: written.weights.clone() })
    }

    /// One shift with its severities, or several in one string such as `"contrast(3) + gaussian_noise(2)"`.
    fn shift(&self, written: &'a RawValue) -> Result<ShiftChoice, SuiteError> {
        let plugin = |card: Card, written| {
            let options = self.options("shifts", card.name, &card, written)?;
            Ok::<_, SuiteError>(Plugin { name: card.name.into(), revision: card.revision, options })
        };
        if !written.get_ron().trim_start().starts_with('(') {
            let (text, place) = (self.read::<String>(written)?, written.get_ron());
            let chain = shift::parse(&text, None).map_err(|error| self.source.error(place, error))?;
            let (names, severities): (Vec<_>, Vec<_>) = chain.into_iter().unzip();
            let shifts = names.into_iter().map(|name| {
                let entry = registry::find::<ShiftEntry>(name);
                plugin(entry.map_err(|error| self.source.error(place, error))?.card, None)
            });
            return Ok(ShiftChoice {
                shifts: shifts.collect::<Result<_, _>>()?,
                severities: vec![severities],
            });
        }
        let written: WrittenShift<'a> = dialect()
            .from_str(written.get_ron())
            .map_err(|error| self.source.ron_error(written.get_ron(), &error))?;
        let shift = plugin(self.find::<ShiftEntry>(written.name)?.card, written.options)?;
        let severities = written.severities.into_iter().map(|severity| vec![severity]).collect();
        Ok(ShiftChoice { shifts: vec![shift], severities })
    }

    fn method(&self, written: &WrittenMethod<'a>) -> Result<MethodChoice, SuiteError> {
        let entry = self.find::<DetectorEntry>(written.name)?;
        let card = entry.card;
        let label = written.label.clone().unwrap_or_else(|| card.name.into());
        let options = self.options("methods", &label, &card, written.options)?;
        self.check_budget(&label, written.options, entry.budget_options)?;
        let backbone = written.backbone.as_ref().map(|backbone| self.backbone(backbone)).transpose()?;
        if backbone.is_some() && !entry.needs_backbone {
            let message = format!("method '{}' uses no backbone", card.name);
            return Err(self.source.error(written.name.get_ron(), message));
        }
        Ok(MethodChoice { name: card.name.into(), label, backbone, options })
    }

    /// Every registered method not yet `named`, cheapest first. Options apply to those that have them.
    fn every_method(
        &self,
        written: &WrittenMethod<'a>,
        named: &[MethodChoice],
    ) -> Result<Vec<MethodChoice>, SuiteError> {
        let common: Resolved = match written.options {
            Some(raw) => match self.read(raw)? {
                serde_json::Value::Object(options) => options,
                _ => Resolved::new(),
            },
            None => Resolved::new(),
        };
        let mut entries = registry::all::<DetectorEntry>();
        entries.sort_by_key(|entry| entry.cost);
        let is_new = |entry: &&DetectorEntry| named.iter().all(|method| method.name != entry.card.name);
        let methods = entries.into_iter().filter(is_new).map(|entry| {
            let mut options = self.options("methods", entry.card.name, &entry.card, None)?;
            self.check_budget(entry.card.name, written.options, entry.budget_options)?;
            let common = common.iter().filter(|(option, _)| options.contains_key(*option));
            let common: Vec<_> = common.map(|(option, value)| (option.clone(), value.clone())).collect();
            let set =
                |option: &str| self.settings.iter().any(|s| s.concerns("methods", entry.card.name, option));
            options.extend(common.into_iter().filter(|(option, _)| !set(option)));
            let name = entry.card.name.to_owned();
            Ok(MethodChoice { label: name.clone(), name, backbone: None, options })
        });
        let methods = methods.collect::<Result<Vec<_>, SuiteError>>()?;
        let unknown = common.keys().find(|option| methods.iter().all(|m| !m.options.contains_key(*option)));
        match (unknown, written.options) {
            (Some(option), Some(raw)) => {
                Err(self.source.error(raw.get_ron(), format!("no method has an option '{option}'")))
            }
            _ => Ok(methods),
        }
    }

    /// Under equal steps nobody asks for a length of their own.
    fn check_budget(
        &self,
        label: &str,
        written: Option<&'a RawValue>,
        options: &[&str],
    ) -> Result<(), SuiteError> {
        if self.protocol == Protocol::Released {
            return Ok(());
        }
        if let Some(text) = written.map(RawValue::get_ron) {
            refuse(text, options, &self.protocol).map_err(|error| self.source.ron_error(text, &error))?;
        }
        for setting in self.settings {
            if let Some(option) = options.iter().find(|option| setting.concerns("methods", label, option)) {
                return Err(setting.error(refusal(&self.protocol, option)));
            }
        }
        Ok(())
    }

    /// A plugin's options: its defaults, then the file, then each `--set kind.label.option=value`.
    fn options(
        &self,
        kind: &str,
        label: &str,
        card: &Card,
        written: Option<&'a RawValue>,
    ) -> Result<Resolved, SuiteError> {
        let defaults = (card.resolve)(&[]).unwrap_or_default();
        let text = written.map(RawValue::get_ron);
        let mut texts: Vec<String> = text.map(str::to_owned).into_iter().collect();
        let mut origins = vec![None; texts.len()];
        for setting in self.settings {
            if let Some(option) = setting.option_of(kind, label, &defaults) {
                texts.push(option);
                origins.push(Some(setting));
            }
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        (card.resolve)(&texts).map_err(|(index, error)| match (origins[index], text) {
            (None, Some(part)) => self.source.ron_error(part, &error),
            (Some(setting), _) => setting.error(explain(&error.code)),
            (None, None) => SuiteError::Whole { suite: label.into(), message: explain(&error.code) },
        })
    }
}
