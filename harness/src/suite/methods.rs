//! The methods of a suite.

use super::once::{Once, members};
use super::options::named;
use super::piece::Piece;
use super::resolve::{Mention, Resolver, no_length};
use super::written::WrittenMethod;
use super::{MethodChoice, Suite, SuiteError};
use crate::contract::backbone::BackboneEntry;
use crate::contract::facts::Facts;
use crate::contract::options::Class;
use crate::contract::protocol::Protocol;
use crate::contract::registry::{self, DetectorEntry};

/// The method name that stands for every method not named before.
const EVERY: &str = "*";

/// A method, and where it is named.
pub(super) type Placed<'a> = (MethodChoice, Piece<'a>);

impl<'a> Resolver<'a> {
    pub fn methods(&self, list: Piece<'a>) -> Result<Vec<Placed<'a>>, SuiteError> {
        let mut methods: Vec<Placed<'a>> = Vec::new();
        let mut labels = Once::new("method", "give one a label");
        for member in members("methods", list)? {
            let written: WrittenMethod<'a> = member.borrow()?;
            let place = self.source.piece(written.name);
            let new = match place.read::<String>()?.as_str() {
                EVERY => self.every_method(&written, place, &methods)?,
                _ => vec![self.method(&written, place)?],
            };
            for (method, place) in new {
                labels.add(&method.label, place)?;
                methods.push((method, place));
            }
        }
        Ok(methods)
    }

    fn method(&self, written: &WrittenMethod<'a>, name: Piece<'a>) -> Result<Placed<'a>, SuiteError> {
        let entry = self.find::<DetectorEntry>(name)?;
        let (label, place) = self.label(written.label, entry.card.name, name)?;
        let plugin =
            Mention { kind: "methods", label: &label, place: name, written: self.piece(written.options) };
        let options = self.options(plugin, &entry.card, &[])?;
        self.check_method(plugin, entry, &options)?;
        let backbone = self.piece(written.backbone).map(|written| self.backbone(written)).transpose()?;
        if let Some((_, place)) = backbone
            && !entry.needs_backbone
        {
            return Err(place.error(format!("method '{}' uses no backbone", entry.card.name)));
        }
        let backbone = backbone.map(|(choice, _)| choice);
        Ok((MethodChoice { entry, label, backbone, options }, place))
    }

    /// Every registered method not yet `known`, cheapest first. Options apply to those that have them.
    fn every_method(
        &self,
        written: &WrittenMethod<'a>,
        place: Piece<'a>,
        known: &[Placed<'a>],
    ) -> Result<Vec<Placed<'a>>, SuiteError> {
        for (what, given) in [("label", written.label), ("backbone", written.backbone)] {
            if let Some(given) = self.piece(given) {
                return Err(given.error(format!("a {what} is for one method, and '{EVERY}' is all of them")));
            }
        }
        let written = self.piece(written.options);
        let common = written.map_or(Ok(Vec::new()), named)?;
        let mut entries = registry::all::<DetectorEntry>();
        entries.retain(|entry| entry.defaults_suffice);
        entries.sort_by_key(|entry| entry.cost);
        let is_new = |entry: &&DetectorEntry| {
            known.iter().all(|(method, _)| method.entry.card.name != entry.card.name)
        };
        let methods = entries.into_iter().filter(is_new).map(|entry| {
            let label = entry.card.name.to_owned();
            let plugin = Mention { kind: "methods", label: &label, place, written: None };
            let options = self.options(plugin, &entry.card, &common)?;
            self.check_method(Mention { written, ..plugin }, entry, &options)?;
            Ok((MethodChoice { entry, label, backbone: None, options }, place))
        });
        let methods = methods.collect::<Result<Vec<_>, SuiteError>>()?;
        let unknown = |name: &str| methods.iter().all(|(method, _)| !method.options.contains_key(name));
        match common.iter().find(|option| unknown(&option.name)) {
            Some(option) => Err(option.key.error(format!("no method has an option '{}'", option.name))),
            None => Ok(methods),
        }
    }

    /// What depends on the protocol: under equal steps nobody asks for a length of their own, and a reference image
    /// must be there.
    fn check_method(
        &self,
        plugin: Mention<'a, '_>,
        entry: &DetectorEntry,
        options: &crate::contract::options::Resolved,
    ) -> Result<(), SuiteError> {
        if self.protocol != Protocol::Released {
            for option in entry.card.of_class(Class::Length) {
                if let Some(place) = self.place_of(plugin, option) {
                    return Err(place.error(no_length(&self.protocol, option)));
                }
            }
        }
        self.has_reference(entry, options).map_err(|refusal| self.refused(plugin, &refusal))
    }
}

/// Every method must have the backbone that it needs, and accept what it is given on every data set.
pub(super) fn check_facts(suite: &Suite, places: &[Piece<'_>]) -> Result<(), SuiteError> {
    for (method, place) in suite.methods.iter().zip(places) {
        let entry = method.entry;
        let choice = suite.backbone_of(method);
        let label = &method.label;
        if entry.needs_backbone && choice.is_none() {
            return Err(
                place.error(format!("method '{label}' needs a backbone: add `backbone: (name: ...)`"))
            );
        }
        let backbone = choice.map(|choice| registry::find::<BackboneEntry>(&choice.name)).transpose();
        let backbone = backbone.map_err(|error| place.error(error))?;
        for dataset in &suite.datasets {
            let facts = Facts {
                protocol: &suite.protocol,
                image_size: suite.image_size,
                backbone,
                dataset: dataset.entry.card.name,
            };
            (entry.accepts)(&method.options, &facts).map_err(|refusal| {
                let colon = if refusal.option.is_some() { ":" } else { "" };
                place.error(format!("method '{label}'{colon} {refusal}"))
            })?;
        }
    }
    Ok(())
}
