//! The life of one job inside its own process: train once, test every cell.

use crate::contract::backbone::Weights;
use crate::contract::condition::Condition;
use crate::contract::dataset::{Item, Split};
use crate::contract::detector::{Detector, FitContext, TrainingSet};
use crate::contract::error::DetectorError;
use crate::contract::options::Resolved;
use crate::contract::registry::{self, DetectorEntry};
use crate::contract::schedule::Schedule;
use crate::contract::seed::Root;
use crate::metrics::{self, Metric};
use crate::plan::{Cell, Job};
use crate::results::JobFolder;
use crate::results::Shown;
use crate::results::State;
use crate::results::{CellRecord, JobRecord, MetricValue, Phase, Provenance, ScoredImage};
use crate::results::{Failure, FailureKind};
use crate::run::evaluate::evaluate;
use crate::run::event::WorkerEvent;
use crate::run::frames::Frames;
use crate::run::machine::{peak_memory_mib, reset_peak};
use crate::run::references;
use crate::run::score::score;
use crate::run::source::Source;
use crate::run::tested::{Mask, Tested};
use image::RgbImage;
use std::time::Instant;

/// Images brought to the network's frame at a time: bounds memory, feeds every thread.
const LOAD_CHUNK: usize = 64;

/// Does what `job` still has to do in `folder`, reporting through `emit`.
///
/// # Errors
/// The first failure; records written before it stay valid.
pub fn work(
    job: &Job,
    folder: &JobFolder,
    provenance: &Provenance,
    emit: &(dyn Fn(WorkerEvent) + Sync),
) -> Result<(), Failure> {
    Worker::open(job, folder, provenance, emit)?.run()
}

struct Worker<'a> {
    job: &'a Job,
    folder: &'a JobFolder,
    provenance: &'a Provenance,
    emit: &'a (dyn Fn(WorkerEvent) + Sync),
    source: Source,
}

impl<'a> Worker<'a> {
    fn open(
        job: &'a Job,
        folder: &'a JobFolder,
        provenance: &'a Provenance,
        emit: &'a (dyn Fn(WorkerEvent) + Sync),
    ) -> Result<Self, Failure> {
        folder.create()?;
        let source =
            Source::open(&job.dataset, &job.category, &job.data_root, job.prepared.as_deref(), &job.data)?;
        Ok(Self { job, folder, provenance, emit, source })
    }

    fn run(&self) -> Result<(), Failure> {
        let mut todo = self.folder.todo(self.job);
        if todo.train {
            if !self.share()? {
                self.train()?;
            }
            // What was tested before holds if the same state was trained again.
            todo = self.folder.todo(self.job);
        }
        let mut noticed = false;
        // Cells of one setting share a detector; the in-distribution cell of a setting comes first.
        let mut tester: Option<(&Resolved, Box<dyn Detector>)> = None;
        for cell in todo.cells.iter().map(|&position| &self.job.cells[position]) {
            let detector = match &mut tester {
                Some((settings, detector)) if **settings == cell.settings => detector,
                _ => &mut tester.insert((&cell.settings, self.load(cell)?)).1,
            };
            let unmarked = self.test(cell, detector.as_mut())?;
            if unmarked > 0 && !noticed {
                noticed = true;
                (self.emit)(WorkerEvent::Noticed(format!(
                    "{unmarked} anomalous images have an empty mask: pixel metrics leave them out"
                )));
            }
        }
        Ok(())
    }

    fn build(&self, options: &Resolved) -> Result<Box<dyn Detector>, Failure> {
        let entry = registry::find::<DetectorEntry>(&self.job.method.name).map_err(method)?;
        (entry.build)(options, &self.job.build_context()).map_err(method)
    }

    /// The trained detector, as saved, with the test-time options of `cell`.
    fn load(&self, cell: &Cell) -> Result<Box<dyn Detector>, Failure> {
        let mut detector = self.build(&self.job.options(cell))?;
        match detector.load(&self.folder.model()) {
            Ok(()) => Ok(detector),
            Err(error) => {
                // The files are those that were saved, so saving went wrong: the next run has to train again.
                self.folder.forget_training()?;
                Err(method(error))
            }
        }
    }

