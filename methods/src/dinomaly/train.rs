//! Training.

use super::loss;
use super::network::{self, Restorer};
use super::options::Options;
use super::stable_adamw::StableAdamW;
use crate::backbone::TokenBackbone;
use crate::device::upload_pictures;
use crate::layer::Dropout;
use crate::optimiser::loss_and_gradients;
use crate::training::{Batch, TrainingLoop};
use crate::view::Planes;
use burn::tensor::{Device, Tensor};
use harness::contract::detector::{FitContext, TrainingSet};
use harness::contract::error::DetectorError;

/// How long the gradients of a step may be, all together.
const LONGEST: f64 = 0.1;

/// A network under training, which lives on a differentiating device.
pub struct Student {
    restorer: Restorer,
    optimiser: StableAdamW,
}

impl Student {
    /// That has not learned yet.
    pub fn new(restorer: Restorer) -> Self {
        Self { restorer, optimiser: StableAdamW::clipping(LONGEST) }
    }

    /// One step towards the teacher's `layers`, of which the first `prefix` tokens are not compared; the loss before
    /// it.
    ///
    /// # Errors
    /// When the device fails.
    pub fn learn(
        &mut self,
        layers: Vec<Tensor<3>>,
        prefix: usize,
        dropout: Option<&mut Dropout<'_>>,
        damped: f64,
        rate: f64,
    ) -> Result<f64, DetectorError> {
        let layers: Vec<Tensor<3>> = layers.into_iter().map(Tensor::autodiff).collect();
        let restored = self.restorer.forward(&layers, dropout);
        let loss = loss::loose(loss::groups(layers, prefix), loss::groups(restored, prefix), damped)?;
        let (value, gradients) = loss_and_gradients(&loss, &self.restorer)?;
        // Cloning a module shares its tensors, so this is cheap.
        self.restorer = self.optimiser.step(self.restorer.clone(), gradients, rate)?;
        Ok(value)
    }
}

/// Trains for the scheduled steps and returns the network, which must live on a differentiating device.
///
/// # Errors
/// When the loss is no longer finite, or the device fails.
pub fn run(
    options: &Options,
    teacher: &dyn TokenBackbone,
    restorer: Restorer,
    train: &TrainingSet,
    device: &Device,
    context: &FitContext<'_>,
) -> Result<Restorer, DetectorError> {
    let budget = options.budget(&context.schedule);
    let mut student = Student::new(restorer);
    let learn = |batch: &Batch| {
        let pictures = upload_pictures(&batch.of(&train.pictures), Planes::normalise, device);
        let (layers, step) = (network::layers(teacher, pictures), batch.step);
        let mut dropout = Dropout::new(options.dropout, &context.random, step);
        let (damped, rate) = (options.damped_in(step, budget.steps), options.rate(step, budget.steps));
        student.learn(layers, teacher.prefix(), Some(&mut dropout), damped, rate)
    };
    TrainingLoop::new(context, budget.steps).whole_batches().stage(
        "shuffle",
        train.pictures.len(),
        budget,
        learn,
    )?;
    Ok(student.restorer)
}
