//! From a suite to jobs and cells.
//!
//! A [`Job`] is one training: method x data set x category x seed. A [`Cell`] is that job tested under
//! one condition and one test-time setting. Both have keys: hashes of everything that can change
//! their result and of nothing else (no clock, path, order or device), so that a finished cell is
//! recognised whatever else changed.

mod category;
mod error;
mod job;
mod weights;

use crate::contract::backbone::Teacher;
use crate::contract::condition::Condition;
use crate::contract::dataset::ImageCounts;
use crate::results::SCHEMA;
use category::Category;
pub use error::PlanError;
pub use job::{Cell, Job};
pub use weights::teacher;

use crate::contract::backbone::BackboneChoice;
use crate::contract::dataset::{DataContext, Item, Split};
use crate::contract::detector::REFERENCE;
use crate::contract::options::{Class, Resolved};
use crate::contract::protocol::{MOST_BATCH, MOST_STEPS, Protocol};
use crate::contract::schedule::Budget;
use crate::metrics;
use crate::suite::{DatasetChoice, Filter, MethodChoice, Suite};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Everything a suite will do, in the order tables show it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The suite's name.
    pub suite: String,
    /// Rules of the comparison.
    pub protocol: Protocol,
    /// Side of the network input in pixels.
    pub image_size: u32,
    /// Trainings.
    pub jobs: Vec<Job>,
    /// What all results of one table must share; see [`crate::results::Index`].
    pub rules: Value,
}

