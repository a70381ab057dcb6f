//! Who is there: every plugin linked into the program, by kind and name.
//!
//! Plugins register at link time (`inventory::submit!`). A plugin crate that nothing names is not
//! linked and registers nothing, silently; the command line therefore names each (`use methods as _`),
//! and a snapshot test of `list` guards it.

use crate::contract::backbone::{BackboneEntry, BackboneKind};
pub use crate::contract::card::Card;
use crate::contract::dataset::{DataContext, Dataset, DatasetPlugin};
use crate::contract::detector::{BuildContext, Cost, Detector, DetectorPlugin, Official};
use crate::contract::error::{DataError, DetectorError};
use crate::contract::facts::Facts;
use crate::contract::options::{self, OptionSet, Refusal, Resolved};
use crate::contract::resource::Resource;
use crate::contract::schedule::{Budget, Schedule};
use crate::contract::separation::Separation;
use crate::contract::shift::{Shift, ShiftPlugin};
use crate::contract::text::nearest;
use image::RgbImage;
use ron::error::SpannedError;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// A registered method.
pub struct DetectorEntry {
    /// Name, summary, paper, options.
    pub card: Card,
    /// Name of what is trained, which methods may share.
    pub training: &'static str,
    /// Whether it uses the suite's backbone.
    pub needs_backbone: bool,
    /// What that backbone must give.
    pub backbone_kind: BackboneKind,
    /// Whether it can work under these circumstances, with these options.
    pub accepts: fn(&Resolved, &Facts<'_>) -> Result<(), Refusal>,
    /// The backbone it uses instead of the suite's.
    pub own_backbone: Option<&'static str>,
    /// How costly a training is.
    pub cost: Cost,
    /// What a training leaves on disk.
    pub state: &'static str,
    /// Whether it is a method with its defaults alone.
    pub defaults_suffice: bool,
    /// A hash of what it runs beside this program.
    pub outside: fn(&Resolved) -> Result<Option<String>, DetectorError>,
    /// What it must show on planted defects.
    pub separation: Option<Separation>,
    /// Whether scores under these options depend on a reference image.
    pub uses_references: fn(&Resolved) -> bool,
    /// How long it would train on so many pictures, if it trains by steps.
    pub budget: fn(&Resolved, &Schedule, usize) -> Option<Budget>,
    /// Builds an untrained detector.
    pub build: fn(&Resolved, &BuildContext) -> Result<Box<dyn Detector>, DetectorError>,
    /// Builds a detector from a checkpoint of official code, if the method knows its format.
    pub official: Option<
        fn(
            &Resolved,
            &BuildContext,
            &Path,
            Option<&RgbImage>,
        ) -> Result<(Box<dyn Detector>, Official), DetectorError>,
    >,
}

/// A registered data set.
pub struct DatasetEntry {
    /// Name, summary, source, options.
    pub card: Card,
    /// What `fetch` brings.
    pub resources: &'static [&'static Resource],
    /// Writes a miniature of it below a data root.
    pub miniature: Option<fn(&Path) -> Result<(), DataError>>,
    /// Opens the data set.
    pub open: fn(&Resolved, &DataContext) -> Result<Box<dyn Dataset>, DataError>,
}

/// A registered shift.
pub struct ShiftEntry {
    /// Name, summary, source, options.
    pub card: Card,
    /// Builds the shift. Options must have been resolved by its card.
    pub build: fn(&Resolved) -> Result<Box<dyn Shift>, String>,
}

/// By its name, which is unique.
impl fmt::Debug for DetectorEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.card.name)
    }
}

/// By its name, which is unique.
impl fmt::Debug for DatasetEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.card.name)
    }
}

inventory::collect!(DetectorEntry);
inventory::collect!(DatasetEntry);
inventory::collect!(ShiftEntry);
inventory::collect!(BackboneEntry);

