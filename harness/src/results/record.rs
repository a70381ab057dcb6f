//! What a run leaves on disk, as data.

use crate::contract::backbone::Teacher;
use crate::contract::condition::Condition;
use crate::contract::dataset::ImageCounts;
use crate::contract::device::DeviceChoice;
use crate::contract::picture::Geometry;
use crate::contract::plugin::Plugin;
use crate::contract::protocol::Protocol;
use crate::metrics::MetricResult;
use crate::results::identity::{TestIdentity, TrainingIdentity};
use crate::results::map_sheet::MapSheet;
use crate::results::state::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A metric in a record: a number, or the reason why there is none. Never NaN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricValue {
    /// A finite number.
    Value(f64),
    /// Why it is undefined.
    Undefined(String),
}

impl MetricValue {
    /// The number, if there is one.
    pub fn value(&self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(*value),
            Self::Undefined(_) => None,
        }
    }
}

impl From<MetricResult> for MetricValue {
    fn from(metric: MetricResult) -> Self {
        match metric {
            Ok(value) if value.is_finite() => Self::Value(value),
            Ok(value) => Self::Undefined(format!("computed as {value}")),
            Err(reason) => Self::Undefined(reason.to_string()),
        }
    }
}

/// Time and memory of one phase of a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Peak resident memory of the process in MiB; 0 where unknown.
    pub peak_memory_mib: u64,
}

/// Who computed a number, where and with what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// shiftbench's version.
    pub version: String,
    /// Its source revision, `unknown` outside a checkout.
    pub revision: String,
    /// Versions of the libraries that compute.
    pub libraries: BTreeMap<String, String>,
    /// Device asked for.
    pub device: DeviceChoice,
    /// Processor.
    pub cpu: String,
    /// Threads the process could use.
    pub threads: usize,
}

/// A training: `job.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JobRecord {
    /// Hash of `identity`.
    pub key: String,
    /// Everything the training depended on.
    pub identity: TrainingIdentity,
    /// The data set with every option, also those that say where its files lie.
    pub dataset: Plugin,
    /// The method with every option that counts under the protocol, test-time ones included.
    pub method: Plugin,
    /// The teacher.
    pub teacher: Option<Teacher>,
    /// Rules of the comparison.
    pub protocol: Protocol,
    /// Images of the category.
    pub images: ImageCounts,
    /// How pictures were brought to the network.
    pub geometry: Geometry,
    /// Reading and resizing the training images.
    pub loading: Phase,
    /// Training.
    pub training: Phase,
    /// Optimisation steps done; `None` for methods that take none.
    pub steps: Option<usize>,
    /// Identifiers of the reference images, in the order of the test option that chooses one.
    pub references: Vec<String>,
    /// The trained state, file by file.
    pub state: State,
    /// Numbers that the trained state holds, the teacher's excluded; `None` where the method does not say.
    pub parameters: Option<u64>,
    /// Who computed it.
    pub provenance: Provenance,
}

/// A test: `cells/<label>.json`. Its per-image scores lie beside it as `<label>.csv`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellRecord {
    /// Hash of `identity`.
    pub key: String,
    /// Everything the test depended on.
    pub identity: TestIdentity,
    /// Data set label; the job record holds the plugin.
    pub dataset: String,
    /// Category.
    pub category: String,
    /// Method label.
    pub method: String,
    /// Seed.
    pub seed: u64,
    /// Rules of the comparison.
    pub protocol: Protocol,
    /// Teacher in words (`efficientnet_lite0`, `resnet18 (random weights)`); `None` without one.
    pub teacher: Option<String>,
    /// What happened to the test images.
    pub condition: Condition,
    /// Test-time options that differ from the method's own.
    pub settings: BTreeMap<String, Value>,
    /// Version of the metric definitions.
    pub metrics_version: u32,
    /// Every metric by name.
    pub metrics: BTreeMap<String, MetricValue>,
    /// Images tested.
    pub images: usize,
    /// [`State::digest`] of the trained state that scored them.
    pub state: String,
    /// Hash of the score file.
    pub scores_hash: String,
    /// Its anomaly maps, which lie beside it as `<label>.png`; `None` where the method makes none, and for
    /// cells of other test-time settings than the method's own.
    pub maps: Option<MapSheet>,
    /// Reading, shifting and resizing images.
    pub loading: Phase,
    /// Scoring them.
    pub scoring: Phase,
    /// Who computed it.
    pub provenance: Provenance,
}

/// One line of a score file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoredImage {
    /// Image identifier.
    pub image: String,
    /// 1 for an anomaly.
    pub anomalous: u8,
    /// Higher is more anomalous.
    pub score: f32,
}