    /// Whether another method's job had been trained as this one would be, and its state was taken over.
    fn share(&self) -> Result<bool, Failure> {
        let own = |record: JobRecord| JobRecord {
            dataset: self.job.dataset.clone(),
            method: self.job.method_as_run(),
            ..record
        };
        let shared = self.folder.share_training(&self.job.identity().key(), own)?;
        if let Some(other) = &shared {
            let model = other.model();
            (self.emit)(WorkerEvent::Noticed(format!(
                "trained alike already: {} serves both",
                model.display()
            )));
        }
        Ok(shared.is_some())
    }

    fn train(&self) -> Result<(), Failure> {
        let mut detector = self.build(&self.job.method.options)?;
        let geometry = detector.geometry();
        let items = &self.source.items;
        let items: Vec<&Item> = items.iter().filter(|item| item.split == Split::Train).collect();
        let (pictures, loading) = measured(|| {
            let root = Root::new(self.job.data_seed, &self.job.dataset.name, &self.job.category);
            let frames = Frames::new(self.job, &self.source, &root, &Condition::Id, geometry)?;
            let chunks = items.chunks(LOAD_CHUNK).map(|chunk| frames.of(chunk, self.emit));
            let shown: Vec<Vec<Shown>> = chunks.collect::<Result<_, Failure>>()?;
            Ok(shown.into_iter().flatten().map(|shown| shown.picture).collect::<Vec<RgbImage>>())
        })?;
        let references = references::choose(self.job, &self.source)?;
        let reference_ids = references.iter().map(|&index| items[index].id.clone()).collect();
        let steps = std::cell::Cell::new(None);
        let context = FitContext {
            random: Root::new(self.job.seed, &self.job.dataset.name, &self.job.category),
            schedule: self.job.protocol.schedule(&self.job.category),
            progress: &|done, total, loss| {
                steps.set(Some(done));
                (self.emit)(WorkerEvent::Training { done, total, loss });
            },
        };
        let train = TrainingSet { pictures, references };
        let ((), training) = measured(|| detector.fit(&train, &context).map_err(method))?;
        self.check_steps(&context.schedule, steps.get(), detector.takes_steps())?;
        let scratch = self.folder.scratch_model()?;
        detector.save(&scratch).map_err(saving)?;
        let state = State::settle(&scratch)?;
        let identity = self.job.identity();
        self.folder.keep_model(&JobRecord {
            key: identity.key(),
            identity,
            dataset: self.job.dataset.clone(),
            method: self.job.method_as_run(),
            teacher: self.job.teacher.clone(),
            protocol: self.job.protocol,
            images: self.job.images,
            geometry,
            loading,
            training,
            steps: steps.get(),
            references: reference_ids,
            state,
            parameters: detector.parameters(),
            provenance: self.provenance.clone(),
        })?;
        Ok(())
    }

    /// Where all methods take equal steps, one that trains must have done them.
    fn check_steps(&self, schedule: &Schedule, done: Option<usize>, takes: bool) -> Result<(), Failure> {
        let Schedule::Equal { steps, .. } = *schedule else { return Ok(()) };
        if done == Some(steps) || done.is_none() && !(takes && self.job.has_budget()) {
            return Ok(());
        }
        let reported = done.map_or("none".into(), |done| done.to_string());
        let message = format!(
            "the protocol prescribes {steps} optimisation steps, the method reported {reported}: a method \
             that trains takes its length from the schedule of its `FitContext` and declares the options it \
             replaces as `length()`"
        );
        Err(Failure::new(FailureKind::Budget, message))
    }

