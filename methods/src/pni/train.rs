//! Training: remember, count, then learn which member is where.

use super::coreset::{Coreset, nearest};
use super::learned::Learned;
use super::neighbourhood::Neighbours;
use super::options::Options;
use super::position::Positions;
use crate::layer::{Dropout, Init};
use crate::loss::cross_entropy;
use crate::optimiser::Adam;
use crate::patch_features::{Extractor, Patches};
use crate::training::{Batch, TrainingLoop};
use burn::module::Module;
use burn::tensor::activation::log_softmax;
use burn::tensor::{Tensor, TensorData};
use harness::contract::detector::FitContext;
use harness::contract::error::DetectorError;
use image::RgbImage;

/// Pictures that go through the frozen network at once.
const BATCH: usize = 8;

/// Everything that is learned from normal pictures.
///
/// # Errors
/// When the device fails, or the loss is no longer finite.
pub fn run(
    options: &Options,
    extractor: &Extractor,
    pictures: &[RgbImage],
    context: &FitContext<'_>,
) -> Result<Learned, DetectorError> {
    let (dimension, device) = (extractor.dimension(), extractor.device());
    let Patches { height, width, .. } = extractor.patches(&pictures[..1]);
    let vectors = extractor.values(pictures, BATCH)?;
    let size = (height, width);
    let coreset = Coreset::search(&vectors, dimension, size, options, device, &context.random)?;
    let members = nearest(&coreset.bank, &vectors, device)?;
    let positions = Positions::count(&members, size, options.reach, coreset.bank.count());
    let classes = nearest(&coreset.classes, &vectors, device)?;

    let differentiating = device.clone().autodiff();
    let init = Init::random(&context.random, &differentiating);
    let mut neighbours = Neighbours::new(&init, dimension, options, coreset.classes.count());
    let mut optimiser = Adam::new(options.learning_rate, [0.9, 0.999]);
    let budget = options.budget(&context.schedule, pictures.len());
    let locations = height * width;
    TrainingLoop::new(context, budget.steps).stage(
        "shuffle",
        pictures.len(),
        budget,
        |Batch { step, epoch, pictures }| {
            let falls = epoch / options.lower_every;
            optimiser.set_rate(options.learning_rate * 0.1_f64.powi(falls as i32));
            let of = |picture: &usize| picture * locations..(picture + 1) * locations;
            let values: Vec<f32> = (pictures.iter().map(of))
                .flat_map(|range| &vectors[range.start * dimension..range.end * dimension])
                .copied()
                .collect();
            let labels: Vec<usize> =
                pictures.iter().map(of).flat_map(|range| &classes[range]).copied().collect();
            let shape = [pictures.len(), locations, dimension];
            let patches = Tensor::<3>::from_data(TensorData::new(values, shape), device).autodiff();
            let mut dropout = Dropout::new(options.dropout, &context.random, *step);
            let answers = neighbours.forward(patches, size, options.hidden_cell, Some(&mut dropout));
            optimiser.descend(&mut neighbours, &cross_entropy(log_softmax(answers, 1), &labels))
        },
    )?;
    Learned::new(coreset, positions, neighbours.valid(), device)
}