impl Plan {
    /// Expands `suite`, keeping what `filters` keep. Lists the data sets' files, and hashes those that have changed since
    /// they were hashed before, by what is kept in the folder `prepared`; without that folder, all of them.
    pub fn new(
        suite: &Suite,
        filters: &[Filter],
        data_root: &Path,
        prepared: Option<&Path>,
    ) -> Result<Self, PlanError> {
        let methods: Vec<&str> = suite.methods.iter().map(|method| method.label.as_str()).collect();
        let datasets: Vec<&str> = suite.datasets.iter().map(|dataset| dataset.label.as_str()).collect();
        for (kind, known) in [("method", methods), ("dataset", datasets)] {
            if let Some(message) = Filter::unmatched(filters, kind, &known) {
                return Err(PlanError::Filter(message));
            }
        }
        // Hashed once, however many methods and seeds share them.
        let mut teachers: Vec<(BackboneChoice, Teacher)> = Vec::new();
        let mut teacher_of = |method: &MethodChoice| -> Result<Option<Teacher>, PlanError> {
            let Some(choice) = suite.backbone_of(method) else { return Ok(None) };
            if let Some((_, known)) = teachers.iter().find(|(known, _)| *known == choice) {
                return Ok(Some(known.clone()));
            }
            let found = teacher(&choice, data_root).map_err(PlanError::Weights)?;
            teachers.push((choice, found.clone()));
            Ok(Some(found))
        };
        // Files are read once, however many categories and seeds share them.
        let mut outsides: BTreeMap<&str, Option<String>> = BTreeMap::new();
        for method in suite.methods.iter().filter(|method| Filter::keeps(filters, "method", &method.label)) {
            let outside = (method.entry.outside)(&method.options)
                .map_err(|reason| PlanError::Outside(method.label.clone(), reason))?;
            outsides.insert(&method.label, outside);
        }
        let context = DataContext { data_root: data_root.into() };
        let mut jobs: Vec<Job> = Vec::new();
        let mut cells = 0_usize;
        let (mut categories, mut shifts) = (BTreeSet::new(), BTreeSet::new());
        for choice in &suite.datasets {
            if !Filter::keeps(filters, "dataset", &choice.label) {
                continue;
            }
            for category in category::open(choice, &context, prepared, filters, &mut categories)? {
                let conditions = conditions(suite, &category.items, filters, &mut shifts);
                let settings =
                    suite.methods.iter().map(|method| settings(suite, method).len()).sum::<usize>();
                cells = cells.saturating_add(settings * conditions.len() * suite.seeds.len());
                if cells > MOST_CELLS {
                    return Err(PlanError::TooLarge(format!(
                        "suite {} has more than {MOST_CELLS} cells (methods x settings x categories x conditions x \
                         seeds): divide it",
                        suite.name
                    )));
                }
                for &seed in &suite.seeds {
                    for method in &suite.methods {
                        if Filter::keeps(filters, "method", &method.label) {
                            let teacher = teacher_of(method)?;
                            let outside = outsides.get(method.label.as_str()).cloned().flatten();
                            let job = job(
                                suite,
                                choice,
                                &category,
                                method,
                                seed,
                                teacher,
                                &conditions,
                                data_root,
                                prepared,
                            );
                            jobs.push(Job { outside, ..job });
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
        jobs.iter().try_for_each(check_length)?;
        if jobs.is_empty() {
            return Err(PlanError::Nothing(suite.name.clone()));
        }
        let rules = json!({
            "schema": SCHEMA,
            "protocol": suite.protocol,
            "image_size": suite.image_size,
            "data_seed": suite.data_seed,
            "metrics": metrics::VERSION,
            "backbone": suite.backbone,
        });
        Ok(Self {
            suite: suite.name.clone(),
            protocol: suite.protocol,
            image_size: suite.image_size,
            jobs,
            rules,
        })
    }

    /// Cells of all jobs together.
    pub fn cells(&self) -> usize {
        self.jobs.iter().map(|job| job.cells.len()).sum()
    }
}

/// Most cells of a suite. The largest of the papers' has a few thousand; each is a file to read and to hash.
const MOST_CELLS: usize = 1_000_000;

/// A training must be one that can end.
fn check_length(job: &Job) -> Result<(), PlanError> {
    let Some(Budget { steps, batch }) = job.budget() else { return Ok(()) };
    let path = job.path();
    if steps > MOST_STEPS {
        return Err(PlanError::TooLarge(format!(
            "{path} would take {steps} steps; the most is {MOST_STEPS}"
        )));
    }
    if batch > MOST_BATCH {
        return Err(PlanError::TooLarge(format!(
            "{path} would take batches of {batch} images; the most is {MOST_BATCH}"
        )));
    }
    Ok(())
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
        let name = choice.name();
        let kept = Filter::keeps(filters, "shift", &name);
        known.insert(name);
        if kept {
            conditions.extend(choice.conditions());
        }
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
    prepared: Option<&Path>,
) -> Job {
    let count = |wanted: &dyn Fn(&Item) -> bool| category.items.iter().filter(|item| wanted(item)).count();
    let cells = settings(suite, method).into_iter().flat_map(|settings| {
        conditions
            .iter()
            .map(move |condition| Cell { condition: condition.clone(), settings: settings.clone() })
    });
    Job {
        suite: suite.name.clone(),
        protocol: suite.protocol,
        dataset: category.dataset.clone(),
        dataset_label: dataset.label.clone(),
        category: category.name.clone(),
        data: category.fingerprint.clone(),
        images: ImageCounts {
            train: count(&|item| item.split == Split::Train),
            test: count(&|item| Condition::Id.selects(item)),
            domains: count(&|item| item.domain.is_some()),
        },
        method: method.entry.card.plugin(method.options.clone()),
        outside: None,
        label: method.label.clone(),
        seed,
        data_seed: suite.data_seed,
        image_size: suite.image_size,
        teacher,
        device: suite.device,
        keep_model: suite.keep_models,
        data_root: data_root.into(),
        prepared: prepared.map(Into::into),
        cells: cells.collect(),
    }
}

/// The method's own setting; the same with each other reference image, if it uses one; then each value
/// of each sweep that concerns it, with the method's own reference image alone.
fn settings(suite: &Suite, method: &MethodChoice) -> Vec<Resolved> {
    let entry = method.entry;
    let has = |option: &str| entry.card.is(option, Class::Test);
    let mut varied: Vec<(&str, Value)> = Vec::new();
    if has(REFERENCE) && (entry.uses_references)(&method.options) {
        varied.extend((0..suite.protocol.references()).map(|index| (REFERENCE, index.into())));
    }
    for sweep in suite.sweeps.iter().filter(|sweep| has(&sweep.option)) {
        varied.extend(sweep.values.iter().map(|value| (sweep.option.as_str(), value.clone())));
    }
    let mut settings = vec![Resolved::new()];
    for (option, value) in varied {
        let setting = Resolved::from_iter([(option.to_owned(), value.clone())]);
        if method.options.get(option) != Some(&value) && !settings.contains(&setting) {
            settings.push(setting);
        }
    }
    settings
}