    /// The record of a cell; gives the number of anomalous images that no mask marks.
    fn test(&self, cell: &Cell, detector: &mut dyn Detector) -> Result<usize, Failure> {
        let geometry = detector.geometry();
        let root = Root::new(self.job.data_seed, &self.job.dataset.name, &self.job.category);
        let frames = Frames::new(self.job, &self.source, &root, &cell.condition, geometry)?;
        let items = &self.source.items;
        let items: Vec<&Item> = items.iter().filter(|item| cell.condition.selects(item)).collect();
        let mut tested = Tested::default();
        let (mut loading, mut scoring) = (Phase::default(), Phase::default());
        for chunk in items.chunks(LOAD_CHUNK) {
            let (pictures, phase) = measured(|| frames.of(chunk, self.emit))?;
            loading = sum(loading, phase);
            let (pictures, masks): (Vec<RgbImage>, Vec<Mask>) = pictures
                .into_iter()
                .map(|shown| (shown.picture, Mask::of(shown.mask, shown.unmarked)))
                .unzip();
            let names: Vec<&str> = chunk.iter().map(|item| item.id.as_str()).collect();
            let (anomalies, phase) = measured(|| score(detector, &pictures, &names))?;
            scoring = sum(scoring, phase);
            tested.extend(chunk, anomalies, masks);
        }
        let id = match cell.condition {
            Condition::Id => None,
            _ => Some(self.id_scores(cell)?),
        };
        let sheet = tested.sheet(geometry.side()).filter(|_| cell.settings.is_empty());
        let unmarked = tested.unmarked();
        let maps = tested.maps(geometry.side());
        let metrics = evaluate(&tested.scores, maps.as_ref().map_err(|reason| *reason), id.as_deref());
        let auroc = metrics.get(Metric::DEFAULT.name).and_then(MetricValue::value);
        let identity = self.job.cell_identity(cell);
        let training = self.folder.training()?.ok_or_else(|| {
            let reason = "the record of the training vanished while its cells were tested";
            Failure::new(FailureKind::Write, format!("{}: {reason}", self.folder.path().display()))
        })?;
        let mut record = CellRecord {
            key: identity.key(),
            identity,
            dataset: self.job.dataset_label.clone(),
            category: self.job.category.clone(),
            method: self.job.label.clone(),
            seed: self.job.seed,
            protocol: self.job.protocol,
            teacher: self.teacher_in_words(),
            condition: cell.condition.clone(),
            settings: cell.settings.clone().into_iter().collect(),
            metrics_version: metrics::VERSION,
            metrics,
            images: tested.scores.len(),
            state: training.state.digest(),
            scores_hash: String::new(),
            maps: sheet.as_ref().map(|(sheet, _)| sheet.clone()),
            loading,
            scoring,
            provenance: self.provenance.clone(),
        };
        let label = cell.label();
        if let Some((_, png)) = &sheet {
            self.folder.write_maps(&label, png)?;
        }
        self.folder.write_cell(&label, &mut record, &tested.scores)?;
        (self.emit)(WorkerEvent::Tested { cell: label, auroc });
        Ok(unmarked)
    }

    /// Scores of the same trained model, under the same setting, on the distribution trained on.
    fn id_scores(&self, cell: &Cell) -> Result<Vec<ScoredImage>, Failure> {
        let label = Cell { condition: Condition::Id, settings: cell.settings.clone() }.label();
        let record = self.folder.cell(&label)?;
        Ok(self.folder.scores(&label, &record)?)
    }

    fn teacher_in_words(&self) -> Option<String> {
        self.job.teacher.as_ref().map(|teacher| match teacher.choice.weights {
            Weights::Random(_) => format!("{} (random weights)", teacher.choice.name),
            _ => teacher.choice.name.clone(),
        })
    }
}

fn measured<T>(phase: impl FnOnce() -> Result<T, Failure>) -> Result<(T, Phase), Failure> {
    reset_peak();
    let start = Instant::now();
    let value = phase()?;
    Ok((value, Phase { seconds: start.elapsed().as_secs_f64(), peak_memory_mib: peak_memory_mib() }))
}

fn sum(total: Phase, part: Phase) -> Phase {
    Phase {
        seconds: total.seconds + part.seconds,
        peak_memory_mib: total.peak_memory_mib.max(part.peak_memory_mib),
    }
}

/// A state that cannot be written is no fault of the method.
fn saving(error: DetectorError) -> Failure {
    let kind =
        if matches!(error, DetectorError::State { .. }) { FailureKind::Write } else { FailureKind::Method };
    Failure::new(kind, error)
}

fn method(error: impl ToString) -> Failure {
    Failure::new(FailureKind::Method, error)
}
