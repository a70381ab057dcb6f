//! What a run folder should hold: `index.json`. Reports compare it with what is there.

use crate::contract::condition::Condition;
use crate::contract::options::Resolved;
use crate::contract::protocol::Protocol;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Every cell a run folder should hold.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Index {
    /// Suite name.
    pub suite: String,
    /// What all cells share: image size, protocol, corruption seed, backbone, metrics. Results under other rules never
    /// stand in the same table.
    pub rules: Value,
    /// Rules of the comparison.
    pub protocol: Protocol,
    /// Side of the network input in pixels.
    pub image_size: u32,
    /// Every cell, in table order.
    pub cells: Vec<IndexEntry>,
}

/// One expected cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexEntry {
    /// Job folder below the run folder.
    pub job: String,
    /// Cell label.
    pub cell: String,
    /// Data set label.
    pub dataset: String,
    /// Category.
    pub category: String,
    /// Method label.
    pub method: String,
    /// Seed.
    pub seed: u64,
    /// What happens to its test images.
    pub condition: Condition,
    /// Test-time options that differ from the method's own.
    pub settings: Resolved,
    /// Which reference image scores it, counted from 0; `None` if none does.
    pub reference: Option<usize>,
    /// Key its record must have.
    pub key: String,
}

impl Index {
    /// This index, with what `earlier` runs by the same rules left.
    pub fn after(self, earlier: Option<Index>) -> Self {
        let planned = self.cells;
        let earlier = earlier.map_or_else(Vec::new, |earlier| earlier.cells);
        // The fuller list gives the order, so that running a part does not reshuffle the table.
        let place = |entry: &IndexEntry| (entry.job.clone(), entry.cell.clone());
        let now: BTreeMap<_, _> = planned.iter().map(|entry| (place(entry), entry.clone())).collect();
        let (first, second) =
            if planned.len() >= earlier.len() { (planned, earlier) } else { (earlier, planned) };
        let known: BTreeSet<_> = first.iter().map(place).collect();
        let rest = second.into_iter().filter(|entry| !known.contains(&place(entry)));
        let mut cells: Vec<IndexEntry> = first.iter().cloned().chain(rest).collect();
        for entry in &mut cells {
            if let Some(planned) = now.get(&place(entry)) {
                entry.clone_from(planned);
            }
        }
        Self { cells, ..self }
    }
}
