//! Normalisation together with what follows it in the networks here, on slices in `[batch, channels, height,
//! width]` order: `activate(normalise(x) * scale + offset + residual)`.

use super::wide::wide;
use rayon::prelude::*;

/// Sizes of a feature map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planes {
    /// Channels.
    pub channels: usize,
    /// Height times width.
    pub pixels: usize,
}

/// What normalises a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    /// Mean.
    pub mean: f32,
    /// Biased variance.
    pub variance: f32,
}

impl Moments {
    fn scale(self, epsilon: f32) -> f32 {
        1.0 / (self.variance + epsilon).sqrt()
    }
}

/// The parts of `activate(normalise(x) * scale + offset + residual)` besides `x`.
#[derive(Clone, Copy, Debug)]
pub struct Affine<'a> {
    /// Per channel.
    pub scale: &'a [f32],
    /// Per channel.
    pub offset: &'a [f32],
    /// Per value.
    pub residual: Option<&'a [f32]>,
    /// Factor of negative values, 0 to 1: 0 is ReLU, 1 changes nothing.
    pub slope: f32,
    /// Highest value that is let through.
    pub ceiling: f32,
    /// Added to variances.
    pub epsilon: f32,
}

/// The gradients of a normalisation.
#[derive(Debug)]
pub struct Gradients {
    /// Of the input.
    pub input: Vec<f32>,
    /// Of the scale, per channel.
    pub scale: Vec<f32>,
    /// Of the offset, per channel.
    pub offset: Vec<f32>,
}

impl Planes {
    /// Mean and variance of every channel over pictures and pixels.
    pub fn moments(self, input: &[f32]) -> Vec<Moments> {
        let count = (input.len() / self.channels) as f64;
        let of_channel = |channel| {
            let planes = || self.planes(input, channel);
            let mean = planes().map(|plane| sum(plane, |value| value)).sum::<f64>() / count;
            let centre = mean as f32;
            let squares = |plane| sum(plane, |value| (value - centre) * (value - centre));
            // The mean is rounded to f32; what that adds to the squares is taken off again.
            let slip = mean - f64::from(centre);
            let variance = planes().map(squares).sum::<f64>() / count - slip * slip;
            Moments { mean: centre, variance: variance.max(0.0) as f32 }
        };
        (0..self.channels).into_par_iter().map(of_channel).collect()
    }

    /// `activate(normalise(x) * scale + offset + residual)` with these moments.
    pub fn apply(self, input: &[f32], moments: &[Moments], affine: Affine<'_>) -> Vec<f32> {
        let mut result = vec![0.0; input.len()];
        // Adding 0 turns the -0 of a stopped value into 0.
        let activate = |value: f32| (value.max(value * affine.slope) + 0.0).min(affine.ceiling);
        result.par_chunks_exact_mut(self.pixels).enumerate().for_each(|(index, target)| {
            let channel = index % self.channels;
            let factor = moments[channel].scale(affine.epsilon) * affine.scale[channel];
            let shift = affine.offset[channel] - moments[channel].mean * factor;
            let place = index * self.pixels;
            let input = &input[place..][..self.pixels];
            wide(|| match affine.residual {
                None => {
                    for (target, value) in target.iter_mut().zip(input) {
                        *target = activate(value * factor + shift);
                    }
                }
                Some(residual) => {
                    let residual = &residual[place..][..self.pixels];
                    for ((target, value), residual) in target.iter_mut().zip(input).zip(residual) {
                        *target = activate(value * factor + shift + residual);
                    }
                }
            });
        });
        result
    }

