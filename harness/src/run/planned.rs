//! What a plan expects of its run folder.

use crate::plan::Plan;
use crate::results::{Index, IndexEntry, RunFolder, StoreError};
use crate::run::todo::difference;
use std::collections::BTreeSet;

impl Plan {
    /// The index of a run folder that holds this plan and nothing else.
    fn index(&self) -> Index {
        Index {
            suite: self.suite.clone(),
            rules: self.rules.clone(),
            protocol: self.protocol,
            image_size: self.image_size,
            cells: self.entries(),
        }
    }

    /// The cells of this plan.
    pub fn entries(&self) -> Vec<IndexEntry> {
        let of_job = |job: &crate::plan::Job| {
            let entry = |cell: &crate::plan::Cell| IndexEntry {
                job: job.path(),
                cell: cell.label(),
                dataset: job.dataset_label.clone(),
                category: job.category.clone(),
                method: job.label.clone(),
                seed: job.seed,
                condition: cell.condition.clone(),
                settings: cell.settings.clone(),
                reference: job.reference(cell),
                key: job.cell_identity(cell).key(),
            };
            job.cells.iter().map(entry).collect::<Vec<_>>()
        };
        self.jobs.iter().flat_map(of_job).collect()
    }
}

impl RunFolder {
    /// Adds the plan's cells to the index. Cells of earlier runs stay in it.
    ///
    /// # Errors
    /// As [`earlier_index`](Self::earlier_index), or when it cannot be written.
    pub fn extend_index(&self, plan: &Plan) -> Result<Index, StoreError> {
        let index = plan.index().after(self.earlier_index(plan)?);
        self.write_index(&index)?;
        Ok(index)
    }

    /// The index that `plan` would extend, if there is one.
    ///
    /// # Errors
    /// When the folder holds results that can never stand in one table with those of `plan`, or that only a lost index
    /// knew.
    pub fn earlier_index(&self, plan: &Plan) -> Result<Option<Index>, StoreError> {
        let used = |reason| Err(StoreError::Used { path: self.path().into(), reason });
        match self.index() {
            Ok(Some(earlier)) if earlier.rules != plan.rules => {
                let what = difference(&earlier.rules, &plan.rules);
                used(format!("holds results under other rules ({what}), which no table may mix with these"))
            }
            Ok(Some(earlier)) => Ok(Some(earlier)),
            Err(StoreError::Version { .. }) => {
                used("holds results of another version of shiftbench, which this one cannot read".into())
            }
            // Only a list of what to expect: a plan that names every job that is here replaces it.
            lost @ (Ok(None) | Err(_)) => {
                let planned: BTreeSet<String> = plan.jobs.iter().map(|job| job.path()).collect();
                if let Some(other) = self.jobs()?.into_iter().find(|job| !planned.contains(job)) {
                    let why = lost.err().map_or("there is no index.json".into(), |error| error.to_string());
                    return used(format!(
                        "holds results of {other}, which this command does not name, and its list of results is lost \
                         ({why}): run the whole suite, without filters, once"
                    ));
                }
                Ok(None)
            }
        }
    }
}
