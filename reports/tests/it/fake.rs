//! A run folder made up through harness's own types.

use harness::contract::backbone::{BackboneChoice, Teacher, Weights};
use harness::contract::condition::{Condition, Link};
use harness::contract::dataset::ImageCounts;
use harness::contract::device::DeviceChoice;
use harness::contract::picture::Geometry;
use harness::contract::plugin::Plugin;
use harness::contract::protocol::Protocol;
use harness::results::{
    CellRecord, Failure, Index, IndexEntry, JobRecord, MetricValue, MetricsIdentity, Phase, Provenance,
    RunFolder, SCHEMA, ScoredImage, State, TestIdentity, TrainingIdentity,
};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use tempfile::TempDir;

pub const PROTOCOL: Protocol = Protocol::Strict { steps: 104, batch: 16, references: 3 };

/// Cells that a run should have, and what became of them.
pub struct FakeRun {
    out: TempDir,
    pub entries: Vec<IndexEntry>,
    pub records: Vec<CellRecord>,
    pub teacher: &'static str,
    /// Scores of cells by their record's key; in others all images are normal and alike.
    pub scores: BTreeMap<String, Vec<ScoredImage>>,
    /// Test-time options and training seconds by method; others have none and took none.
    pub trainings: BTreeMap<String, (Map<String, Value>, f64)>,
}

impl FakeRun {
    pub fn new() -> Self {
        Self {
            out: tempfile::tempdir().unwrap(),
            entries: Vec::new(),
            records: Vec::new(),
            teacher: "resnet18",
            scores: BTreeMap::new(),
            trainings: BTreeMap::new(),
        }
    }

    pub fn folder(&self) -> RunFolder {
        RunFolder::new(self.out.path(), "toy")
    }

    /// Plans a cell, `(data set, category, method, seed, cell label)`, without a result.
    pub fn plan(&mut self, (dataset, category, method, seed, cell): (&str, &str, &str, u64, &str)) {
        self.entries.push(IndexEntry {
            job: format!("{dataset}/{category}/{method}/seed{seed}"),
            cell: cell.into(),
            dataset: dataset.into(),
            category: category.into(),
            method: method.into(),
            seed,
            condition: condition(cell),
            settings: settings(cell),
            reference: reference(cell),
            key: format!("{dataset}-{category}-{method}-{seed}-{cell}"),
        });
    }

    /// Plans a cell and gives it an image AUROC; its record can be changed before [`write`](Self::write).
    pub fn done(&mut self, cell: (&str, &str, &str, u64, &str), auroc: f64) -> &mut CellRecord {
        self.plan(cell);
        let (dataset, category, method, seed, label) = cell;
        self.records.push(CellRecord {
            key: self.entries.last().unwrap().key.clone(),
            identity: TestIdentity {
                training: String::new(),
                protocol: PROTOCOL,
                condition: condition(label),
                settings: settings(label),
                data_seed: 0,
                metrics: MetricsIdentity { version: 1, names: Vec::new() },
            },
            dataset: dataset.into(),
            category: category.into(),
            method: method.into(),
            seed,
            protocol: PROTOCOL,
            teacher: (method != "random").then(|| self.teacher.into()),
            condition: condition(label),
            settings: settings(label).into_iter().collect(),
            metrics_version: 1,
            metrics: BTreeMap::from([("image_auroc".into(), MetricValue::Value(auroc))]),
            images: 40,
            state: String::new(),
            scores_hash: String::new(),
            maps: None,
            loading: Phase::default(),
            scoring: Phase::default(),
            provenance: Provenance {
                version: "0.1.0".into(),
                revision: "unknown".into(),
                libraries: BTreeMap::new(),
                device: DeviceChoice::Cpu,
                cpu: "a processor".into(),
                threads: 2,
            },
        });
        self.records.last_mut().unwrap()
    }

    /// Plans a cell and gives it scores, of which the last `anomalies` are of anomalies, and their image
    /// AUROC. Images are named by their position.
    pub fn scored(
        &mut self,
        cell: (&str, &str, &str, u64, &str),
        scores: &[f32],
        anomalies: usize,
    ) -> &mut CellRecord {
        let first = scores.len() - anomalies;
        let line = |(position, score): (usize, &f32)| ScoredImage {
            image: position.to_string(),
            anomalous: u8::from(position >= first),
            score: *score,
        };
        let labels: Vec<bool> = (0..scores.len()).map(|position| position >= first).collect();
        let wide: Vec<f64> = scores.iter().map(|score| f64::from(*score)).collect();
        self.done(cell, harness::metrics::auroc(&wide, &labels).unwrap());
        let record = self.records.last_mut().unwrap();
        record.images = scores.len();
        self.scores.insert(record.key.clone(), scores.iter().enumerate().map(line).collect());
        record
    }