impl DetectorEntry {
    /// The entry of plugin `P`.
    pub const fn of<P: DetectorPlugin>() -> Self {
        Self {
            card: Card {
                name: P::NAME,
                summary: P::SUMMARY,
                source: P::PAPER,
                revision: P::REVISION,
                declare: P::Options::declared,
                resolve: |texts| {
                    options::resolve(&P::Options::declared(), options::to_map(&P::defaults()), texts)
                },
                check: |resolved| {
                    options::check(&P::Options::declared(), resolved)?;
                    Ok(P::check(&detector_options::<P>(resolved)?)?)
                },
            },
            training: P::TRAINING,
            needs_backbone: P::NEEDS_BACKBONE,
            backbone_kind: P::BACKBONE,
            accepts: |resolved, facts| {
                if let Some(backbone) = facts.backbone
                    && P::NEEDS_BACKBONE
                    && backbone.kind != P::BACKBONE
                {
                    return Err(Refusal { option: None, reason: wrong_backbone(P::BACKBONE, backbone) });
                }
                P::accepts(&detector_options::<P>(resolved)?, facts)
            },
            own_backbone: P::OWN_BACKBONE,
            cost: P::COST,
            state: P::STATE,
            defaults_suffice: P::DEFAULTS_SUFFICE,
            outside: |resolved| P::outside(&checked_options::<P>(resolved)?),
            separation: P::SEPARATION,
            uses_references: |resolved| {
                options::typed(resolved).is_ok_and(|options| P::uses_references(&options))
            },
            budget: |resolved, schedule, pictures| {
                P::budget(&options::typed(resolved).ok()?, schedule, pictures)
            },
            build: |resolved, context| P::build(checked_options::<P>(resolved)?, context),
            official: match P::OFFICIAL {
                Some(_) => Some(|resolved, context, file, reference| {
                    let load = P::OFFICIAL.ok_or(DetectorError::NoOfficialFormat)?;
                    load(checked_options::<P>(resolved)?, context, file, reference)
                }),
                None => None,
            },
        }
    }
}

fn resolve_own<O: OptionSet>(texts: &[&str]) -> Result<Resolved, (usize, SpannedError)> {
    options::resolve(&O::declared(), options::to_map(&O::default()), texts)
}

fn wrong_backbone(kind: BackboneKind, given: &BackboneEntry) -> String {
    let all = all::<BackboneEntry>().into_iter();
    let fitting: Vec<&str> = all.filter(|other| other.kind == kind).map(|other| other.name).collect();
    format!(
        "needs a backbone that gives {kind}, and {} gives {}: give it one of {}",
        given.name,
        given.kind,
        fitting.join(", ")
    )
}

fn detector_options<P: DetectorPlugin>(resolved: &Resolved) -> Result<P::Options, DetectorError> {
    options::typed(resolved).map_err(|reason| DetectorError::Option { option: P::NAME, reason })
}

fn checked_options<P: DetectorPlugin>(resolved: &Resolved) -> Result<P::Options, DetectorError> {
    let declared = P::Options::declared();
    options::check(&declared, resolved).map_err(|Refusal { option, reason }| {
        let known = declared.iter().find(|known| Some(known.name) == option.as_deref());
        DetectorError::Option { option: known.map_or(P::NAME, |known| known.name), reason }
    })?;
    let options = detector_options::<P>(resolved)?;
    P::check(&options)?;
    Ok(options)
}

impl DatasetEntry {
    /// The entry of plugin `P`.
    pub const fn of<P: DatasetPlugin>() -> Self {
        Self {
            card: Card {
                name: P::NAME,
                summary: P::SUMMARY,
                source: P::SOURCE,
                revision: P::REVISION,
                declare: P::Options::declared,
                resolve: resolve_own::<P::Options>,
                check: |resolved| {
                    options::check(&P::Options::declared(), resolved)?;
                    Ok(P::check(&options::typed(resolved).map_err(DataError::Other)?)?)
                },
            },
            resources: P::RESOURCES,
            miniature: P::MINIATURE,
            open: |resolved, context| {
                let in_range = options::check(&P::Options::declared(), resolved);
                in_range.map_err(|refusal| DataError::Other(refusal.to_string()))?;
                let options = options::typed(resolved).map_err(DataError::Other)?;
                P::check(&options)?;
                P::open(options, context)
            },
        }
    }
}

