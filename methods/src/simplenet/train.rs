//! Training: true and noisy patches go through the discriminator in one batch.

use super::head::Head;
use super::options::Options;
use crate::optimiser::{Adam, Decay, loss_and_gradients};
use crate::patch_features::Extractor;
use crate::training::{Batch, TrainingLoop};
use burn::tensor::{Tensor, TensorData};
use harness::contract::detector::FitContext;
use harness::contract::error::DetectorError;
use harness::contract::seed::Root;
use image::RgbImage;
use rand::RngExt;
use rand_distr::StandardNormal;
use rayon::prelude::*;

/// PyTorch's decays of the moments.
const BETAS: [f64; 2] = [0.9, 0.999];
/// PyTorch's default decay of AdamW.
const ADAPTOR_DECAY: Decay = Decay::Decoupled(0.01);
/// Of the discriminator's Adam.
const DISCRIMINATOR_DECAY: Decay = Decay::Coupled(1e-5);

/// Trains for the scheduled steps and returns the head.
///
/// # Errors
/// When the loss is no longer finite, or the device fails.
pub fn run(
    options: &Options,
    extractor: &Extractor,
    mut head: Head,
    pictures: &[RgbImage],
    context: &FitContext<'_>,
) -> Result<Head, DetectorError> {
    // Always one picture at a time: sums in another order would give other features.
    let patches = |index: usize| extractor.patches(&pictures[index..=index]).vectors;
    let kept: Option<Vec<Tensor<3>>> = options.cache.then(|| (0..pictures.len()).map(patches).collect());
    let mut adaptor = Adam::new(options.adaptor_rate, BETAS).decaying(ADAPTOR_DECAY);
    let mut discriminator = Adam::new(options.discriminator_rate, BETAS).decaying(DISCRIMINATOR_DECAY);
    let budget = options.budget(&context.schedule, pictures.len());
    TrainingLoop::new(context, budget.steps).stage(
        "shuffle",
        pictures.len(),
        budget,
        |Batch { step, pictures, .. }| {
            let of_picture =
                |&index: &usize| kept.as_ref().map_or_else(|| patches(index), |kept| kept[index].clone());
            let batch: Tensor<2> = Tensor::cat(pictures.iter().map(of_picture).collect(), 0).flatten(0, 1);
            let noise = noise(batch.dims(), options.noise, &context.random, *step);
            let noise = Tensor::from_data(noise, &batch.device()).autodiff();
            let adapted = head.adapt(batch.autodiff());
            let noisy = adapted.clone() + noise;
            let loss = hinge(head.discriminate(Tensor::cat(vec![adapted, noisy], 0)), options.margin);
            let (value, mut gradients) = loss_and_gradients(&loss, &head)?;
            // Cloning a module shares its tensors, so this is cheap.
            head.adaptor = adaptor.step(head.adaptor.clone(), &mut gradients);
            head.discriminator = discriminator.step(head.discriminator.clone(), &mut gradients);
            Ok(value)
        },
    )?;
    Ok(head)
}

/// `mean(max(0, m - true)) + mean(max(0, m + noisy))` of answers `[2 count, 1]`, true ones first: `[1]`.
fn hinge(answers: Tensor<2>, margin: f64) -> Tensor<1> {
    let mut halves = answers.chunk(2, 0).into_iter();
    let mean = |half: Option<Tensor<2>>, sign: f64| {
        half.map(|answers| (answers * sign + margin).clamp_min(0.0).mean())
    };
    let (normal, noisy) = (mean(halves.next(), -1.0), mean(halves.next(), 1.0));
    normal.zip(noisy).map(|(normal, noisy)| normal + noisy).expect("two chunks of an even number of answers")
}

/// Values around 0 with this standard deviation; each row has its own stream.
fn noise([rows, columns]: [usize; 2], deviation: f64, random: &Root, step: usize) -> TensorData {
    const ROWS: usize = 64;
    let mut values = vec![0.0_f32; rows * columns];
    values.par_chunks_mut(ROWS * columns).enumerate().for_each(|(block, values)| {
        let mut stream = random.stream("noise", &format!("{step}/{block}"));
        let draws = values.iter_mut();
        draws.for_each(|value| *value = deviation as f32 * stream.sample::<f32, _>(StandardNormal));
    });
    TensorData::new(values, [rows, columns])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::download;
    use burn::tensor::Device;

    #[test]
    fn the_hinge_by_hand() {
        let answers = Tensor::from_data([[0.7], [0.2], [-0.6], [0.1]], &Device::flex());
        let loss = download(hinge(answers, 0.5)).unwrap()[0];
        // 0.15 of the true ones, 0.30 of the noisy ones.
        assert!((loss - 0.45).abs() < 1e-6);
    }

    /// `max(0, m - a) + max(0, m + a)` is at least `2 m`: what cannot be told apart costs 1.
    #[test]
    fn without_noise_nothing_can_be_learned() {
        for answer in [-2.0, -0.3, 0.0, 0.4, 3.0] {
            let loss = hinge(Tensor::from_data([[answer], [answer]], &Device::flex()), 0.5);
            assert!(download(loss).unwrap()[0] >= 1.0 - 1e-6);
        }
    }

    #[test]
    fn noise_has_its_deviation_and_its_stream() {
        let random = Root::new(0, "toy", "toy");
        let draw = |step| noise([300, 100], 0.015, &random, step).try_to_vec_as::<f32>().unwrap();
        let values = draw(0);
        let mean = values.iter().sum::<f32>() / 3e4;
        let deviation = (values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / 3e4).sqrt();
        assert!((deviation / 0.015 - 1.0).abs() < 0.01, "{deviation}");
        assert_eq!(values, draw(0));
        assert_ne!(values, draw(1));
    }
}
