//! Jobs and cells: what one worker process does, and the keys that recognise it when it is done.

use crate::contract::backbone::{BackboneChoice, Teacher, Weights};
use crate::contract::condition::Condition;
use crate::contract::dataset::ImageCounts;
use crate::contract::detector::{BuildContext, REFERENCE};
use crate::contract::device::DeviceChoice;
use crate::contract::options::{Class, Resolved};
use crate::contract::plugin::Plugin;
use crate::contract::protocol::Protocol;
use crate::contract::registry::{self, DatasetEntry, DetectorEntry};
use crate::contract::schedule::Budget;
use crate::metrics::{self, Metric};
use crate::results::{
    Length, MetricsIdentity, References, SCHEMA, TeacherIdentity, TestIdentity, TrainingIdentity,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;

/// One training and its tests. Everything the worker process needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    /// Suite name.
    pub suite: String,
    /// Rules of the comparison.
    pub protocol: Protocol,
    /// Data set.
    pub dataset: Plugin,
    /// Name of the data set in tables and paths.
    pub dataset_label: String,
    /// Category.
    pub category: String,
    /// Fingerprint of the category's data.
    pub data: String,
    /// How many images it has.
    pub images: ImageCounts,
    /// Method.
    pub method: Plugin,
    /// A hash of what the method runs beside this program, if it runs anything.
    #[serde(default)]
    pub outside: Option<String>,
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
    /// Folder of prepared pictures and digests; `None` to make each anew. See [`crate::prepared`].
    #[serde(default)]
    pub prepared: Option<PathBuf>,
    /// What to test; the first cell is always the distribution trained on.
    pub cells: Vec<Cell>,
}

/// One condition under one test-time setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// What happens to the test images.
    pub condition: Condition,
    /// Test-time options that differ from the method's own.
    pub settings: Resolved,
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
        format!("{}/{}/{}/seed{}", self.dataset_label, self.category, self.label, self.seed)
    }

    /// The method with the options that count under the job's protocol: where all take equal steps,
    /// those without its own budget.
    pub fn method_as_run(&self) -> Plugin {
        let mut method = self.method.clone();
        if self.protocol != Protocol::Released {
            self.options_of(Class::Length).for_each(|option| drop(method.options.remove(option)));
        }
        method
    }

    /// The data set without the options that say where its files lie: the fingerprint stands for what is in them.
    pub(crate) fn dataset_as_content(&self) -> Plugin {
        let mut dataset = self.dataset.clone();
        if let Ok(entry) = registry::find::<DatasetEntry>(&dataset.name) {
            entry.card.of_class(Class::Place).for_each(|option| drop(dataset.options.remove(option)));
        }
        dataset
    }

    /// What a training depends on.
    pub fn identity(&self) -> TrainingIdentity {
        let mut method = self.method_as_run();
        if let Some(entry) = self.entry() {
            method.name = entry.training.into();
        }
        let others = self.options_of(Class::Test).chain(self.options_of(Class::Place));
        others.for_each(|option| drop(method.options.remove(option)));
        let schedule = self.has_budget().then_some(match self.protocol {
            Protocol::Released => Length::Own,
            Protocol::Strict { steps, batch, .. } => Length::Equal { steps, batch },
        });
        let references = self.keeps_references().then_some(match self.protocol {
            Protocol::Released => References::First,
            Protocol::Strict { references, .. } => References::Drawn(references),
        });
        TrainingIdentity {
            schema: SCHEMA,
            dataset: self.dataset_as_content(),
            category: self.category.clone(),
            data: self.data.clone(),
            method,
            outside: self.outside.clone(),
            schedule,
            references,
            seed: self.seed,
            image_size: self.image_size,
            backbone: self.teacher.as_ref().map(|teacher| TeacherIdentity {
                name: teacher.choice.name.clone(),
                weights: teacher.weights_hash.clone(),
            }),
        }
    }

    /// What a test depends on.
    pub fn cell_identity(&self, cell: &Cell) -> TestIdentity {
        let options = self.options(cell);
        let settings = self.options_of(Class::Test).filter_map(|name| options.get_key_value(name));
        TestIdentity {
            training: self.identity().key(),
            protocol: self.protocol,
            condition: cell.condition.clone(),
            settings: settings.map(owned).collect(),
            data_seed: self.data_seed,
            metrics: MetricsIdentity {
                version: metrics::VERSION,
                names: registry::all::<Metric>().into_iter().map(|metric| metric.name.into()).collect(),
            },
        }
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

    /// Whether the training is given reference images: whether the method can use any. Whether it does
    /// is a matter of test-time options, which need no new training.
    pub fn keeps_references(&self) -> bool {
        self.entry().is_some_and(|entry| entry.card.is(REFERENCE, Class::Test))
    }

    /// Which reference image scores `cell`, counted from 0; `None` if none does.
    pub fn reference(&self, cell: &Cell) -> Option<usize> {
        let options = self.options(cell);
        let uses = self.keeps_references() && (self.entry()?.uses_references)(&options);
        options.get(REFERENCE).filter(|_| uses)?.as_u64().map(|reference| reference as usize)
    }

    /// Whether the method trains for a length that its options, or the protocol, decide.
    pub fn has_budget(&self) -> bool {
        self.entry().is_some_and(|entry| entry.card.has(Class::Length))
    }

    /// How long the training is, if it goes by steps.
    pub fn budget(&self) -> Option<Budget> {
        let schedule = self.protocol.schedule(&self.category);
        (self.entry()?.budget)(&self.method.options, &schedule, self.images.train)
    }

    /// The names of the method's options of a class.
    fn options_of(&self, class: Class) -> impl Iterator<Item = &'static str> {
        self.entry().into_iter().flat_map(move |entry| entry.card.of_class(class))
    }

    fn entry(&self) -> Option<&'static DetectorEntry> {
        registry::find::<DetectorEntry>(&self.method.name).ok()
    }
}

fn owned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}