impl ShiftEntry {
    /// The entry of plugin `P`.
    pub const fn of<P: ShiftPlugin>() -> Self {
        Self {
            card: Card {
                name: P::NAME,
                summary: P::SUMMARY,
                source: P::SOURCE,
                revision: P::REVISION,
                declare: P::Options::declared,
                resolve: resolve_own::<P::Options>,
                check: |resolved| {
                    options::check(&P::Options::declared(), resolved)?;
                    let typed = options::typed::<P::Options>(resolved);
                    typed.map(drop).map_err(|reason| Refusal { option: None, reason })
                },
            },
            build: |resolved| Ok(P::build(options::typed(resolved)?)),
        }
    }
}

/// A kind of plugin.
pub trait Entry: inventory::Collect + Sized + 'static {
    /// `method`, `dataset`, ...
    const KIND: &'static str;
    /// The entry's name.
    fn name(&self) -> &'static str;
}

macro_rules! entry {
    ($type:ty, $kind:literal, $($name:tt)+) => {
        impl Entry for $type {
            const KIND: &'static str = $kind;
            fn name(&self) -> &'static str {
                self.$($name)+
            }
        }
    };
}
entry!(DetectorEntry, "method", card.name);
entry!(DatasetEntry, "dataset", card.name);
entry!(ShiftEntry, "shift", card.name);
entry!(BackboneEntry, "backbone", name);

/// Every entry of a kind, sorted by name (registration order is unspecified).
pub fn all<E: Entry>() -> Vec<&'static E> {
    let mut entries: Vec<_> = inventory::iter::<E>.into_iter().collect();
    entries.sort_by_key(|entry| entry.name());
    entries
}

/// A name no plugin of the kind has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {kind} '{name}'{}", hint(.nearest))]
pub struct UnknownName {
    /// The kind of plugin.
    pub kind: &'static str,
    /// What was asked for.
    pub name: String,
    /// The known name most like it, if one is like it.
    pub nearest: Option<String>,
}

fn hint(nearest: &Option<String>) -> String {
    nearest.as_ref().map_or_else(String::new, |name| format!(": did you mean '{name}'?"))
}

/// The entry of this name.
pub fn find<E: Entry>(name: &str) -> Result<&'static E, UnknownName> {
    inventory::iter::<E>.into_iter().find(|entry| entry.name() == name).ok_or_else(|| UnknownName {
        kind: E::KIND,
        name: name.into(),
        nearest: nearest(name, all::<E>().iter().map(|entry| entry.name())),
    })
}

/// Names that a kind has twice: with two plugins of one name, results would depend on link order.
pub fn duplicates_of<E: Entry>() -> Vec<String> {
    let mut counts = BTreeMap::new();
    for entry in inventory::iter::<E> {
        *counts.entry(entry.name()).or_insert(0) += 1;
    }
    let twice = counts.into_iter().filter(|(_, count)| *count > 1);
    twice.map(|(name, count)| format!("{} '{name}' is registered {count} times", E::KIND)).collect()
}

/// [`duplicates_of`] every kind of plugin.
pub fn duplicates() -> Vec<String> {
    let methods = duplicates_of::<DetectorEntry>().into_iter();
    let data = methods.chain(duplicates_of::<DatasetEntry>()).chain(duplicates_of::<ShiftEntry>());
    data.chain(duplicates_of::<BackboneEntry>()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_one_sentence() {
        let error = UnknownName { kind: "method", name: "gln".into(), nearest: Some("gnl".into()) };
        assert_eq!(error.to_string(), "unknown method 'gln': did you mean 'gnl'?");
    }
}
