//! A suite: which methods are compared on which data, under which shifts, by which protocol.
//!
//! A RON file is [parsed](Suite::parse) in two stages: first what was written, then, with `--set`
//! overrides laid over it, what it means ([`Suite`], every default filled in, every name known, every value checked).

mod error;
mod file;
mod filter;
mod methods;
mod once;
mod options;
mod parse;
mod piece;
mod protocol;
mod resolve;
mod set;
mod shifts;
mod written;

use crate::contract::protocol::Protocol;
pub use error::SuiteError;
pub use file::read_text;
pub use filter::Filter;
pub use set::set_options;

use crate::contract::backbone::{BackboneChoice, Weights};
use crate::contract::condition::{Condition, Link};
use crate::contract::device::DeviceChoice;
use crate::contract::options::Resolved;
use crate::contract::plugin::Plugin;
use crate::contract::registry::{DatasetEntry, DetectorEntry};
use crate::contract::shift::Severity;
use serde_json::Value;

/// A suite with everything resolved.
#[derive(Clone, Debug)]
pub struct Suite {
    /// Name: of the built-in suite, or the file's stem.
    pub name: String,
    /// One line.
    pub summary: String,
    /// The rules training and testing follow; named in every record and table.
    pub protocol: Protocol,
    /// Side of the square network input in pixels.
    pub image_size: u32,
    /// The teacher, if any method needs one.
    pub backbone: Option<BackboneChoice>,
    /// One training per seed.
    pub seeds: Vec<u64>,
    /// Root of every random corruption, so that all methods and seeds see the same pictures.
    pub data_seed: u64,
    /// Where to compute.
    pub device: DeviceChoice,
    /// Whether trained states stay on disk, so that later shifts need no new training.
    pub keep_models: bool,
    /// Data sets.
    pub datasets: Vec<DatasetChoice>,
    /// Synthetic shifts; natural ones come with their data set.
    pub shifts: Vec<ShiftChoice>,
    /// Methods.
    pub methods: Vec<MethodChoice>,
    /// Test-time options to sweep over.
    pub sweeps: Vec<Sweep>,
}

/// A data set of a suite.
#[derive(Clone, Debug)]
pub struct DatasetChoice {
    /// The data set.
    pub entry: &'static DatasetEntry,
    /// Name in tables and paths; differs from the registered one when a suite runs one data set in two places.
    pub label: String,
    /// Categories to run; all of them if empty.
    pub categories: Vec<CategoryChoice>,
    /// Every option.
    pub options: Resolved,
}

/// A category of a data set of a suite.
#[derive(Clone, Debug)]
pub struct CategoryChoice {
    /// Its name. Only the data tell whether there is such a category.
    pub name: String,
    /// Where it is written, for messages.
    pub place: String,
}

/// A shift of a suite, or several one after another.
#[derive(Clone, Debug)]
pub struct ShiftChoice {
    /// In the order in which they are applied; mostly one.
    pub shifts: Vec<Plugin>,
    /// What to test: in each condition, one severity for every shift.
    pub severities: Vec<Vec<Severity>>,
}

impl ShiftChoice {
    /// Name in filters: `contrast`, or `contrast+gaussian_noise`.
    pub fn name(&self) -> String {
        self.shifts.iter().map(|shift| shift.name.as_str()).collect::<Vec<_>>().join("+")
    }

    /// One condition for each entry of `severities`.
    pub fn conditions(&self) -> impl Iterator<Item = Condition> {
        self.severities.iter().map(|severities| {
            let links = self.shifts.iter().cloned().zip(severities);
            Condition::of(links.map(|(shift, &severity)| Link { shift, severity }).collect())
        })
    }
}

/// A method of a suite.
#[derive(Clone, Debug)]
pub struct MethodChoice {
    /// The method.
    pub entry: &'static DetectorEntry,
    /// Name in tables and paths; differs from the registered one when a suite runs one method in two settings.
    pub label: String,
    /// The backbone that the suite gives to this method alone.
    pub backbone: Option<BackboneChoice>,
    /// Every option.
    pub options: Resolved,
}

impl Suite {
    /// The backbone of `method`: what the suite gives to it alone, else the method's own, else the
    /// suite's; `None` for methods that use none. Where the suite's has random weights, a method's own has
    /// the same kind.
    pub fn backbone_of(&self, method: &MethodChoice) -> Option<BackboneChoice> {
        let entry = method.entry;
        let own = entry.own_backbone.map(|name| {
            let common = self.backbone.as_ref().map(|common| common.weights.clone());
            let weights = common.filter(|weights| matches!(weights, Weights::Random(_))).unwrap_or_default();
            BackboneChoice { name: name.into(), weights }
        });
        let common = || self.backbone.clone().filter(|_| entry.needs_backbone);
        method.backbone.clone().or(own).or_else(common)
    }
}

/// Values of a test-time option, each tested without training again.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// Option name; the sweep applies to the methods that have it as a test option.
    pub option: String,
    /// Values besides the method's own.
    pub values: Vec<Value>,
}
