//! From a suite to jobs and cells.
//!
//! A [`Job`] is one training: method x data set x category x seed. A [`Cell`] is that job tested under
//! one condition and one test-time setting. Both have keys: hashes of everything that can change
//! their result and of nothing else (no clock, path, order or device), so that a finished cell is
//! recognised whatever else changed.

use crate::dataset::{DataContext, Dataset, Item, Split};
use crate::detector::{BackboneChoice, BuildContext, DeviceChoice, Weights};
use crate::error::DataError;
use crate::metrics;
use crate::options::Resolved;
use crate::registry::{self, BackboneEntry, DatasetEntry, DetectorEntry, ShiftEntry};
use crate::shift::Severity;
use crate::suite::{DatasetChoice, Filter, MethodChoice, Protocol, Suite};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Raised when records change their form or keys their meaning.
pub const SCHEMA: u32 = 1;

/// Everything a suite will do, in the order tables show it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The suite's name.
    pub suite: String,
    /// Trainings.
    pub jobs: Vec<Job>,
    /// Hash of what all results of one table must share; see [`crate::run::Index`].
    pub common: String,
}

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

/// A backbone and the hash of its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Teacher {
    /// Name and kind of weights.
    pub choice: BackboneChoice,
    /// Hash of the weight file; for random weights, their seed.
    pub weights_hash: String,
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

/// Why a suite cannot be planned.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A data set is missing or unusable.
    #[error("data set {dataset}: {source}")]
    Data {
        /// Data set name.
        dataset: String,
        /// What is wrong.
        source: DataError,
    },
    /// Pretrained weights are missing.
    #[error("{0}")]
    Weights(String),
    /// A filter names something the suite does not have.
    #[error("{0}")]
    Filter(String),
    /// Nothing is left to do.
    #[error("nothing selected: the filters leave no job of suite {0}")]
    Nothing(String),
}

impl Plan {
    /// Expands `suite`, keeping what `filters` keep. Reads the data sets' file lists and hashes them.
    pub fn new(suite: &Suite, filters: &[Filter], data_root: &Path) -> Result<Self, PlanError> {
        let methods: Vec<&str> = suite.methods.iter().map(|method| method.label.as_str()).collect();
        let datasets: Vec<&str> = suite.datasets.iter().map(|dataset| dataset.name.as_str()).collect();
        for (kind, known) in [("method", methods), ("dataset", datasets)] {
            if let Some(message) = Filter::unmatched(filters, kind, &known) {
                return Err(PlanError::Filter(message));
            }
        }
        let teacher = suite.backbone.as_ref().map(|choice| teacher(choice, data_root)).transpose();
        let context = DataContext { data_root: data_root.into() };
        let mut jobs = Vec::new();
        let (mut categories, mut shifts) = (BTreeSet::new(), BTreeSet::new());
        for choice in &suite.datasets {
            if !Filter::keeps(filters, "dataset", &choice.name) {
                continue;
            }
            let error = |source| PlanError::Data { dataset: choice.name.clone(), source };
            for category in open(choice, &context, filters, &mut categories).map_err(error)? {
                let conditions = conditions(suite, &category.items, filters, &mut shifts);
                for &seed in &suite.seeds {
                    for method in &suite.methods {
                        if Filter::keeps(filters, "method", &method.label) {
                            let teacher = needs_backbone(method).then(|| teacher.clone()).transpose();
                            let teacher = teacher.map_err(PlanError::Weights)?.flatten();
                            jobs.push(job(
                                suite,
                                choice,
                                &category,
                                method,
                                seed,
                                teacher,
                                &conditions,
                                data_root,
                            ));
                        }
                    }
                }
            }
        }
        for (kind, known) in [("category", categories), ("shift", shifts)] {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            if let Some(message) = Filter::unmatched(filters, kind, &known) {
                return Err(PlanError::Filter(message));
            }
        }
        if jobs.is_empty() {
            return Err(PlanError::Nothing(suite.name.clone()));
        }
        let common = hash(&json!({
            "schema": SCHEMA,
            "protocol": suite.protocol,
            "image_size": suite.image_size,
            "data_seed": suite.data_seed,
            "metrics": metrics::VERSION,
            "backbone": suite.backbone,
        }));
        Ok(Self { suite: suite.name.clone(), jobs, common })
    }

