//! From what was written to what it means: names looked up, options resolved and checked, each mistake at its place.

use super::once::{Once, members, some};
use super::options::{Named, named};
use super::piece::{Piece, Source};
use super::set::Settings;
use super::written::{WrittenBackbone, WrittenDataset, WrittenSweep};
use super::{CategoryChoice, DatasetChoice, SuiteError, Sweep};
use crate::contract::backbone::BackboneChoice;
use crate::contract::backbone::BackboneEntry;
use crate::contract::detector::REFERENCE;
use crate::contract::options::{Class, Refusal, Resolved};
use crate::contract::protocol::Protocol;
use crate::contract::registry::{self, Card, DatasetEntry, DetectorEntry};
use crate::results::name::check_label;
use ron::value::RawValue;
use serde_json::Value;

/// Why an option of length is refused under a protocol of equal steps: naming one is a mistake, not a wish that is
/// silently passed over.
pub(super) fn no_length(protocol: &Protocol, option: &str) -> String {
    format!(
        "the protocol, {protocol}, decides how long methods train: leave '{option}' out, change the protocol's \
         steps and batch, or choose `protocol: released`, under which it counts"
    )
}

/// A plugin as it stands in a suite.
#[derive(Clone, Copy)]
pub(super) struct Mention<'a, 'b> {
    /// `methods`, `datasets` or `shifts`.
    pub kind: &'static str,
    /// By which `--set` calls it.
    pub label: &'b str,
    /// Where it is named.
    pub place: Piece<'a>,
    /// What is written of its options.
    pub written: Option<Piece<'a>>,
}

pub(super) struct Resolver<'a> {
    pub source: Source<'a>,
    pub settings: &'a Settings<'a>,
    pub protocol: Protocol,
}

impl<'a> Resolver<'a> {
    pub fn find<E: registry::Entry>(&self, name: Piece<'a>) -> Result<&'static E, SuiteError> {
        registry::find(&name.word()?).map_err(|error| name.error(error))
    }

    pub fn piece(&self, raw: Option<&'a RawValue>) -> Option<Piece<'a>> {
        raw.map(|raw| self.source.piece(raw))
    }

    /// The teacher that is written, and how it is called.
    pub fn backbone(&self, written: Piece<'a>) -> Result<(BackboneChoice, Piece<'a>), SuiteError> {
        let written: WrittenBackbone<'a> = written.borrow()?;
        let name = self.source.piece(written.name);
        let weights = self.piece(written.weights);
        Ok((chosen(self.find(name)?, weights)?, name))
    }

    /// The suite's own, with what was set.
    pub fn common_backbone(
        &self,
        written: Option<&'a RawValue>,
    ) -> Result<Option<BackboneChoice>, SuiteError> {
        let written = self.piece(written).map(|written| self.backbone(written)).transpose()?;
        let (name, weights) = (self.settings.value("backbone.name"), self.settings.value("backbone.weights"));
        let entry = match (name, &written) {
            (Some(name), _) => self.find::<BackboneEntry>(name)?,
            (None, Some((_, name))) => self.find(*name)?,
            (None, None) => {
                let missing = "this suite has no backbone: set backbone.name first";
                return weights.map_or(Ok(None), |weights| Err(weights.error(missing)));
            }
        };
        let before = written.map(|(choice, _)| choice.weights).unwrap_or_default();
        let weights = weights.map_or(Ok(before), Piece::read)?;
        Ok(Some(BackboneChoice { name: entry.name.into(), weights }))
    }

    pub fn datasets(&self, list: Piece<'a>) -> Result<Vec<DatasetChoice>, SuiteError> {
        let mut labels = Once::new("data set", "give one a label");
        let dataset = |member: Piece<'a>| {
            let written: WrittenDataset<'a> = member.borrow()?;
            let name = self.source.piece(written.name);
            let entry = self.find::<DatasetEntry>(name)?;
            let card = &entry.card;
            let (label, place) = self.label(written.label, card.name, name)?;
            labels.add(&label, place)?;
            let categories = self.piece(written.categories);
            let categories = categories.map_or(Ok(Vec::new()), |list| self.categories(list))?;
            let written = self.piece(written.options);
            let options =
                self.options(Mention { kind: "datasets", label: &label, place: name, written }, card, &[])?;
            Ok(DatasetChoice { entry, label, categories, options })
        };
        members("datasets", list)?.into_iter().map(dataset).collect()
    }

    /// None are named for all of them.
    fn categories(&self, list: Piece<'a>) -> Result<Vec<CategoryChoice>, SuiteError> {
        let mut known = Once::new("category", "leave one out");
        let category = |member: Piece<'a>| {
            let name: String = member.read()?;
            known.add(&name, member).map(|()| CategoryChoice { name, place: member.place() })
        };
        some("categories", list)?.into_iter().map(category).collect()
    }

