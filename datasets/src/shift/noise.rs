//! Random fields for shifts that need a draw for every value of a picture.

use super::filter::wide::wide;
use harness::contract::seed::Stream;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use std::sync::LazyLock;

/// A fast generator of its own for one picture, seeded from its stream.
pub(super) fn generator(stream: &mut Stream) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::from_rng(stream)
}

/// Magnitudes of the table of [`Normal`]: with the sign, 16 random bits choose a deviate.
const MAGNITUDES: usize = 1 << 15;

/// A field of independent normal deviates of mean 0 and standard deviation 1.
///
/// A deviate is one of 65536: the normal distribution is cut into bins of equal probability, 16 random
/// bits choose a bin, and the bin stands for its mean, times 1.00001 so that the variance is one again.
/// The mean is exactly zero and the distribution function is off by at most half a bin, 7.6e-6. Deviates
/// within 3 deviations lie less than 0.004 apart, those within 1 less than 0.00007. The bin of the tail
/// begins at 4.17 deviations and stands for 4.39: no deviate is larger, where one of 90000 normal ones
/// would be (both signs).
pub(super) struct Normal {
    generator: Xoshiro256PlusPlus,
    magnitudes: &'static [f32],
}

impl Normal {
    /// The field that belongs to `stream`.
    pub fn new(stream: &mut Stream) -> Self {
        static TABLE: LazyLock<Vec<f32>> = LazyLock::new(magnitudes);
        Self { generator: generator(stream), magnitudes: &TABLE }
    }

    /// The next deviates of the field. A last group of fewer than four uses up the draws of four.
    pub fn fill(&mut self, deviates: &mut [f32]) {
        for four in deviates.chunks_mut(4) {
            let word = self.generator.next_u64();
            for (lane, deviate) in four.iter_mut().enumerate() {
                let bits = (word >> (16 * lane)) as u32;
                let magnitude = self.magnitudes[bits as usize % MAGNITUDES];
                *deviate = f32::from_bits(magnitude.to_bits() | (bits << 16) & (1 << 31));
            }
        }
    }
}

/// Changes every level by a rule of the level and a deviate of the field of `stream`; results are clipped to
/// 0..=255 and truncated.
pub(super) fn disturb(levels: &mut [u8], stream: &mut Stream, rule: impl Fn(f32, f32) -> f32) {
    let mut field = Normal::new(stream);
    let mut deviates = [0.0; 1024];
    for block in levels.chunks_mut(deviates.len()) {
        field.fill(&mut deviates[..block.len()]);
        wide(
            #[inline(always)]
            || {
                for (level, deviate) in block.iter_mut().zip(&deviates) {
                    *level = rule(f32::from(*level), *deviate).clamp(0.0, 255.0) as i32 as u8;
                }
            },
        );
    }
}

/// The means of the bins above zero, from the innermost outwards.
///
/// The density falls from one edge of a bin to the next by the bin's probability times its mean, which gives
/// the mean; the edges follow from `dx/dp = 1 / density(x)`, solved by Runge-Kutta steps.
fn magnitudes() -> Vec<f32> {
    /// Steps per bin. The last edge comes out within 1e-9.
    const STEPS: usize = 4;
    let step = 1.0 / (2 * MAGNITUDES * STEPS) as f64;
    let density = |x: f64| (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt();
    let slope = |x: f64| step / density(x);
    let mut edge = 0.0;
    let mut means = Vec::with_capacity(MAGNITUDES);
    for bin in 1..=MAGNITUDES {
        let before = density(edge);
        // The tail has no outer edge.
        let after = if bin == MAGNITUDES {
            0.0
        } else {
            for _ in 0..STEPS {
                let first = slope(edge);
                let second = slope(edge + first / 2.0);
                let third = slope(edge + second / 2.0);
                let fourth = slope(edge + third);
                edge += (first + 2.0 * second + 2.0 * third + fourth) / 6.0;
            }
            density(edge)
        };
        means.push((before - after) * (2 * MAGNITUDES) as f64);
    }
    let variance = means.iter().map(|mean| mean * mean).sum::<f64>() / MAGNITUDES as f64;
    means.into_iter().map(|mean| (mean / variance.sqrt()) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;

    fn stream() -> Stream {
        Root::new(0, "toy", "a").stream("shift", "one")
    }

    #[test]
    fn the_table_has_the_quantiles_and_variance_of_the_normal_distribution() {
        let table = magnitudes();
        assert!(table.is_sorted());
        let second: f64 = table.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / table.len() as f64;
        let fourth: f64 = table.iter().map(|&x| f64::from(x).powi(4)).sum::<f64>() / table.len() as f64;
        assert!((second - 1.0).abs() < 1e-7, "{second}");
        // The flattened tail takes three tenths of a percent off the kurtosis of 3.
        assert!((fourth - 3.0).abs() < 0.02, "{fourth}");
        // Two-sided points of 50 %, 1 % and 0.1 % from tables.
        for (probability, quantile) in [(0.5, 0.674490), (0.99, 2.575829), (0.999, 3.290527)] {
            let found = table[(probability * table.len() as f64) as usize];
            assert!((f64::from(found) - quantile).abs() < 0.005, "{probability}: {found}");
        }
    }

    #[test]
    fn a_field_is_symmetric_uncorrelated_and_the_same_in_pieces() {
        let mut field = vec![0.0; 1 << 18];
        Normal::new(&mut stream()).fill(&mut field);
        let mut pieces = vec![0.0; 1 << 18];
        let mut normal = Normal::new(&mut stream());
        pieces.chunks_mut(1024).for_each(|piece| normal.fill(piece));
        assert_eq!(field, pieces);
        let count = field.len() as f64;
        let mean = |values: &dyn Fn(usize) -> f64| (0..field.len() - 8).map(values).sum::<f64>() / count;
        let value = |index: usize| f64::from(field[index]);
        // Five standard errors: 1, sqrt 2 and 1 over the root of the count.
        assert!(mean(&value).abs() < 5.0 / count.sqrt());
        assert!((mean(&|index| value(index).powi(2)) - 1.0).abs() < 5.0 * (2.0 / count).sqrt());
        for lag in 1..=8 {
            assert!(mean(&|index| value(index) * value(index + lag)).abs() < 5.0 / count.sqrt(), "{lag}");
        }
    }
}
