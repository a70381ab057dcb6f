//! Two stages: a Wasserstein GAN with gradient penalty, then the encoder ("izi_f").

use super::critic::Critic;
use super::generator::Generator;
use super::networks::{Networks, planes};
use super::options::Options;
use super::penalty::{direction, penalty};
use crate::device::upload_pictures;
use crate::layer::Init;
use crate::optimiser::Adam;
use crate::training::{Batch, TrainingLoop};
use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use harness::contract::detector::FitContext;
use harness::contract::error::DetectorError;
use harness::contract::schedule::Budget;
use image::{RgbImage, imageops};
use rand::RngExt;
use rand_distr::StandardNormal;

/// Adam's decays for generator and critic.
const BETAS: [f64; 2] = [0.0, 0.9];

/// Trains both stages.
pub fn run(
    options: &Options,
    pictures: &[RgbImage],
    device: &Device,
    context: &FitContext<'_>,
) -> Result<Networks, DetectorError> {
    let source = Source { pictures, device, context };
    let whole = options.budget(&context.schedule);
    let steps = whole.steps * options.gan_steps / (options.gan_steps + options.encoder_steps);
    let mut training = TrainingLoop::new(context, whole.steps);

    let differentiating = device.clone().autodiff();
    let networks = Networks::new(&Init::random(&context.random, &differentiating), options);
    let mut gan = Gan::new(options, networks.generator, networks.critic);
    training.stage("gan", pictures.len(), Budget { steps, ..whole }, |batch| {
        let real = source.load("gan-flip", batch);
        let latent = || source.latent("noise", batch, options.latent);
        let value = gan.criticise(real, latent(), source.shares(batch))?;
        if (batch.step + 1).is_multiple_of(options.critic_steps) {
            gan.generate(latent())?;
        }
        Ok(value)
    })?;

    let (generator, critic) = (gan.generator.settle(), gan.critic.valid());
    let mut inversion = Inversion {
        networks: Networks {
            generator: generator.freeze().train(),
            critic: critic.freeze().train(),
            ..networks
        },
        optimiser: Adam::rms_prop(options.encoder_learning_rate),
        kappa: options.kappa,
    };
    let steps = whole.steps - steps;
    training.stage("encoder", pictures.len(), Budget { steps, ..whole }, |batch| {
        inversion.step(source.load("encoder-flip", batch))
    })?;
    Ok(inversion.networks.valid())
}

/// Where pictures and random numbers come from.
struct Source<'a> {
    pictures: &'a [RgbImage],
    device: &'a Device,
    context: &'a FitContext<'a>,
}

impl Source<'_> {
    /// The pictures of a batch, each mirrored left to right with probability one half.
    fn load(&self, purpose: &str, batch: &Batch) -> Tensor<4> {
        let turned = |&index: &usize| {
            let item = format!("{}/{index}", batch.epoch);
            let mut stream = self.context.random.stream(purpose, &item);
            let picture = &self.pictures[index];
            if stream.random::<bool>() { imageops::flip_horizontal(picture) } else { picture.clone() }
        };
        let turned: Vec<RgbImage> = batch.pictures.iter().map(turned).collect();
        upload_pictures(&turned, planes, self.device)
    }

    /// Standard Gaussian latent vectors `[batch, length]`.
    fn latent(&self, purpose: &str, batch: &Batch, length: usize) -> Tensor<2> {
        let mut stream = self.context.random.stream(purpose, &batch.step.to_string());
        let count = batch.pictures.len();
        let values: Vec<f32> = (0..count * length).map(|_| stream.sample(StandardNormal)).collect();
        Tensor::from_data(TensorData::new(values, [count, length]), self.device)
    }

    /// The share of the real picture in each point where the gradient is penalised: `[batch, 1, 1, 1]`, 0 to 1.
    fn shares(&self, batch: &Batch) -> Tensor<4> {
        let mut stream = self.context.random.stream("interpolation", &batch.step.to_string());
        let count = batch.pictures.len();
        let values: Vec<f32> = (0..count).map(|_| stream.random::<f32>()).collect();
        Tensor::from_data(TensorData::new(values, [count, 1, 1, 1]), self.device)
    }
}