    /// Cells of all jobs together.
    pub fn cells(&self) -> usize {
        self.jobs.iter().map(|job| job.cells.len()).sum()
    }
}

/// A category of an opened data set.
struct Category {
    name: String,
    items: Vec<Item>,
    fingerprint: String,
}

fn open(
    choice: &DatasetChoice,
    context: &DataContext,
    filters: &[Filter],
    known: &mut BTreeSet<String>,
) -> Result<Vec<Category>, DataError> {
    let entry =
        registry::find::<DatasetEntry>(&choice.name).map_err(|error| DataError::Other(error.to_string()))?;
    let dataset: Box<dyn Dataset> = (entry.open)(&choice.options, context)?;
    let available = dataset.categories()?;
    let wanted = if choice.categories.is_empty() { &available } else { &choice.categories };
    if let Some(unknown) = wanted.iter().find(|name| !available.contains(name)) {
        return Err(DataError::UnknownCategory {
            dataset: choice.name.clone(),
            category: unknown.clone(),
            known: available,
        });
    }
    known.extend(wanted.iter().cloned());
    let kept = wanted.iter().filter(|name| Filter::keeps(filters, "category", name));
    kept.map(|name| {
        let items = dataset.items(name)?;
        let empty = |what| DataError::Empty {
            dataset: choice.name.clone(),
            category: name.clone(),
            what,
            way_out: "add images, or leave the category out of the suite".into(),
        };
        if !items.iter().any(|item| item.split == Split::Train) {
            return Err(empty("training images"));
        }
        if !items.iter().any(|item| Condition::Id.selects(item)) {
            return Err(empty("test images"));
        }
        Ok(Category { name: name.clone(), items, fingerprint: dataset.fingerprint(name)? })
    })
    .collect()
}

/// The distribution trained on first, then synthetic shifts as listed, then natural domains.
fn conditions(
    suite: &Suite,
    items: &[Item],
    filters: &[Filter],
    known: &mut BTreeSet<String>,
) -> Vec<Condition> {
    let mut conditions = vec![Condition::Id];
    for choice in &suite.shifts {
        known.insert(choice.name.clone());
        if !Filter::keeps(filters, "shift", &choice.name) {
            continue;
        }
        let revision = registry::find::<ShiftEntry>(&choice.name).map_or(0, |entry| entry.card.revision);
        let shift = Plugin { name: choice.name.clone(), revision, options: choice.options.clone() };
        conditions.extend(
            choice.severities.iter().map(|&severity| Condition::Shift { shift: shift.clone(), severity }),
        );
    }
    let domains: BTreeSet<&String> = items.iter().filter_map(|item| item.domain.as_ref()).collect();
    known.extend(domains.iter().map(|name| (*name).clone()));
    let kept = domains.into_iter().filter(|name| Filter::keeps(filters, "shift", name));
    conditions.extend(kept.cloned().map(Condition::Domain));
    conditions
}

#[expect(clippy::too_many_arguments, reason = "a job is the product of exactly these")]
fn job(
    suite: &Suite,
    dataset: &DatasetChoice,
    category: &Category,
    method: &MethodChoice,
    seed: u64,
    teacher: Option<Teacher>,
    conditions: &[Condition],
    data_root: &Path,
) -> Job {
    let dataset_revision =
        registry::find::<DatasetEntry>(&dataset.name).map_or(0, |entry| entry.card.revision);
    let method_revision =
        registry::find::<DetectorEntry>(&method.name).map_or(0, |entry| entry.card.revision);
    let count = |wanted: &dyn Fn(&Item) -> bool| category.items.iter().filter(|item| wanted(item)).count();
    let cells = settings(suite, method).into_iter().flat_map(|settings| {
        conditions
            .iter()
            .map(move |condition| Cell { condition: condition.clone(), settings: settings.clone() })
    });
    Job {
        suite: suite.name.clone(),
        protocol: suite.protocol,
        dataset: Plugin {
            name: dataset.name.clone(),
            revision: dataset_revision,
            options: dataset.options.clone(),
        },
        category: category.name.clone(),
        data: category.fingerprint.clone(),
        images: ImageCounts {
            train: count(&|item| item.split == Split::Train),
            test: count(&|item| Condition::Id.selects(item)),
            domains: count(&|item| item.domain.is_some()),
        },
        method: Plugin {
            name: method.name.clone(),
            revision: method_revision,
            options: method.options.clone(),
        },
        label: method.label.clone(),
        seed,
        data_seed: suite.data_seed,
        image_size: suite.image_size,
        teacher,
        device: suite.device,
        keep_model: suite.keep_models,
        data_root: data_root.into(),
        cells: cells.collect(),
    }
}