    /// The label that is written, or else `name`; and where it stands.
    pub fn label(
        &self,
        written: Option<&'a RawValue>,
        name: &str,
        place: Piece<'a>,
    ) -> Result<(String, Piece<'a>), SuiteError> {
        let Some(place) = self.piece(written) else { return Ok((name.into(), place)) };
        let label: String = place.read()?;
        check_label(&label).map_err(|reason| place.error(format!("label '{label}' {reason}")))?;
        Ok((label, place))
    }

    /// A plugin's options: its defaults, then `common` ones that it has, then the file, then each
    /// `--set kind.label.option=value`.
    pub fn options(
        &self,
        plugin: Mention<'a, '_>,
        card: &Card,
        common: &[Named<'a>],
    ) -> Result<Resolved, SuiteError> {
        let defaults = (card.resolve)(&[]).unwrap_or_default();
        let common = common.iter().filter(|option| defaults.contains_key(&option.name));
        let common = common.map(|option| (format!("({}: {})", option.name, option.value.text), option.value));
        let written = plugin.written.map(|piece| (piece.text.to_owned(), piece));
        let set = self.settings.assignments(plugin.kind, plugin.label, &defaults);
        let (texts, places): (Vec<String>, Vec<Piece<'a>>) = common.chain(written).chain(set).unzip();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let resolved = (card.resolve)(&texts).map_err(|(index, error)| match places[index] {
            place if place.text == texts[index] => place.ron_error(&error),
            place => place.error(super::piece::explain(&error.code)),
        })?;
        (card.check)(&resolved).map_err(|refusal| self.refused(plugin, &refusal))?;
        Ok(resolved)
    }

    /// What is wrong with an option, where it was set or written.
    pub fn refused(&self, plugin: Mention<'a, '_>, refusal: &Refusal) -> SuiteError {
        let place = refusal.option.as_deref().and_then(|option| self.place_of(plugin, option));
        place.unwrap_or(plugin.place).error(refusal)
    }

    /// Where `option` was set or written last.
    pub fn place_of(&self, plugin: Mention<'a, '_>, option: &str) -> Option<Piece<'a>> {
        let written = || named(plugin.written?).ok()?.into_iter().find(|named| named.name == option);
        let set = self.settings.option(plugin.kind, plugin.label, option);
        set.or_else(|| written().map(|named| named.key))
    }

    /// Sweeps, whose every value must suit every method that has the option. `methods` come with their places.
    pub fn sweeps(
        &self,
        list: Option<Piece<'a>>,
        methods: &[(super::MethodChoice, Piece<'a>)],
    ) -> Result<Vec<Sweep>, SuiteError> {
        let mut known = Once::new("sweep over", "put their values into one list");
        let list = list.map_or(Ok(Vec::new()), |list| some("sweeps", list))?;
        let sweep = |member: Piece<'a>| {
            let written: WrittenSweep<'a> = member.borrow()?;
            let place = self.source.piece(written.option);
            let option: String = place.read()?;
            known.add(&option, place)?;
            let swept = methods.iter().map(|(method, _)| method);
            let swept: Vec<_> = swept.filter(|method| method.entry.card.is(&option, Class::Test)).collect();
            if swept.is_empty() {
                return Err(place.error(format!("no method has a test-time option '{option}' to sweep")));
            }
            let mut once = Once::new("value", "leave one out");
            let value = |place: Piece<'a>| {
                let mut found = Value::Null;
                for method in &swept {
                    let entry = method.entry;
                    let text = format!("({option}: {})", place.text);
                    let resolved = (entry.card.resolve)(&[&text]);
                    let resolved =
                        resolved.map_err(|(_, error)| place.error(super::piece::explain(&error.code)))?;
                    found = resolved.get(&option).cloned().unwrap_or_default();
                    let mut options = method.options.clone();
                    options.insert(option.clone(), found.clone());
                    let suits = (entry.card.check)(&options).and(self.has_reference(entry, &options));
                    suits.map_err(|refusal| place.error(format!("method '{}': {refusal}", method.label)))?;
                }
                once.add(&found.to_string(), place).map(|()| found)
            };
            let values = members("values", self.source.piece(written.values))?;
            let values = values.into_iter().map(value).collect::<Result<_, _>>()?;
            Ok(Sweep { option, values })
        };
        list.into_iter().map(sweep).collect()
    }

    /// Whether there is the reference image that these options score with.
    pub fn has_reference(&self, entry: &DetectorEntry, options: &Resolved) -> Result<(), Refusal> {
        let count = self.protocol.references();
        match options.get(REFERENCE).and_then(Value::as_u64) {
            Some(reference) if (entry.uses_references)(options) && reference >= count as u64 => {
                Err(Refusal {
                    option: Some(REFERENCE.into()),
                    reason: format!(
                        "is {reference}, but the protocol, {}, gives {count} reference image{}, counted from 0",
                        self.protocol,
                        if count == 1 { "" } else { "s" }
                    ),
                })
            }
            _ => Ok(()),
        }
    }
}

fn chosen(entry: &BackboneEntry, weights: Option<Piece<'_>>) -> Result<BackboneChoice, SuiteError> {
    Ok(BackboneChoice {
        name: entry.name.into(),
        weights: weights.map_or(Ok(Default::default()), Piece::read)?,
    })
}
