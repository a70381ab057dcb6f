//! Jobs for tests of the runner: nothing in them is ever computed.

use crate::contract::condition::Condition;
use crate::contract::dataset::ImageCounts;
use crate::contract::picture::Geometry;
use crate::contract::plugin::Plugin;
use crate::contract::protocol::Protocol;
use crate::plan::{Cell, Job, Plan};
use crate::results::JobFolder;
use crate::results::State;
use crate::results::{CellRecord, JobRecord, Phase, Provenance};

/// A job of the method `label` with one cell.
pub(super) fn job(label: &str) -> Job {
    let plugin = |name: &str| Plugin { name: name.into(), revision: 1, options: Default::default() };
    Job {
        suite: "toy".into(),
        protocol: Protocol::Released,
        dataset: plugin("nothing"),
        dataset_label: "nothing".into(),
        category: "none".into(),
        data: String::new(),
        images: ImageCounts::default(),
        method: plugin(label),
        outside: None,
        label: label.into(),
        seed: 0,
        data_seed: 0,
        image_size: 32,
        teacher: None,
        device: Default::default(),
        keep_model: true,
        data_root: Default::default(),
        prepared: None,
        cells: vec![Cell { condition: Condition::Id, settings: Default::default() }],
    }
}

/// A plan of one job per label.
pub(super) fn plan(labels: &[&str]) -> Plan {
    Plan {
        suite: "toy".into(),
        protocol: Protocol::Released,
        image_size: 32,
        jobs: labels.iter().map(|label| job(label)).collect(),
        rules: serde_json::Value::Null,
    }
}

/// Writes what a worker would leave of a finished job.
pub(super) fn finish(folder: &JobFolder, job: &Job) {
    let provenance = Provenance {
        version: String::new(),
        revision: String::new(),
        libraries: Default::default(),
        device: job.device,
        cpu: String::new(),
        threads: 1,
    };
    let state = State::settle(&folder.scratch_model().unwrap()).unwrap();
    let identity = job.identity();
    let training = JobRecord {
        key: identity.key(),
        identity,
        dataset: job.dataset.clone(),
        method: job.method_as_run(),
        teacher: None,
        protocol: job.protocol,
        images: job.images,
        geometry: Geometry::Stretch(job.image_size),
        loading: Phase::default(),
        training: Phase::default(),
        steps: None,
        references: Vec::new(),
        state: state.clone(),
        parameters: None,
        provenance: provenance.clone(),
    };
    folder.keep_model(&training).unwrap();
    for cell in &job.cells {
        let identity = job.cell_identity(cell);
        let mut record = CellRecord {
            key: identity.key(),
            identity,
            dataset: job.dataset.name.clone(),
            category: job.category.clone(),
            method: job.label.clone(),
            seed: job.seed,
            protocol: job.protocol,
            teacher: None,
            condition: cell.condition.clone(),
            settings: Default::default(),
            metrics_version: crate::metrics::VERSION,
            metrics: Default::default(),
            images: 0,
            state: state.digest(),
            scores_hash: String::new(),
            maps: None,
            loading: Phase::default(),
            scoring: Phase::default(),
            provenance: provenance.clone(),
        };
        folder.write_cell(&cell.label(), &mut record, &[]).unwrap();
    }
}
