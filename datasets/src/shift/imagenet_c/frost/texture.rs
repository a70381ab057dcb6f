//! Ice, synthesised: ridges at every scale, like crystals that branch, in bluish white.

use harness::prelude::*;
use rand::{Rng, RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

/// Mean level of each channel, and deviation, of the kinds of ice on the library's five photographs.
const KINDS: [([f32; 3], [f32; 3]); 5] = [
    ([74.7, 144.8, 160.9], [23.0, 14.3, 12.8]),
    ([196.8, 201.1, 210.2], [20.3, 21.0, 21.9]),
    ([198.3, 202.7, 211.8], [20.0, 20.7, 21.5]),
    ([145.2, 160.0, 172.9], [26.0, 26.0, 27.3]),
    ([102.8, 114.1, 125.8], [36.6, 36.1, 35.2]),
];

/// Distance in pixels between the random values of each octave.
const OCTAVES: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

/// Makes the deviation of the sum of octaves one.
const RIDGE: f32 = 1.45;

/// The mean of the absolute value of interpolated noise.
const RIDGE_MEAN: f32 = 0.338;

/// Interleaved levels of RGB for every pixel, within 0..=255 but not whole.
pub(super) fn ice(size: (usize, usize), stream: &mut Stream) -> Vec<f32> {
    let (means, deviations) = KINDS[stream.random_range(0..KINDS.len())];
    crystals(size, stream)
        .into_iter()
        .flat_map(|shade| {
            std::array::from_fn::<f32, 3, _>(|channel| {
                (means[channel] + deviations[channel] * shade).clamp(0.0, 255.0)
            })
        })
        .collect()
}

/// Shades of about mean 0 and deviation 1 over many pictures: the sum of an octave of noise for every scale.
/// All have equal weight, as ice is rough at all scales.
fn crystals((width, height): (usize, usize), stream: &mut Stream) -> Vec<f32> {
    let mut fast = Xoshiro256PlusPlus::from_rng(stream);
    let mut shades = vec![0.0; width * height];
    for spacing in OCTAVES {
        add_octave(&mut shades, width, spacing, &mut fast);
    }
    shades
}

/// Adds ridged noise: bright lines where noise that varies over `spacing` pixels crosses zero.
fn add_octave(shades: &mut [f32], width: usize, spacing: usize, random: &mut Xoshiro256PlusPlus) {
    let fractions: Vec<f32> = (0..spacing).map(|index| index as f32 / spacing as f32).collect();
    let columns = width.div_ceil(spacing);
    let mut draw_row = || {
        let values: Vec<f32> =
            (0..=columns).map(|_| (random.next_u32() as i32) as f32 / 2f32.powi(31)).collect();
        let mut row = Vec::with_capacity(columns * spacing);
        for pair in values.windows(2) {
            row.extend(fractions.iter().map(|fraction| pair[0] + (pair[1] - pair[0]) * fraction));
        }
        row
    };
    let (mut upper, mut lower) = (draw_row(), draw_row());
    for rows in shades.chunks_mut(width * spacing) {
        for (row, fraction) in rows.chunks_mut(width).zip(&fractions) {
            for ((shade, upper), lower) in row.iter_mut().zip(&upper).zip(&lower) {
                let noise = upper + (lower - upper) * fraction;
                *shade += RIDGE * (RIDGE_MEAN - noise.abs());
            }
        }
        upper = std::mem::replace(&mut lower, draw_row());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;

    #[test]
    fn shades_have_mean_zero_and_deviation_one_over_many_pictures() {
        let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
        for item in 0..40 {
            let mut stream = Root::new(0, "toy", "a").stream("shift", &item.to_string());
            for shade in crystals((96, 64), &mut stream) {
                sum += f64::from(shade);
                squares += f64::from(shade * shade);
                count += 1.0;
            }
        }
        let mean = sum / count;
        // The coarsest octaves differ from picture to picture.
        assert!(mean.abs() < 0.2, "{mean}");
        let deviation = (squares / count - mean * mean).sqrt();
        assert!((deviation - 1.0).abs() < 0.15, "{deviation}");
    }

    #[test]
    fn ice_is_bluish() {
        for item in 0..8 {
            let mut stream = Root::new(0, "toy", "a").stream("shift", &item.to_string());
            let levels = ice((40, 33), &mut stream);
            let mean = |channel: usize| levels.iter().skip(channel).step_by(3).sum::<f32>();
            assert_eq!(levels.len(), 40 * 33 * 3);
            assert!(mean(0) < mean(1) && mean(1) < mean(2));
        }
    }
}
