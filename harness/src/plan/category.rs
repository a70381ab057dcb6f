//! Categories of a data set: which a suite wants, and whether they can be tested.

use crate::contract::condition::Condition;
use crate::contract::dataset::{self, DataContext, Item, Split};
use crate::contract::error::DataError;
use crate::contract::plugin::Plugin;
use crate::contract::text::{self, nearest};
use crate::plan::PlanError;
use crate::prepared::Digests;
use crate::results::name::{alike, check_as_file};
use crate::suite::{DatasetChoice, Filter};
use std::collections::BTreeSet;
use std::path::Path;

/// A category of a data set, as it is now.
pub(super) struct Category {
    pub dataset: Plugin,
    pub name: String,
    /// Every image.
    pub items: Vec<Item>,
    /// See [`fingerprint`](dataset::fingerprint).
    pub fingerprint: String,
}

/// The categories that a suite wants of a data set and `filters` keep. Their names, of those not kept too, are added to
/// `known`. What `prepared` knows by its [`Digests`] is not read.
///
/// # Errors
/// When there is no such category, one lacks images, a file cannot be read, or a name could be no file's.
pub(super) fn open(
    choice: &DatasetChoice,
    context: &DataContext,
    prepared: Option<&Path>,
    filters: &[Filter],
    known: &mut BTreeSet<String>,
) -> Result<Vec<Category>, PlanError> {
    let data = |source| PlanError::Data { dataset: choice.label.clone(), source };
    let plugin = choice.entry.card.plugin(choice.options.clone());
    let dataset = (choice.entry.open)(&choice.options, context).map_err(data)?;
    let available = dataset.categories().map_err(data)?;
    if let Some(unknown) = choice.categories.iter().find(|written| !available.contains(&written.name)) {
        let hint = nearest(&unknown.name, available.iter().map(String::as_str));
        let hint = hint.map_or_else(String::new, |name| format!(": did you mean '{name}'?"));
        return Err(PlanError::Category(format!(
            "{}: {} has no category '{}'{hint} (it has: {})",
            unknown.place,
            choice.label,
            unknown.name,
            available.join(", ")
        )));
    }
    let wanted = match choice.categories.is_empty() {
        true => available,
        false => choice.categories.iter().map(|written| written.name.clone()).collect(),
    };
    check_names("category", &wanted).map_err(data)?;
    known.extend(wanted.iter().cloned());
    let kept = wanted.iter().filter(|name| Filter::keeps(filters, "category", name));
    kept.map(|name| {
        let items = dataset.items(name).map_err(data)?;
        let empty = |what| {
            data(DataError::Empty {
                dataset: choice.label.clone(),
                category: name.clone(),
                what,
                way_out: "add images, or leave the category out of the suite".into(),
            })
        };
        if !items.iter().any(|item| item.split == Split::Train) {
            return Err(empty("training images"));
        }
        if !items.iter().any(|item| Condition::Id.selects(item)) {
            return Err(empty("test images"));
        }
        let domains: BTreeSet<&String> = items.iter().filter_map(|item| item.domain.as_ref()).collect();
        check_names("domain", &domains.into_iter().cloned().collect::<Vec<_>>()).map_err(data)?;
        let digests = Digests::of(prepared, &plugin, name, &context.data_root);
        let digests = digests.find(&*dataset, name, &items).map_err(data)?;
        let fingerprint = dataset::fingerprint(&items, &digests);
        Ok(Category { dataset: plugin.clone(), name: name.clone(), items, fingerprint })
    })
    .collect()
}

/// Categories and domains become folders and files.
fn check_names(what: &str, names: &[String]) -> Result<(), DataError> {
    let shown = |name: &str| text::name(name).into_owned();
    for name in names {
        check_as_file(name).map_err(|reason| {
            DataError::Other(format!("{what} '{}' {reason}: rename it in the data", shown(name)))
        })?;
    }
    match alike(names) {
        Some((one, other)) => Err(DataError::Other(format!(
            "{what} '{}' and '{}' are one to file systems that ignore case: rename one in the data",
            shown(one),
            shown(other)
        ))),
        None => Ok(()),
    }
}
