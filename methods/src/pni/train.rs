//! Training: remember, count, then learn which member is where.

use super::Learned;
use super::neighbourhood::Neighbours;
use super::options::Options;
use super::position::Positions;
use super::score::border;
use crate::jigsaw::cross_entropy;
use crate::layer::{Dropout, Init};
use crate::memory_bank::{Anchors, MemoryBank, greedy, project};
use crate::optimiser::Adam;
use crate::patch_features::{Extractor, Patches};
use crate::training::{Batch, Course};
use burn::module::Module;
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor, TensorData};
use harness::detector::FitContext;
use harness::error::DetectorError;
use image::RgbImage;
use rand::RngExt;

/// Pictures that go through the frozen network at once.
const BATCH: usize = 8;
/// Vectors whose nearest member is looked for at once.
const ROWS: usize = 1 << 14;

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
    let kept = coreset(&vectors, (height, width), options, extractor, context)?;
    let bank = MemoryBank::new(kept, dimension, device);
    let votes = nearest(&bank, &vectors, device)?;
    let positions = Positions::count(&votes, (height, width), options.reach, bank.count());
    let classes = options.classes.min(bank.count());
    let class = nearest_class(&bank, classes, device)?;

    let differentiating = device.clone().autodiff();
    let init = Init::random(&context.random, &differentiating);
    let mut neighbours = Neighbours::new(&init, dimension, options, classes);
    let mut optimiser = Adam::new(options.learning_rate, [0.9, 0.999]);
    let budget = options.budget(&context.schedule, pictures.len());
    let locations = height * width;
    Course::new(context, budget.steps).stage(
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
            let labels: Vec<usize> = pictures
                .iter()
                .map(of)
                .flat_map(|range| &votes[range])
                .map(|&member| class[member])
                .collect();
            let shape = [pictures.len(), locations, dimension];
            let patches = Tensor::<3>::from_data(TensorData::new(values, shape), device).autodiff();
            let mut dropout = Dropout::new(options.dropout, &context.random, *step);
            let size = (height, width);
            let answers = neighbours.forward(patches, size, options.hidden_cell, Some(&mut dropout));
            optimiser.descend(&mut neighbours, &cross_entropy(log_softmax(answers, 1), &labels))
        },
    )?;
    Ok(Learned { bank, class, positions, neighbours: neighbours.valid() })
}

/// The class of the network, one of the first `classes` members, that is nearest to each member.
///
/// # Errors
/// When the device fails.
pub fn nearest_class(
    bank: &MemoryBank,
    classes: usize,
    device: &Device,
) -> Result<Vec<usize>, DetectorError> {
    let (values, dimension) = (bank.values()?, bank.dimension());
    let first = MemoryBank::new(values[..classes * dimension].to_vec(), dimension, device);
    let mut class = nearest(&first, &values, device)?;
    // A class stands for itself, also beside an equal one.
    class.iter_mut().take(classes).enumerate().for_each(|(member, class)| *class = member);
    Ok(class)
}

/// The remembered patches: greedily the farthest, from a random start that is not kept itself, in a projection. Patches
/// at the border of a picture are passed over.
fn coreset(
    vectors: &[f32],
    (height, width): (usize, usize),
    options: &Options,
    extractor: &Extractor,
    context: &FitContext<'_>,
) -> Result<Vec<f32>, DetectorError> {
    let (dimension, border) = (extractor.dimension(), border((height, width)));
    let is_inside = |location: usize| {
        let (row, column) = (location / width, location % width);
        (border..height - border).contains(&row) && (border..width - border).contains(&column)
    };
    let rows = vectors.chunks_exact(dimension).enumerate();
    let inside = rows.filter(|(index, _)| is_inside(index % (height * width))).flat_map(|(_, vector)| vector);
    let inside: Vec<f32> = inside.copied().collect();
    let count = inside.len() / dimension;
    let keep = ((count as f64 * options.coreset) as usize).max(1);
    let start = context.random.stream("coreset", "starts").random_range(0..count);
    let picks = match options.projection.filter(|size| *size < dimension) {
        Some(size) => {
            let projected = project(&inside, (dimension, size), extractor.device(), &context.random)?;
            greedy(&projected, size, Anchors::MeanTo(&[start]), keep)
        }
        None => greedy(&inside, dimension, Anchors::MeanTo(&[start]), keep),
    };
    Ok(picks.into_iter().flat_map(|index| &inside[index * dimension..][..dimension]).copied().collect())
}

/// The nearest member of every vector.
fn nearest(bank: &MemoryBank, vectors: &[f32], device: &Device) -> Result<Vec<usize>, DetectorError> {
    let dimension = bank.dimension();
    let of_rows = |rows: &[f32]| {
        let shape = [rows.len() / dimension, dimension];
        let queries = Tensor::from_data(TensorData::new(rows.to_vec(), shape), device);
        Ok(bank.nearest(queries)?.index)
    };
    let found: Result<Vec<Vec<usize>>, DetectorError> =
        vectors.chunks(ROWS * dimension).map(of_rows).collect();
    Ok(found?.concat())
}