/// The method's own setting, then each value of each sweep that concerns it.
fn settings(suite: &Suite, method: &MethodChoice) -> Vec<Resolved> {
    let Ok(entry) = registry::find::<DetectorEntry>(&method.name) else { return Vec::new() };
    let mut settings = vec![Resolved::new()];
    for sweep in &suite.sweeps {
        if entry.test_options.contains(&sweep.option.as_str()) {
            let other = sweep.values.iter().filter(|value| method.options.get(&sweep.option) != Some(value));
            settings.extend(other.map(|value| Resolved::from_iter([(sweep.option.clone(), value.clone())])));
        }
    }
    settings
}

fn needs_backbone(method: &MethodChoice) -> bool {
    registry::find::<DetectorEntry>(&method.name).is_ok_and(|entry| entry.needs_backbone)
}

/// The published weights' file of `entry`, if it is there: in `<data-root>/weights`, else as fetched.
pub fn weights_file(entry: &BackboneEntry, data_root: &Path) -> Option<PathBuf> {
    let fetched = entry.resource.map(|resource| resource.folder(data_root).join(entry.weights_file));
    let placed = data_root.join("weights").join(entry.weights_file);
    [Some(placed), fetched].into_iter().flatten().find(|path| path.is_file())
}

/// Whether pretrained weights of `choice` would have to be fetched first, and what that would fetch.
pub fn missing_weights(choice: &BackboneChoice, data_root: &Path) -> Option<&'static BackboneEntry> {
    let entry = registry::find::<BackboneEntry>(&choice.name).ok()?;
    (choice.weights == Weights::Pretrained && weights_file(entry, data_root).is_none()).then_some(entry)
}

fn teacher(choice: &BackboneChoice, data_root: &Path) -> Result<Teacher, String> {
    let entry = registry::find::<BackboneEntry>(&choice.name).map_err(|error| error.to_string())?;
    let path = match &choice.weights {
        Weights::Random(seed) => {
            return Ok(Teacher { choice: choice.clone(), weights_hash: format!("random({seed})") });
        }
        Weights::File(path) => path.clone(),
        Weights::Pretrained => {
            weights_file(entry, data_root).ok_or_else(|| missing_weights_message(entry, data_root))?
        }
    };
    let bytes = std::fs::read(&path).map_err(|error| format!("weights {}: {error}", path.display()))?;
    let choice = BackboneChoice { weights: Weights::File(path), ..choice.clone() };
    Ok(Teacher { choice, weights_hash: blake3::hash(&bytes).to_hex()[..16].to_string() })
}

fn missing_weights_message(entry: &BackboneEntry, data_root: &Path) -> String {
    let placed = data_root.join("weights").join(entry.weights_file);
    let fetch =
        entry.resource.map_or_else(String::new, |r| format!("run `cargo xtask fetch {}`, or ", r.name));
    format!(
        "backbone {} has no pretrained weights here: {fetch}put {} at {}, or name a file with \
         `--set 'backbone.weights=file(\"PATH\")'`, or try without with `--set 'backbone.weights=random(0)'` \
         (every table then says so)",
        entry.name,
        entry.weights_file,
        placed.display()
    )
}
