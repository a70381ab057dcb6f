//! Training.

use super::loss;
use super::network::{self, Restorer};
use super::options::Options;
use super::stable_adamw::StableAdamW;
use super::upload;
use crate::backbone::TokenBackbone;
use crate::device::download;
use crate::layer::Dropout;
use crate::training::{Batch, Course};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use harness::detector::{FitContext, TrainingSet};
use harness::error::DetectorError;
use image::RgbImage;

/// Trains for the scheduled steps and returns the network, which must live on a differentiating device.
///
/// # Errors
/// When the loss is no longer finite, or the device fails.
pub fn run(
    options: &Options,
    teacher: &dyn TokenBackbone,
    mut restorer: Restorer,
    train: &TrainingSet,
    device: &Device,
    context: &FitContext<'_>,
) -> Result<Restorer, DetectorError> {
    let budget = options.budget(&context.schedule);
    let mut optimiser = StableAdamW::default();
    let count = train.pictures.len();
    Course::new(context, budget.steps).stage(
        "shuffle",
        count,
        budget,
        |Batch { step, pictures, .. }| {
            let pictures: Vec<RgbImage> =
                pictures.iter().map(|&index| train.pictures[index].clone()).collect();
            let layers = network::layers(teacher, upload(&pictures, device));
            let layers: Vec<Tensor<3>> = layers.into_iter().map(Tensor::autodiff).collect();
            let mut dropout = Dropout::new(options.dropout, &context.random, *step);
            let restored = restorer.forward(&layers, Some(&mut dropout));
            let prefix = teacher.prefix();
            let damped = options.damped_in(*step, budget.steps);
            let loss = loss::loose(loss::groups(layers, prefix), loss::groups(restored, prefix), damped)?;
            let value = download(loss.clone())?[0];
            let gradients = GradientsParams::from_grads(loss.backward(), &restorer);
            // Cloning a module shares its tensors, so this is cheap.
            restorer = optimiser.step(restorer.clone(), gradients, options.rate(*step, budget.steps));
            Ok(f64::from(value))
        },
    )?;
    Ok(restorer)
}
