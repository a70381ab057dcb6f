//! Pictures for reports, made from the data again, exactly as the cells saw them.

use crate::contract::chain::Chain;
use crate::contract::seed::Root;
use crate::results::{Exhibit, Failure, FailureKind, RunFolder, Shown};
use crate::run::source::{Source, data};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

impl RunFolder {
    /// Keeps the pictures of `exhibits` that are not there yet, or not whole.
    ///
    /// # Errors
    /// When the data are not there, are not those the cells were tested on, or nothing can be written.
    pub fn keep_exhibits(&self, exhibits: &[Exhibit<'_>], data_root: &Path) -> Result<(), Failure> {
        let mut sources: BTreeMap<String, Source> = BTreeMap::new();
        for exhibit in exhibits {
            if matches!(self.exhibit(exhibit), Ok(Some(_))) {
                continue;
            }
            let source = match sources.entry(format!("{}/{}", exhibit.cell.dataset, exhibit.cell.category)) {
                Entry::Occupied(source) => source.into_mut(),
                Entry::Vacant(place) => place.insert(open(exhibit, data_root)?),
            };
            self.keep_exhibit(exhibit, show(source, exhibit)?)?;
        }
        Ok(())
    }
}

/// The category that `exhibit` is from, if it is still what was tested.
fn open(exhibit: &Exhibit<'_>, data_root: &Path) -> Result<Source, Failure> {
    let planned = &exhibit.job.identity.data;
    Source::open(&exhibit.job.dataset, &exhibit.cell.category, data_root, None, planned)
}

fn show(source: &Source, exhibit: &Exhibit<'_>) -> Result<Shown, Failure> {
    let condition = &exhibit.cell.condition;
    let mut tested = source.items.iter().filter(|item| condition.selects(item));
    let unknown = || {
        let image = exhibit.image;
        data(format!("{}/{} has no test image {image}", exhibit.cell.dataset, source.category))
    };
    let item = tested.find(|item| item.id == exhibit.image).ok_or_else(unknown)?;
    let shifts = Chain::build(condition.links());
    let shifts = shifts.map_err(|error| Failure::new(FailureKind::Shift, error))?;
    let root = Root::new(exhibit.cell.identity.data_seed, &exhibit.job.dataset.name, &source.category);
    source.show(&root, &shifts, item, exhibit.job.geometry)
}
