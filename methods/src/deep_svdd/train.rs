//! Two stages: an autoencoder, then its encoder alone.

use super::network::{Decoder, EMBEDDING, Encoder};
use super::options::{Objective, Options};
use super::preprocessing::spread;
use super::sphere::{Sphere, centre, distances, radius, soft_boundary};
use crate::device;
use crate::layer::Init;
use crate::optimiser::Adam;
use crate::training::TrainingLoop;
use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor, TensorData};
use harness::contract::detector::FitContext;
use harness::contract::error::DetectorError;
use harness::contract::schedule::Budget;
use image::RgbImage;

/// Encoder and decoder.
#[derive(Module, Debug)]
struct Autoencoder {
    encoder: Encoder,
    decoder: Decoder,
}

/// Trains both stages.
pub fn run(
    options: &Options,
    pictures: &[RgbImage],
    device: &Device,
    context: &FitContext<'_>,
) -> Result<Sphere, DetectorError> {
    let range = options.pre.range(pictures);
    let load = |batch: &[usize]| {
        let pictures: Vec<_> = batch.iter().map(|&index| &pictures[index]).collect();
        let planes = |picture: &RgbImage| spread(options.pre.planes(picture), range);
        device::upload_pictures(&pictures, planes, device)
    };
    let differentiating = device.clone().autodiff();
    let init = Init::random(&context.random, &differentiating);
    let encoder = Encoder::new(&init.at("encoder"), options.side);
    let whole = options.budget(&context.schedule, pictures.len());
    let steps = whole.steps * options.pretrain_epochs / (options.pretrain_epochs + options.epochs);
    let mut training = TrainingLoop::new(context, whole.steps);

    let decoder = Decoder::new(&init.at("decoder"), options.side);
    let mut autoencoder = Autoencoder { encoder, decoder };
    let mut stage = Stage::new(options, steps, options.pretrain_lower_after);
    training.stage("pretraining", pictures.len(), Budget { steps, ..whole }, |batch| {
        let input = load(&batch.pictures).autodiff();
        let output = autoencoder.decoder.forward(autoencoder.encoder.forward(input.clone()));
        let [batch_size, ..] = input.dims();
        let loss = (output - input).square().sum() / batch_size as f64;
        stage.step(batch.step, &mut autoencoder, loss)
    })?;

    let mut encoder = autoencoder.encoder;
    let middle = centre(&mean_embedding(&encoder.valid(), pictures.len(), whole.batch, load)?);
    let middle = Tensor::<1>::from_data(TensorData::new(middle, [EMBEDDING]), device);
    let steps = whole.steps - steps;
    let mut stage = Stage::new(options, steps, options.lower_after);
    let (mut bound, warm_up) = (0.0, share(options.warm_up, steps));
    training.stage("shuffle", pictures.len(), Budget { steps, ..whole }, |batch| {
        let embeddings = encoder.forward(load(&batch.pictures).autodiff());
        let distances = distances(embeddings, middle.clone().autodiff());
        let loss = match options.objective {
            Objective::OneClass => distances.clone().mean(),
            Objective::SoftBoundary => soft_boundary(distances.clone(), bound, options.nu),
        };
        let value = stage.step(batch.step, &mut encoder, loss)?;
        if options.objective == Objective::SoftBoundary && batch.step >= warm_up {
            bound = radius(&device::download(distances.inner())?, options.nu);
        }
        Ok(value)
    })?;
    let param = |values: Vec<f32>| {
        let length = values.len();
        Param::from_tensor(Tensor::from_data(TensorData::new(values, [length]), device))
    };
    Ok(Sphere {
        encoder: encoder.valid(),
        centre: Param::from_tensor(middle),
        radius: param(vec![bound as f32]),
        range: param(range.to_vec()),
    })
}

/// The step at which a share of `steps` is over.
fn share(share: f64, steps: usize) -> usize {
    (share * steps as f64).ceil() as usize
}

fn mean_embedding(
    encoder: &Encoder,
    pictures: usize,
    batch: usize,
    load: impl Fn(&[usize]) -> Tensor<4>,
) -> Result<Vec<f32>, DetectorError> {
    let mut sum = vec![0.0_f64; EMBEDDING];
    let order: Vec<usize> = (0..pictures).collect();
    for batch in order.chunks(batch) {
        let embeddings = device::download(encoder.forward(load(batch)))?;
        for embedding in embeddings.chunks_exact(EMBEDDING) {
            sum.iter_mut().zip(embedding).for_each(|(sum, &value)| *sum += f64::from(value));
        }
    }
    Ok(sum.into_iter().map(|sum| (sum / pictures.max(1) as f64) as f32).collect())
}

/// What the steps of one stage have in common.
struct Stage {
    optimiser: Adam,
    rate: f64,
    lower_from: usize,
    decay: f64,
}

impl Stage {
    fn new(options: &Options, steps: usize, lower_after: f64) -> Self {
        let rate = options.learning_rate;
        let optimiser = Adam::new(rate, [0.9, 0.999]);
        Self { optimiser, rate, lower_from: share(lower_after, steps), decay: options.weight_decay }
    }

    /// Moves `module` down the loss and the penalty on its weights, and gives their sum.
    fn step<M: Module>(
        &mut self,
        step: usize,
        module: &mut M,
        loss: Tensor<1>,
    ) -> Result<f64, DetectorError> {
        self.optimiser.set_rate(if step < self.lower_from { self.rate } else { 0.1 * self.rate });
        let mut penalised = Penalised { loss, factor: 0.5 * self.decay };
        module.visit(&mut penalised);
        self.optimiser.descend(module, &penalised.loss)
    }
}

/// Adds the squares of all parameters to a loss: weight decay in the gradient, as PyTorch's Adam has it.
struct Penalised {
    loss: Tensor<1>,
    factor: f64,
}

impl ModuleVisitor for Penalised {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if self.factor > 0.0 && param.val().is_require_grad() {
            self.loss = self.loss.clone() + param.val().square().sum() * self.factor;
        }
    }
}
