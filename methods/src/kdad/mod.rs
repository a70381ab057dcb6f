//! KDAD (Salehi et al., "Multiresolution Knowledge Distillation for Anomaly Detection", CVPR 2021): a cloner
//! that is much narrower than its teacher VGG-16 learns to have its features on normal pictures, and fails
//! elsewhere.
//!
//! Defaults are those released for MVTec AD, whose pictures are *not* normalised as the teacher was trained;
//! `recipe: cifar10` has those for CIFAR-10. The released loops run one epoch more than they are set to, so 601 and 201.
//!
//! Training compares four poolings (2 to 5), testing three (3 to 5), as released. Not here: SmoothGrad maps,
//! and the morphological opening of thresholded maps, which belongs to an evaluation of its own.

pub mod cloner;
pub mod discrepancy;
mod localisation;
mod options;

use self::cloner::Cloner;
use self::discrepancy::discrepancy;
use self::options::Options;
use crate::backbone::vgg;
use crate::device;
use crate::layer::{Chain, Init};
use crate::module_file;
use crate::optimiser::Adam;
use crate::training::Course;
use crate::view::Planes;
use burn::module::Module;
use burn::tensor::{Device, Tensor};
use harness::prelude::*;
use rayon::prelude::*;
use std::path::Path;

/// The first pooling (from 0) that training compares.
const TRAINED: usize = 1;
/// The first pooling (from 0) that scoring compares.
const SCORED: usize = 2;
/// The name of the only state file.
const STATE: &str = "cloner.safetensors";

struct Kdad {
    options: Options,
    device: Device,
    teacher: Chain,
    /// The trained cloner on a plain device, and the form of it that scores.
    cloner: Option<(Cloner, Chain)>,
}

impl Kdad {
    fn upload(&self, pictures: &[&RgbImage]) -> Tensor<4> {
        let planes: Vec<Planes> = pictures.par_iter().map(|picture| self.options.planes(picture)).collect();
        device::upload(&planes, &self.device)
    }

    fn learn(&mut self, cloner: Cloner) {
        let frozen = cloner.chain();
        self.cloner = Some((cloner, frozen));
    }

    fn cloner(&self) -> Result<&(Cloner, Chain), DetectorError> {
        self.cloner.as_ref().ok_or_else(crate::rules::untrained)
    }
}

impl Detector for Kdad {
    fn geometry(&self) -> Geometry {
        self.options.geometry()
    }

    fn fit(&mut self, train: &TrainingSet, context: &FitContext<'_>) -> Result<(), DetectorError> {
        let budget = self.options.budget(&context.schedule, train.pictures.len());
        let differentiating = self.device.clone().autodiff();
        let mut cloner = Cloner::new(&Init::random(&context.random, &differentiating));
        let mut optimiser = Adam::new(self.options.learning_rate, [0.9, 0.999]);
        Course::new(context, budget.steps).stage("shuffle", train.pictures.len(), budget, |batch| {
            let pictures: Vec<_> = batch.pictures.iter().map(|&index| &train.pictures[index]).collect();
            let pictures = self.upload(&pictures);
            let targets = self.teacher.taps(pictures.clone()).split_off(TRAINED);
            let targets: Vec<_> = targets.into_iter().map(Tensor::autodiff).collect();
            let answers = cloner.taps(pictures.autodiff()).split_off(TRAINED);
            let loss = discrepancy(&targets, &answers, self.options.lambda()).ok_or_else(no_taps)?.mean();
            optimiser.descend(&mut cloner, &loss)
        })?;
        self.learn(cloner.valid());
        Ok(())
    }

    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        if pictures.is_empty() {
            return Ok(Vec::new());
        }
        let (_, cloner) = self.cloner()?;
        let input = self.upload(&pictures.iter().collect::<Vec<_>>());
        let [features, answers] =
            [&self.teacher, cloner].map(|network| network.taps(input.clone()).split_off(SCORED));
        let Options { map, sigma, .. } = self.options;
        let lambda = self.options.lambda();
        let scores = device::download(discrepancy(&features, &answers, lambda).ok_or_else(no_taps)?)?;
        let maps = localisation::gradients(&self.teacher, cloner, input, lambda, map);
        let maps = maps.map(device::download).transpose()?;
        let side = self.geometry().side();
        let size = (side * side) as usize;
        let anomaly = |(index, score): (usize, f32)| {
            let values = maps.as_ref().map(|maps| &maps[index * size..][..size]);
            let map = values.map(|values| {
                let values = localisation::finish(values, side as usize, sigma);
                AnomalyMap { width: side, height: side, values }
            });
            Anomaly { score, map }
        };
        Ok(scores.into_par_iter().enumerate().map(anomaly).collect())
    }

    fn save(&self, folder: &Path) -> Result<(), DetectorError> {
        module_file::save(&folder.join(STATE), &self.cloner()?.0)
    }

    fn load(&mut self, folder: &Path) -> Result<(), DetectorError> {
        let mut cloner = Cloner::new(&Init::blank(&self.device));
        module_file::load(&folder.join(STATE), &mut cloner)?;
        self.learn(cloner);
        Ok(())
    }

    fn parameters(&self) -> Option<u64> {
        self.cloner.as_ref().map(|(cloner, _)| cloner.num_params() as u64)
    }
}

fn no_taps() -> DetectorError {
    DetectorError::Scoring("the networks have no poolings to compare".into())
}

/// KDAD as a plugin.
pub struct KdadPlugin;

impl DetectorPlugin for KdadPlugin {
    const NAME: &'static str = "kdad";
    const SUMMARY: &'static str =
        "a narrow cloner imitates VGG-16 on normal images; their difference is the score";
    const PAPER: &'static str =
        "Salehi et al., Multiresolution Knowledge Distillation for Anomaly Detection, CVPR 2021";
    const REVISION: u32 = 2;
    const STATE: &'static str = "the cloner, 1.4 MB";
    const NEEDS_BACKBONE: bool = true;
    const BACKBONE: BackboneKind = BackboneKind::Chain;
    const OWN_BACKBONE: Option<&'static str> = Some(vgg::NAME);
    type Options = Options;

    fn budget(options: &Options, schedule: &Schedule, pictures: usize) -> Option<Budget> {
        Some(options.budget(schedule, pictures))
    }

    fn check(options: &Options) -> Result<(), DetectorError> {
        options.check()
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        let device = device::open(context.device)?;
        let teacher = vgg::load(&context.backbone, &context.data_root, &device)?;
        Ok(Box::new(Kdad { options, device, teacher, cloner: None }))
    }
}

inventory::submit! { DetectorEntry::of::<KdadPlugin>() }
