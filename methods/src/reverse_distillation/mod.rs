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
pub mod state;
pub mod student;
pub mod train;
mod transport;

use self::atta::Reference;
use self::options::Options;
use self::student::Student;
use self::train::Trainer;
use crate::backbone::{self, Backbone, Features, Thawed};
use crate::device;
use crate::layer::Init;
use crate::rules;
use crate::view::Planes;
use burn::module::Module;
use burn::tensor::{Device, Tensor};
use harness::contract::detector::{
    Anomaly, BuildContext, Detector, FitContext, Official, REFERENCE, TrainingSet,
};
use harness::contract::error::DetectorError;
use harness::contract::picture::Geometry;
use image::RgbImage;
use rayon::prelude::*;
use std::path::Path;

/// The coarsest features have stride 16, the embedding 32.
pub(crate) const STRIDE: u32 = 32;

/// The detector behind every recipe.
pub struct ReverseDistillation {
    options: Options,
    side: u32,
    device: Device,
    teacher: Box<dyn Backbone>,
    learned: Option<Learned>,
}

/// What training leaves behind, on a plain device.
struct Learned {
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
        let teacher = backbone::load(&context.backbone, &context.data_root, &device)?;
        if options.tunes() && Thawed::new(&*teacher, &device).is_none() {
            let reason =
                format!("is above 0, but the weights of {} cannot be trained here", context.backbone.name);
            return Err(DetectorError::Option { option: "teacher_rate", reason });
        }
        Ok(Self { options, side, device, teacher, learned: None })
    }

    fn learn(&mut self, student: Student, references: Vec<RgbImage>) -> Result<(), DetectorError> {
        let teacher = student.teacher.as_ref().and_then(|tuned| tuned.network(&*self.teacher));
        let chosen = self.chosen(&references)?.map(|picture| self.upload(std::slice::from_ref(picture)));
        let seeing = teacher.as_deref().unwrap_or(&*self.teacher);
        let reference = chosen.map(|picture| Reference::new(seeing, picture)).transpose()?;
        self.learned = Some(Learned { student, teacher, references, reference });
        Ok(())
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

    fn upload(&self, pictures: &[RgbImage]) -> Tensor<4> {
        let planes: Vec<Planes> = pictures.par_iter().map(Planes::normalise).collect();
        device::upload(&planes, &self.device)
    }

    fn learned(&self) -> Result<&Learned, DetectorError> {
        let untrained =
            || DetectorError::Scoring("the detector has not been trained; fit or load it first".into());
        self.learned.as_ref().ok_or_else(untrained)
    }
}

impl Detector for ReverseDistillation {
    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.side)
    }

    fn fit(&mut self, train: &TrainingSet, context: &FitContext<'_>) -> Result<(), DetectorError> {
        if train.pictures.is_empty() {
            return Err(DetectorError::Training("there are no training pictures".into()));
        }
        let references = train.references.iter().filter_map(|&index| train.pictures.get(index).cloned());
        let references: Vec<RgbImage> = references.collect();
        // Before hours of training, not after.
        self.chosen(&references)?;
        let differentiating = self.device.clone().autodiff();
        let init = Init::random(&context.random, &differentiating);
        let student = Student::new(&init, &*self.teacher, &self.options);
        let trainer = Trainer::new(&self.options, &*self.teacher, student, &context.random);
        let student = trainer.run(&train.pictures, &self.device, context)?.valid();
        self.learn(student, references)
    }

    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        if pictures.is_empty() {
            return Ok(Vec::new());
        }
        let learned = self.learned()?;
        let features = self.features(learned, self.upload(pictures))?;
        let answer = learned.student.forward(features.clone()).output();
        anomaly_map::anomalies(features, answer, self.side as usize, &self.options)
    }

    fn save(&self, folder: &Path) -> Result<(), DetectorError> {
        let learned = self.learned()?;
        state::save(folder, &learned.student, &learned.references)
    }

    fn load(&mut self, folder: &Path) -> Result<(), DetectorError> {
        let mut student = Student::new(&Init::blank(&self.device), &*self.teacher, &self.options);
        let references = state::load(folder, &mut student)?;
        self.learn(student, references)
    }

    fn parameters(&self) -> Option<u64> {
        self.learned.as_ref().map(|learned| learned.student.num_params() as u64)
    }

    fn load_official(
        &mut self,
        file: &Path,
        reference: Option<&RgbImage>,
    ) -> Result<Official, DetectorError> {
        if self.options.projected.projection || self.options.puzzle.jigsaw != 0.0 {
            return Err(DetectorError::NoOfficialFormat);
        }
        let mixes = self.options.mixes();
        if mixes && reference.is_none() {
            return Err(DetectorError::NoReference);
        }
        let mut student = Student::new(&Init::blank(&self.device), &*self.teacher, &self.options);
        let unused = official::load(file, &mut student)?;
        self.learn(student, reference.cloned().into_iter().collect())?;
        Ok(Official { unused, uses_reference: mixes })
    }
}