    /// Writes index and records.
    pub fn write(&mut self) -> RunFolder {
        let folder = self.folder();
        fs::create_dir_all(folder.path()).unwrap();
        let index = Index {
            suite: "toy".into(),
            rules: Value::Null,
            protocol: PROTOCOL,
            image_size: 64,
            cells: self.entries.clone(),
        };
        folder.write_index(&index).unwrap();
        let random: BTreeSet<String> = (self.records.iter())
            .filter(|record| record.teacher.as_ref().is_some_and(|name| name.contains("random")))
            .map(|record| record.method.clone())
            .collect();
        for record in &mut self.records {
            let path =
                format!("{}/{}/{}/seed{}", record.dataset, record.category, record.method, record.seed);
            let settings = record.settings.iter().map(|(name, value)| format!("@{name}={value}"));
            let label = record.condition.label() + &settings.collect::<String>();
            let job = folder.job(&path);
            job.create().unwrap();
            let none = (Map::new(), 0.0);
            let (options, seconds) = self.trainings.get(&record.method).unwrap_or(&none);
            if record.identity.training.is_empty() {
                record.identity.training = path.clone();
            }
            let mut training = training(path, record, options, *seconds);
            if random.contains(&record.method) {
                let choice = BackboneChoice { name: "tiny".into(), weights: Weights::Random(0) };
                training.teacher = Some(Teacher { choice, weights_hash: String::new() });
            }
            record.state = training.state.digest();
            job.write_training(&training).unwrap();
            let normal = |image: usize| ScoredImage { image: image.to_string(), anomalous: 0, score: 0.5 };
            let alike: Vec<ScoredImage> = (0..record.images).map(normal).collect();
            let scores = self.scores.get(&record.key).unwrap_or(&alike);
            record.images = scores.len();
            job.write_cell(&label, record, scores).unwrap();
        }
        folder
    }

    pub fn fail(&self, job: &str, failure: Failure) {
        let job = self.folder().job(job);
        job.create().unwrap();
        job.write_failure(&failure).unwrap();
    }
}

/// What the training of `cell` depends on, as far as reports show it.
pub fn training_identity(cell: &CellRecord) -> TrainingIdentity {
    TrainingIdentity {
        schema: SCHEMA,
        dataset: Plugin { name: cell.dataset.clone(), revision: 1, options: Map::new() },
        category: cell.category.clone(),
        data: "none".into(),
        outside: None,
        method: Plugin { name: cell.method.clone(), revision: 1, options: Map::new() },
        schedule: None,
        references: None,
        seed: cell.seed,
        image_size: 64,
        backbone: None,
    }
}

fn training(key: String, cell: &CellRecord, options: &Map<String, Value>, seconds: f64) -> JobRecord {
    JobRecord {
        key,
        identity: training_identity(cell),
        dataset: Plugin { name: cell.dataset.clone(), revision: 1, options: Map::new() },
        method: Plugin { name: cell.method.clone(), revision: 1, options: options.clone() },
        teacher: None,
        protocol: cell.protocol,
        images: ImageCounts::default(),
        geometry: Geometry::Stretch(64),
        loading: Phase::default(),
        training: Phase { seconds, peak_memory_mib: 0 },
        steps: None,
        references: Vec::new(),
        state: State::default(),
        parameters: None,
        provenance: cell.provenance.clone(),
    }
}

/// `contrast-3` of `contrast-3@alpha=0.25`.
fn condition(cell: &str) -> Condition {
    let label = cell.split('@').next().unwrap();
    match label.rsplit_once('-') {
        Some((name, severity)) => Condition::Shift(Link {
            shift: Plugin { name: name.into(), revision: 1, options: Map::new() },
            severity: severity.parse::<u8>().unwrap().try_into().unwrap(),
        }),
        None if label == "id" => Condition::Id,
        None => Condition::Domain(label.into()),
    }
}

/// `alpha: 0.25` of `contrast-3@alpha=0.25`.
fn settings(cell: &str) -> Map<String, Value> {
    let settings = cell.split('@').skip(1).map(|setting| setting.split_once('=').unwrap());
    settings.map(|(name, value)| (name.into(), value.parse().unwrap())).collect()
}

/// `id@reference=2` was scored with the third one; labels without one in these runs with none.
fn reference(cell: &str) -> Option<usize> {
    cell.split_once("@reference=").map(|(_, index)| index.parse().unwrap())
}

/// One seed and category under `id` and shifts `a-3`, `b-3`, ...
pub fn row(run: &mut FakeRun, method: &str, aurocs: &[f64]) {
    let labels = ["id", "a-3", "b-3", "c-3", "d-3"];
    for (label, auroc) in labels.into_iter().zip(aurocs) {
        run.done(("fake", "one", method, 0, label), *auroc);
    }
}
