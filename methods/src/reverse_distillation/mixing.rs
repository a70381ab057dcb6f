//! Mixing the features of a batch while training, so that a student meets styles between those of its pictures.
//!
//! MixStyle (Zhou et al., "Domain Generalization with MixStyle", ICLR 2021) and EFDMix (Zhang et al., "Exact Feature
//! Distribution Matching for Arbitrary Style Transfer and Domain Generalization", CVPR 2022) after the stages of the
//! frozen teacher. With a chance per stage and batch, each picture `x` gets a partner `x'`, by a random permutation of
//! the batch, and keeps a share `l ~ Beta(b, b)` of its own style. Per channel:
//!
//! ```text
//! MixStyle   (x - mean) / deviation * (l deviation + (1 - l) deviation') + l mean + (1 - l) mean'
//! EFDMix     x + (1 - l) (y - x)      y: the partner's sorted values at the ranks of x
//! ```
//!
//! Deviations are roots of the unbiased variance plus 1e-6. Equal values keep the order of their positions; the
//! released sort leaves it to chance. The mixed features feed the teacher's next stage. The teacher is frozen, so
//! gradients through the mixture, which the released modules have, do not occur.

use super::atta::ascending;
use super::options::{MixTarget, Mixing, Options};
use crate::backbone::{Backbone, Features};
use crate::device;
use burn::tensor::{Tensor, TensorData};
use harness::contract::error::DetectorError;
use harness::contract::seed::Root;
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_distr::{Beta, Distribution};
use rayon::prelude::*;

/// Added to variances, as released.
const EPSILON: f64 = 1e-6;

/// What one mixture leaves to chance.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    /// Each picture's partner: a permutation of the batch.
    pub partners: Vec<usize>,
    /// What each picture keeps of its own style, 0 to 1.
    pub shares: Vec<f32>,
}

impl Draw {
    /// The mixture of `batch` pictures after one stage; nothing where the coin says so, or where a picture is alone.
    pub fn new(options: &Options, batch: usize, random: &Root, item: &str) -> Option<Self> {
        let mut stream = random.stream("mix", item);
        let coin = stream.random::<f64>();
        let mut partners: Vec<usize> = (0..batch).collect();
        partners.shuffle(&mut stream);
        let beta = Beta::new(options.mixed.mix_beta, options.mixed.mix_beta).ok()?;
        let shares = partners.iter().map(|_| beta.sample(&mut stream) as f32).collect();
        (coin < options.mixed.mix_probability && batch > 1).then_some(Self { partners, shares })
    }

    /// Mixes `values`, `[batch, channels, positions]`.
    pub fn apply(&self, mixing: Mixing, values: &[f32], positions: usize) -> Vec<f32> {
        let channels = values.len() / positions / self.partners.len().max(1);
        let mut mixed = values.to_vec();
        mixed.par_chunks_exact_mut(positions).enumerate().for_each(|(index, channel)| {
            let (picture, share) = (index / channels, self.shares[index / channels]);
            let partner = self.partners[picture] * channels + index % channels;
            let partner = &values[partner * positions..][..positions];
            match mixing {
                Mixing::None => {}
                Mixing::Mixstyle => mix_moments(channel, partner, f64::from(share)),
                Mixing::Efdm => mix_sorted(channel, partner, share),
            }
        });
        mixed
    }
}

/// The features a student sees of a view and those it is to restore.
#[derive(Clone, Debug)]
pub struct Mixed {
    /// Mixed, if anything is.
    pub seen: Features,
    /// The target.
    pub target: Features,
}

impl Mixed {
    /// Features as they are.
    pub fn unmixed(features: Features) -> Self {
        Self { target: features.clone(), seen: features }
    }
}

/// The teacher's features of `pictures` `[batch, 3, height, width]`. `item` names the draw: step and view.
///
/// # Errors
/// When the device fails.
pub fn features(
    options: &Options,
    teacher: &dyn Backbone,
    pictures: Tensor<4>,
    random: &Root,
    item: &str,
) -> Result<Mixed, DetectorError> {
    if options.mixed.mixing == Mixing::None {
        return Ok(Mixed::unmixed(teacher.features(pictures)));
    }
    let stage = |index: usize, input: Tensor<4>| {
        let features = teacher.stage(index, input);
        let batch = features.dims()[0];
        let item = format!("{item}/{index}");
        let draw = Draw::new(options, batch, random, &item).filter(|_| options.mixed.mixed_layers.has(index));
        draw.map_or(Ok(features.clone()), |draw| mix(&draw, options.mixed.mixing, features))
    };
    let fine = stage(0, pictures.clone())?;
    let middle = stage(1, fine.clone())?;
    let coarse = stage(2, middle.clone())?;
    let seen = [fine, middle, coarse];
    let target = match options.mixed.mix_target {
        MixTarget::Mixed => seen.clone(),
        MixTarget::Clean => teacher.features(pictures),
    };
    Ok(Mixed { seen, target })
}

fn mix(draw: &Draw, mixing: Mixing, features: Tensor<4>) -> Result<Tensor<4>, DetectorError> {
    let (shape, device) = (features.dims(), features.device());
    let mixed = draw.apply(mixing, &device::download(features)?, shape[2] * shape[3]);
    Ok(Tensor::from_data(TensorData::new(mixed, shape), &device))
}

fn mix_moments(channel: &mut [f32], partner: &[f32], share: f64) {
    let ((mean, deviation), (other_mean, other_deviation)) = (moments(channel), moments(partner));
    let factor = (share * deviation + (1.0 - share) * other_deviation) / deviation;
    let mixed_mean = share * mean + (1.0 - share) * other_mean;
    for value in channel {
        *value = ((f64::from(*value) - mean) * factor + mixed_mean) as f32;
    }
}

/// Mean, and root of the unbiased variance plus [`EPSILON`].
fn moments(values: &[f32]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().copied().map(f64::from).sum::<f64>() / count;
    let squares = values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>();
    // One position has no unbiased variance.
    (mean, (squares / (count - 1.0).max(1.0) + EPSILON).sqrt())
}

fn mix_sorted(channel: &mut [f32], partner: &[f32], share: f32) {
    let (ranks, sorted) = (ascending(channel), ascending(partner));
    for (position, source) in ranks.into_iter().zip(sorted) {
        let value = &mut channel[position];
        // As a step towards the partner's value: exact where both are equal, and at a share of 1.
        *value += (1.0 - share) * (partner[source] - *value);
    }
}

#[cfg(test)]
mod tests;
