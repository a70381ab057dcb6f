//! Reverse distillation (Deng & Li, "Anomaly Detection via Reverse Distillation from One-Class Embedding",
//! CVPR 2022) and what was built on it: GNL, FiCo and their ablations, RD++, the baselines of GNL's tables, as recipes of
//! one engine.
//!
//! A student sees only a compressed embedding of a frozen teacher's features and learns, on normal
//! pictures, to restore them. Where it fails at test time, the picture is anomalous.

pub mod anomaly_map;
pub mod atta;
pub mod batches;
mod compensation;
mod decoder;
mod embedding;
mod invariant;
pub mod loss;
pub mod mixing;
pub mod official;
pub mod options;
pub mod projection;
pub mod recipes;
mod remembered;
pub mod state;
pub mod student;
pub mod term;
pub mod train;
mod transport;

use self::atta::Reference;
use self::options::Options;
use self::student::Student;
use self::train::Trainer;
use crate::backbone::{self, Backbone, Features, TunedWeights};
use crate::device;
use crate::layer::Init;
use crate::rules;
use crate::trained::{Method, Trained};
use crate::view::Planes;
use burn::module::Module;
use burn::tensor::{Device, Tensor};
use harness::contract::detector::{
    Anomaly, BuildContext, Detector, FitContext, Official, REFERENCE, TrainingSet,
};
use harness::contract::error::DetectorError;
use harness::contract::picture::Geometry;
use image::RgbImage;
use std::borrow::Borrow;
use std::path::Path;

/// The coarsest features have stride 16, the embedding 32.
pub(crate) const STRIDE: u32 = 32;

/// The detector behind every recipe.
pub struct ReverseDistillation {
    options: Options,
    side: u32,
    device: Device,
    teacher: Box<dyn Backbone>,
}

/// What training leaves behind, on a plain device.
pub struct Learned {
    student: Student,
    /// The teacher that came out of training, if it learned.
    teacher: Option<Box<dyn Backbone>>,
    /// The pictures whose features scoring can mix in.
    references: Vec<RgbImage>,
    /// The features of the chosen one, where scoring needs them.
    reference: Option<Reference>,
}

impl ReverseDistillation {
    /// An untrained detector.
    ///
    /// # Errors
    /// When options do not suit the teacher, or teacher or device cannot be had.
    pub fn new(options: Options, context: &BuildContext) -> Result<Self, DetectorError> {
        let side = rules::whole_strides(context.image_size, STRIDE)?;
        let device = device::open(context.device)?;
        let teacher: Box<dyn Backbone> = backbone::load(&context.backbone, &context.data_root, &device)?;
        if options.tunes() && TunedWeights::new(&*teacher, &device).is_none() {
            let reason =
                format!("is above 0, but the weights of {} cannot be trained here", context.backbone.name);
            return Err(DetectorError::Option { option: "teacher_rate", reason });
        }
        Ok(Self { options, side, device, teacher })
    }

    fn learned(&self, student: Student, references: Vec<RgbImage>) -> Result<Learned, DetectorError> {
        let teacher = student.teacher.as_ref().and_then(|tuned| tuned.network(&*self.teacher));
        let chosen = self.chosen(&references)?.map(|picture| self.upload(&[picture]));
        let seeing = teacher.as_deref().unwrap_or(&*self.teacher);
        let reference = chosen.map(|picture| Reference::new(seeing, picture)).transpose()?;
        Ok(Learned { student, teacher, references, reference })
    }

    /// The reference picture that scoring mixes in, if it does.
    fn chosen<'a>(&self, references: &'a [RgbImage]) -> Result<Option<&'a RgbImage>, DetectorError> {
        if !self.options.mixes() {
            return Ok(None);
        }
        let (index, count) = (self.options.scoring.reference, references.len());
        let missing = || DetectorError::Option {
            option: REFERENCE,
            reason: format!(
                "is {index}, but this training has {count} reference pictures, counted from 0; the protocol \
                 says how many"
            ),
        };
        references.get(index).map(Some).ok_or_else(missing)
    }

    /// The teacher's features, mixed with the reference's if that is asked for.
    fn features(&self, learned: &Learned, pictures: Tensor<4>) -> Result<Features, DetectorError> {
        let teacher = learned.teacher.as_deref().unwrap_or(&*self.teacher);
        match (&learned.reference, self.options.scoring.alpha) {
            (Some(reference), Some(alpha)) => reference.features(teacher, pictures, alpha),
            _ => Ok(teacher.features(pictures)),
        }
    }

    fn upload<P: Borrow<RgbImage> + Sync>(&self, pictures: &[P]) -> Tensor<4> {
        device::upload_pictures(pictures, Planes::normalise, &self.device)
    }

    /// A student of the right shape, about to be loaded.
    fn blank(&self) -> Student {
        Student::new(&Init::blank(&self.device), &*self.teacher, &self.options)
    }

    /// A detector whose student the official code trained, and what in its `file` was passed over. `reference` is a normal
    /// picture, for options under which scores depend on one.
    ///
    /// # Errors
    /// When official code knows no such student, the file does not fit, or a reference is needed and missing.
    pub fn official(
        self,
        file: &Path,
        reference: Option<&RgbImage>,
    ) -> Result<(Box<dyn Detector>, Official), DetectorError> {
        if self.options.projected.projection || self.options.puzzle.jigsaw != 0.0 {
            return Err(DetectorError::NoOfficialFormat);
        }
        let mixes = self.options.mixes();
        if mixes && reference.is_none() {
            return Err(DetectorError::NoReference);
        }
        let mut student = self.blank();
        let unused = official::load(file, &mut student)?;
        let reference = reference.map(|picture| self.geometry().picture(picture));
        let learned = self.learned(student, reference.into_iter().collect())?;
        Ok((Trained::with(self, learned), Official { unused, uses_reference: mixes }))
    }
}

impl Method for ReverseDistillation {
    type Model = Learned;

    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.side)
    }

    fn train(&self, train: &TrainingSet, context: &FitContext<'_>) -> Result<Learned, DetectorError> {
        let references = train.references.iter().filter_map(|&index| train.pictures.get(index).cloned());
        let references: Vec<RgbImage> = references.collect();
        // Before hours of training, not after.
        self.chosen(&references)?;
        let differentiating = self.device.clone().autodiff();
        let init = Init::random(&context.random, &differentiating);
        let student = Student::new(&init, &*self.teacher, &self.options);
        let trainer = Trainer::new(&self.options, &*self.teacher, student, &context.random);
        let student = trainer.run(&train.pictures, &self.device, context)?.valid();
        self.learned(student, references)
    }

    fn score(&self, learned: &Learned, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let features = self.features(learned, self.upload(pictures))?;
        let answer = learned.student.forward(features.clone()).output();
        anomaly_map::anomalies(features, answer, self.side as usize, &self.options)
    }

    fn save(&self, learned: &Learned, folder: &Path) -> Result<(), DetectorError> {
        state::save(folder, &learned.student, &learned.references)
    }

    fn load(&self, folder: &Path) -> Result<Learned, DetectorError> {
        let mut student = self.blank();
        let references = state::load(folder, &mut student)?;
        self.learned(student, references)
    }

    fn parameters(&self, learned: &Learned) -> u64 {
        learned.student.num_params() as u64
    }
}