    /// Gradients with respect to input, scale and offset, where `moments` came from `input` itself. `gradient`
    /// is that before the activation (see [`deactivate`]).
    pub fn gradients(
        self,
        input: &[f32],
        moments: &[Moments],
        affine: Affine<'_>,
        gradient: &[f32],
    ) -> Gradients {
        let count = (input.len() / self.channels) as f64;
        let sums: Vec<(f64, f64)> = (0..self.channels)
            .into_par_iter()
            .map(|channel| {
                let Moments { mean, .. } = moments[channel];
                let planes = self.planes(input, channel).zip(self.planes(gradient, channel));
                planes.fold((0.0, 0.0), |(plain, weighted), (input, gradient)| {
                    let product = products(input, gradient, mean);
                    (plain + sum(gradient, |value| value), weighted + product)
                })
            })
            .collect();
        let mut result = vec![0.0; input.len()];
        result.par_chunks_exact_mut(self.pixels).enumerate().for_each(|(index, target)| {
            let channel = index % self.channels;
            let (plain, weighted) = sums[channel];
            let deviation = moments[channel].scale(affine.epsilon);
            // dx = scale / sd * (g - mean(g) - (x - mean) / sd^2 * mean(g (x - mean)))
            let factor = deviation * affine.scale[channel];
            let slope = (f64::from(deviation) * f64::from(deviation) * weighted / count) as f32;
            let shift = (plain / count) as f32 - moments[channel].mean * slope;
            let place = index * self.pixels;
            let (input, gradient) = (&input[place..][..self.pixels], &gradient[place..][..self.pixels]);
            wide(|| {
                for ((target, value), gradient) in target.iter_mut().zip(input).zip(gradient) {
                    *target = factor * (gradient - shift - value * slope);
                }
            });
        });
        let deviation = |channel: usize| f64::from(moments[channel].scale(affine.epsilon));
        let scale = sums.iter().enumerate().map(|(channel, sums)| (sums.1 * deviation(channel)) as f32);
        Gradients {
            input: result,
            scale: scale.collect(),
            offset: sums.iter().map(|sums| sums.0 as f32).collect(),
        }
    }

    fn planes(self, values: &[f32], channel: usize) -> impl Iterator<Item = &[f32]> {
        values.chunks_exact(self.pixels).skip(channel).step_by(self.channels)
    }
}

/// Takes the gradient of an activation's `output` back to its input.
pub fn deactivate(gradient: &mut [f32], output: &[f32], slope: f32, ceiling: f32) {
    const CHUNK: usize = 1 << 14;
    gradient.par_chunks_mut(CHUNK).zip(output.par_chunks(CHUNK)).for_each(|(gradient, output)| {
        for (gradient, output) in gradient.iter_mut().zip(output) {
            let factor = if *output > 0.0 { 1.0 } else { slope };
            *gradient *= if *output < ceiling { factor } else { 0.0 };
        }
    });
}

/// Lanes of a sum: as many as two registers hold.
const LANES: usize = 16;

/// Values summed in single precision before their sum is widened.
const BLOCK: usize = 1024;

/// Sum of `term(value)`: single precision inside blocks, double between them.
fn sum(values: &[f32], term: impl Fn(f32) -> f32) -> f64 {
    let of_block = |block: &[f32]| {
        let mut lanes = [0.0_f32; LANES];
        let chunks = block.chunks_exact(LANES);
        let rest = chunks.remainder().iter().map(|value| f64::from(term(*value))).sum::<f64>();
        for chunk in chunks {
            lanes.iter_mut().zip(chunk).for_each(|(lane, value)| *lane += term(*value));
        }
        lanes.iter().map(|lane| f64::from(*lane)).sum::<f64>() + rest
    };
    wide(|| values.chunks(BLOCK).map(of_block).sum())
}

/// Sum of the products of two rows.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    products(a, b, 0.0) as f32
}

/// Sum of `gradient * (value - mean)`, as [`sum`] does it.
fn products(values: &[f32], gradient: &[f32], mean: f32) -> f64 {
    let of_block = |(values, gradient): (&[f32], &[f32])| {
        let mut lanes = [0.0_f32; LANES];
        let (a, b) = (values.chunks_exact(LANES), gradient.chunks_exact(LANES));
        let term = |value: f32, gradient: f32| (value - mean) * gradient;
        let rest = a.remainder().iter().zip(b.remainder());
        let rest = rest.map(|(value, gradient)| f64::from(term(*value, *gradient))).sum::<f64>();
        for (values, gradient) in a.zip(b) {
            for (lane, (value, gradient)) in lanes.iter_mut().zip(values.iter().zip(gradient)) {
                *lane += term(*value, *gradient);
            }
        }
        lanes.iter().map(|lane| f64::from(*lane)).sum::<f64>() + rest
    };
    wide(|| values.chunks(BLOCK).zip(gradient.chunks(BLOCK)).map(of_block).sum())
}
