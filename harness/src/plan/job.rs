//! Jobs and cells: what one worker process does, and the keys that recognise it when it is done.

use super::weights::Teacher;
use crate::dataset::{Item, Split};
use crate::detector::{BackboneChoice, BuildContext, DeviceChoice, Weights};
use crate::metrics;
use crate::options::Resolved;
use crate::registry::{self, DetectorEntry};
use crate::shift::Severity;
use crate::suite::Protocol;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Raised when records change their form or keys their meaning.
pub const SCHEMA: u32 = 1;

/// A plugin with everything that identifies its behaviour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plugin {
    /// Registered name.
    pub name: String,
    /// Code revision.
    pub revision: u32,
    /// Every option.
    pub options: Resolved,
}

/// One training and its tests. Everything the worker process needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    /// Suite name.
    pub suite: String,
    /// Rules of the comparison.
    pub protocol: Protocol,
    /// Data set.
    pub dataset: Plugin,
    /// Category.
    pub category: String,
    /// Fingerprint of the category's data.
    pub data: String,
    /// How many images it has.
    pub images: ImageCounts,
    /// Method.
    pub method: Plugin,
    /// Name of the method in tables and paths.
    pub label: String,
    /// Seed of the training.
    pub seed: u64,
    /// Seed of the corruptions.
    pub data_seed: u64,
    /// Side of the network input in pixels.
    pub image_size: u32,
    /// The teacher, for methods that use one.
    pub teacher: Option<Teacher>,
    /// Where to compute.
    pub device: DeviceChoice,
    /// Whether the trained state stays on disk.
    pub keep_model: bool,
    /// Folder of data and weights.
    pub data_root: PathBuf,
    /// What to test; the first cell is always the distribution trained on.
    pub cells: Vec<Cell>,
}

/// Images of one category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageCounts {
    /// Normal training images.
    pub train: usize,
    /// Test images of the distribution trained on.
    pub test: usize,
    /// Test images of all natural domains together.
    pub domains: usize,
}

/// One condition under one test-time setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// What happens to the test images.
    pub condition: Condition,
    /// Test-time options that differ from the method's own.
    pub settings: Resolved,
}

/// The distribution test images come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// In distribution: as trained on.
    Id,
    /// A synthetic shift of the in-distribution test images.
    Shift {
        /// The shift.
        shift: Plugin,
        /// How strong.
        severity: Severity,
    },
    /// Test images of another natural domain.
    Domain(String),
}

impl Condition {
    /// Name in tables and paths: `id`, `contrast-3`, `art_painting`.
    pub fn label(&self) -> String {
        match self {
            Self::Id => "id".into(),
            Self::Shift { shift, severity } => format!("{}-{severity}", shift.name),
            Self::Domain(name) => name.clone(),
        }
    }

    /// Whether `item` is tested under this condition.
    pub fn selects(&self, item: &Item) -> bool {
        let domain = match self {
            Self::Domain(name) => Some(name),
            _ => None,
        };
        item.split == Split::Test && item.domain.as_ref() == domain
    }
}

impl Cell {
    /// Name in paths: the condition, with settings where there are any (`id@alpha=0.25`).
    pub fn label(&self) -> String {
        let settings = self.settings.iter().map(|(option, value)| match value {
            Value::String(text) => format!("@{option}={text}"),
            other => format!("@{option}={other}"),
        });
        self.condition.label() + &settings.collect::<String>()
    }
}

impl Job {
    /// Name in messages and below the suite's folder: `elpv/mono/gnl/seed0`.
    pub fn path(&self) -> String {
        format!("{}/{}/{}/seed{}", self.dataset.name, self.category, self.label, self.seed)
    }

    /// What a training depends on.
    pub fn identity(&self) -> Value {
        let mut method = self.method.clone();
        for option in self.test_options() {
            method.options.remove(*option);
        }
        json!({
            "schema": SCHEMA,
            "dataset": self.dataset,
            "category": self.category,
            "data": self.data,
            "method": method,
            "seed": self.seed,
            "image_size": self.image_size,
            "backbone": self.teacher.as_ref().map(|teacher| json!({
                "name": teacher.choice.name,
                "weights": teacher.weights_hash,
            })),
        })
    }

    /// What a test depends on besides its training.
    pub fn cell_identity(&self, cell: &Cell) -> Value {
        let options = self.options(cell);
        let settings: Resolved =
            self.test_options().iter().filter_map(|name| options.get_key_value(*name)).map(owned).collect();
        json!({
            "training": hash(&self.identity()),
            "condition": cell.condition,
            "settings": settings,
            "data_seed": self.data_seed,
            "metrics": metrics::VERSION,
        })
    }

    /// The method's options for testing `cell`.
    pub fn options(&self, cell: &Cell) -> Resolved {
        let mut options = self.method.options.clone();
        options.extend(cell.settings.iter().map(owned));
        options
    }

    /// What detectors of this job are built with.
    pub fn build_context(&self) -> BuildContext {
        let none = BackboneChoice { name: String::new(), weights: Weights::Pretrained };
        BuildContext {
            image_size: self.image_size,
            backbone: self.teacher.as_ref().map_or(none, |teacher| teacher.choice.clone()),
            device: self.device,
            data_root: self.data_root.clone(),
        }
    }

    fn test_options(&self) -> &'static [&'static str] {
        registry::find::<DetectorEntry>(&self.method.name).map_or(&[], |entry| entry.test_options)
    }
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// A short hash of a canonical (key-sorted) JSON value.
pub fn hash(identity: &Value) -> String {
    blake3::hash(identity.to_string().as_bytes()).to_hex()[..16].to_string()
}
