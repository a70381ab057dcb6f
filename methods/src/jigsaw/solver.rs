//! A network that tells the order of tiles, as a detector.
//!
//! The backbone and a linear head on its coarsest features learn to tell in which of 31 orders the tiles of a normal
//! picture lie. The score of a picture is the mean, over eleven of the orders, of minus the logarithm of the
//! probability that the network gives to the right one: it is high where parts do not look as they should in their
//! place. There is no map.

use super::head::Head;
use super::options::Options;
use super::orders::{GRID, ORDERS, orders};
use super::puzzle;
use crate::backbone::{self, Backbone, TunedWeights};
use crate::device;
use crate::layer::Init;
use crate::loss::{cross_entropy, surprise};
use crate::optimiser::{Descent, loss_and_gradients};
use crate::trained::ModuleMethod;
use crate::training::{Batch, TrainingLoop};
use crate::view::Planes;
use burn::module::Module;
use burn::tensor::{Device, Tensor};
use harness::prelude::*;
use image::imageops;
use rand::{Rng, RngExt};

/// Every so many orders, from the right one on, one is asked for in a score: eleven in all.
const ASKED: usize = 3;
/// Share of the steps after which steps are a tenth as long.
const SLOWER: f64 = 0.8;
/// The smallest side in pixels: a tile has a location of its own at stride 16.
const LEAST: u32 = 16 * GRID as u32;

/// The detector.
pub struct Solver {
    options: Options,
    side: u32,
    device: Device,
    backbone: Box<dyn Backbone>,
}

/// What is trained.
#[derive(Module, Debug)]
pub struct Network {
    backbone: TunedWeights,
    head: Head,
}

impl Network {
    fn new(backbone: &dyn Backbone, init: &Init<'_>) -> Result<Self, DetectorError> {
        let untrainable = || DetectorError::Weights("this backbone's weights cannot be trained here".into());
        let tuned = TunedWeights::new(backbone, init.device()).ok_or_else(untrainable)?;
        Ok(Self { backbone: tuned, head: Head::new(&init.at("head"), backbone.channels()[2]) })
    }

    /// The logarithm of each order's probability, `[batch, 31]`.
    fn forward(&self, backbone: &dyn Backbone, puzzles: Tensor<4>) -> Tensor<2> {
        let tuned = self.backbone.network(backbone);
        let [_, _, coarse] = tuned.as_deref().unwrap_or(backbone).features(puzzles);
        self.head.forward(coarse)
    }
}

impl Solver {
    /// An untrained detector of the suite's size, or of 48 px where that is smaller.
    ///
    /// # Errors
    /// When backbone or device cannot be had.
    pub fn new(options: Options, context: &BuildContext) -> Result<Self, DetectorError> {
        let side = puzzle::side(context.image_size.max(LEAST));
        let device = device::open(context.device)?;
        let backbone = backbone::load(&context.backbone, &context.data_root, &device)?;
        Ok(Self { options, side, device, backbone })
    }

    /// A training puzzle and its order: cropped, cut, in places grey, shuffled.
    fn puzzle(&self, picture: &RgbImage, rng: &mut impl Rng) -> (Planes, usize) {
        // A square, as pictures are: JiGen's crops are up to a third longer than wide.
        let side = self.side;
        let share = self.options.crop + (1.0 - self.options.crop) * rng.random::<f64>();
        let kept = ((f64::from(side) * share.sqrt()).round() as u32).clamp(1, side);
        let (x, y) = (rng.random_range(0..=side - kept), rng.random_range(0..=side - kept));
        let part = imageops::crop_imm(picture, x, y, kept, kept).to_image();
        let (mut puzzle, order) =
            puzzle::draw(&Geometry::Stretch(side).picture(&part), self.options.ordered, rng);
        puzzle::grey_tiles(&mut puzzle, self.options.grey, rng);
        (Planes::normalise(&puzzle), order)
    }

    /// How unsure the network is of the order asked for, for every picture.
    fn surprise(
        &self,
        network: &Network,
        pictures: &[RgbImage],
        order: usize,
    ) -> Result<Vec<f32>, DetectorError> {
        let shuffled = |picture: &RgbImage| Planes::normalise(&puzzle::reordered(picture, &orders()[order]));
        let puzzles = device::upload_pictures(pictures, shuffled, &self.device);
        let logarithms = network.forward(&*self.backbone, puzzles);
        device::download(surprise(logarithms, &vec![order; pictures.len()]))
    }
}

impl ModuleMethod for Solver {
    const FILE: &'static str = "solver.safetensors";
    type Model = Network;

    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.side)
    }

    fn blank(&self) -> Result<Network, DetectorError> {
        Network::new(&*self.backbone, &Init::blank(&self.device))
    }

    fn train(&self, train: &TrainingSet, context: &FitContext<'_>) -> Result<Network, DetectorError> {
        let pictures = &train.pictures;
        let budget = self.options.budget(&context.schedule, pictures.len());
        let differentiating = self.device.clone().autodiff();
        let mut network = Network::new(&*self.backbone, &Init::random(&context.random, &differentiating))?;
        let mut descent = Descent::new(self.options.learning_rate);
        let random = &context.random;
        let prepare = |batch: &Batch| {
            let draw = |&index: &usize| {
                let mut stream = random.stream("jigsaw", &format!("{}/{index}", batch.epoch));
                self.puzzle(&pictures[index], &mut stream)
            };
            let (planes, orders): (Vec<Planes>, Vec<usize>) = batch.pictures.iter().map(draw).unzip();
            (batch.step, planes, orders)
        };
        let mut training = TrainingLoop::new(context, budget.steps);
        training.prepared("shuffle", pictures.len(), budget, prepare, |(step, planes, orders)| {
            if step as f64 >= SLOWER * budget.steps as f64 {
                descent.rate = self.options.learning_rate / 10.0;
            }
            let puzzles = device::upload(&planes, &self.device).autodiff();
            let loss = cross_entropy(network.forward(&*self.backbone, puzzles), &orders);
            let (value, mut gradients) = loss_and_gradients(&loss, &network)?;
            network = descent.step(network.clone(), &mut gradients);
            Ok(value)
        })?;
        Ok(network.valid())
    }

    fn score(&self, network: &Network, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let asked: Vec<usize> = (0..ORDERS).step_by(ASKED).collect();
        let mut scores = vec![0.0_f64; pictures.len()];
        for &order in &asked {
            for (score, surprise) in scores.iter_mut().zip(self.surprise(network, pictures, order)?) {
                *score += f64::from(surprise) / asked.len() as f64;
            }
        }
        Ok(scores.into_iter().map(|score| Anomaly { score: score as f32, map: None }).collect())
    }
}

#[cfg(test)]
mod tests;