/// Generator and critic in training.
struct Gan {
    generator: Generator,
    critic: Critic,
    generator_optimiser: Adam,
    critic_optimiser: Adam,
    penalty: f64,
}

impl Gan {
    fn new(options: &Options, generator: Generator, critic: Critic) -> Self {
        let optimiser = || Adam::new(options.learning_rate, BETAS);
        Self {
            generator,
            critic,
            generator_optimiser: optimiser(),
            critic_optimiser: optimiser(),
            penalty: options.penalty,
        }
    }

    /// One step of the critic; its loss: how much more real generated pictures look than real ones, and the penalty.
    fn criticise(
        &mut self,
        real: Tensor<4>,
        latent: Tensor<2>,
        share: Tensor<4>,
    ) -> Result<f64, DetectorError> {
        let fake = self.generator.forward(latent.autodiff()).inner();
        let points = real.clone() * share.clone() + fake.clone() * (share.neg() + 1.0);
        let still = self.critic.clone().freeze();
        let ascent = direction(|points| still.forward(points), points.clone());
        let slopes = self.critic.slope(points.autodiff(), ascent.autodiff());
        let [batch, ..] = real.dims();
        // Each picture is normalised by itself, so all may pass together.
        let values = self.critic.forward(Tensor::cat(vec![real, fake], 0).autodiff());
        let part = |index: usize| values.clone().narrow(0, index * batch, batch);
        let loss = part(1).mean() - part(0).mean() + penalty(slopes) * self.penalty;
        self.critic_optimiser.descend(&mut self.critic, &loss)
    }

    /// One step of the generator; its loss.
    fn generate(&mut self, latent: Tensor<2>) -> Result<f64, DetectorError> {
        let critic = self.critic.clone().freeze();
        let loss = critic.forward(self.generator.forward(latent.autodiff())).mean().neg();
        self.generator_optimiser.descend(&mut self.generator, &loss)
    }
}

/// The encoder in training, before a still generator and critic.
struct Inversion {
    networks: Networks,
    optimiser: Adam,
    kappa: f64,
}

impl Inversion {
    fn step(&mut self, pictures: Tensor<4>) -> Result<f64, DetectorError> {
        let (_, pixels, features) = self.networks.residuals(pictures.autodiff());
        let loss = pixels.mean() + features.mean() * self.kappa;
        self.optimiser.descend(&mut self.networks.encoder, &loss)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::schedule::Schedule;
    use harness::contract::seed::Root;

    fn trained(options: &Options, steps: usize) -> Networks {
        let pictures: Vec<_> = (0..4)
            .map(|shade| RgbImage::from_fn(16, 16, |x, y| image::Rgb([(x * y) as u8, shade * 20, 9])))
            .collect();
        let random = Root::new(0, "toy", "toy");
        let schedule = Schedule::Equal { steps, batch: 2 };
        let context = FitContext { random, schedule, progress: &|_, _, _| {} };
        run(options, &pictures, &Device::flex(), &context).unwrap()
    }

    /// The second stage leaves what the first has learned as it is.
    #[test]
    fn generator_and_critic_do_not_move_while_the_encoder_learns() {
        let options =
            Options { width: 2, latent: 3, side: 16, gan_steps: 3, encoder_steps: 0, ..Options::default() };
        let before = trained(&options, 3);
        let after = trained(&Options { encoder_steps: 4, ..options }, 7);
        let pictures = Tensor::full([1, 3, 16, 16], 0.3, &Device::flex());
        let latent = Tensor::full([1, 3], 0.3, &Device::flex());
        let values = |networks: &Networks| {
            let critic = networks.critic.forward(pictures.clone()).into_scalar::<f32>();
            let code = networks.encoder.forward(pictures.clone()).sum().into_scalar::<f32>();
            (networks.generator.forward(latent.clone()).sum().into_scalar::<f32>(), critic, code)
        };
        let (before, after) = (values(&before), values(&after));
        assert_eq!((before.0, before.1), (after.0, after.1));
        assert_ne!(before.2, after.2);
    }
}
