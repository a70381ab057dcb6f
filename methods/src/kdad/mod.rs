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
use self::discrepancy::{SCORED, TRAINED, discrepancy};
use self::options::Options;
use crate::backbone::{self, vgg};
use crate::device;
use crate::layer::{Chain, Init};
use crate::optimiser::Adam;
use crate::trained::{ModuleMethod, Trained};
use crate::training::TrainingLoop;
use burn::module::Module;
use burn::tensor::{Device, Tensor};
use harness::prelude::*;
use rayon::prelude::*;
use std::borrow::Borrow;

struct Kdad {
    options: Options,
    device: Device,
    teacher: Chain,
}

impl Kdad {
    fn upload<P: Borrow<RgbImage> + Sync>(&self, pictures: &[P]) -> Tensor<4> {
        device::upload_pictures(pictures, |picture| self.options.planes(picture), &self.device)
    }
}

impl ModuleMethod for Kdad {
    const FILE: &'static str = "cloner.safetensors";
    type Model = Cloner;

    fn geometry(&self) -> Geometry {
        self.options.geometry()
    }

    fn blank(&self) -> Result<Cloner, DetectorError> {
        Ok(Cloner::new(&Init::blank(&self.device)))
    }

    fn train(&self, train: &TrainingSet, context: &FitContext<'_>) -> Result<Cloner, DetectorError> {
        let budget = self.options.budget(&context.schedule, train.pictures.len());
        let differentiating = self.device.clone().autodiff();
        let mut cloner = Cloner::new(&Init::random(&context.random, &differentiating));
        let mut optimiser = Adam::new(self.options.learning_rate, [0.9, 0.999]);
        TrainingLoop::new(context, budget.steps).stage("shuffle", train.pictures.len(), budget, |batch| {
            let pictures = self.upload(&batch.of(&train.pictures));
            let targets = self.teacher.taps(pictures.clone()).split_off(TRAINED);
            let targets: Vec<_> = targets.into_iter().map(Tensor::autodiff).collect();
            let answers = cloner.taps(pictures.autodiff()).split_off(TRAINED);
            let loss = discrepancy(&targets, &answers, self.options.lambda()).ok_or_else(no_taps)?.mean();
            optimiser.descend(&mut cloner, &loss)
        })?;
        Ok(cloner.valid())
    }

    fn score(&self, cloner: &Cloner, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let (input, cloner) = (self.upload(pictures), cloner.chain());
        let [features, answers] =
            [&self.teacher, &cloner].map(|network| network.taps(input.clone()).split_off(SCORED));
        let Options { map, sigma, .. } = self.options;
        let lambda = self.options.lambda();
        let scores = device::download(discrepancy(&features, &answers, lambda).ok_or_else(no_taps)?)?;
        let maps = localisation::gradients(&self.teacher, &cloner, input, lambda, map);
        let maps = maps.map(device::download).transpose()?;
        let side = self.options.geometry().side();
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
    const SEPARATION: Option<Separation> =
        Some(Separation { options: "(geometry: stretch(32), map: none)", steps: 100, ..Separation::DEFAULT });
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
        let teacher = backbone::load(&context.backbone, &context.data_root, &device)?;
        Ok(Trained::not_yet(Kdad { options, device, teacher }))
    }
}

inventory::submit! { DetectorEntry::of::<KdadPlugin>() }
