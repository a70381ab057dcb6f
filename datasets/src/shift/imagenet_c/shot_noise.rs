//! Shot noise: light arrives in quanta, and in the dark they are few.

use super::{SOURCE, corrupt};
use crate::shift::noise::generator;
use harness::prelude::*;
use poisson::Counts;
use rand::Rng;
use std::sync::OnceLock;

mod poisson;

/// Expected number of quanta at full light, by severity.
const QUANTA: [f64; 5] = [60.0, 25.0, 12.0, 5.0, 3.0];

/// The ImageNet-C shot noise corruption: every value becomes a Poisson count over the quanta of full light.
///
/// The draws depend on the stream alone: a value that gets many quanta at one severity does at all.
#[derive(Clone, Copy, Debug)]
pub struct ShotNoise;

impl Shift for ShotNoise {
    fn apply(&self, sample: Sample, severity: Severity, stream: &mut Stream) -> Result<Sample, ShiftError> {
        static COUNTS: [OnceLock<Counts>; 5] = [const { OnceLock::new() }; 5];
        let counts = severity.pick(COUNTS.each_ref()).get_or_init(|| Counts::new(severity.pick(QUANTA)));
        corrupt(Self::NAME, sample, |image| {
            let mut generator = generator(stream);
            for pair in image.chunks_mut(2) {
                let word = generator.next_u64();
                for (value, draw) in pair.iter_mut().zip([word as u32, (word >> 32) as u32]) {
                    *value = counts.level(*value, draw);
                }
            }
        })
    }
}

impl ShiftPlugin for ShotNoise {
    const NAME: &'static str = "shot_noise";
    const SUMMARY: &'static str = "counts quanta of light, 60 to 3 of them at full light";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<ShotNoise>());

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;
    use image::Rgb;

    #[test]
    fn unclipped_noise_has_the_variance_of_counts() {
        let sample = Sample { image: RgbImage::from_pixel(200, 200, Rgb([85; 3])), mask: None };
        let mut stream = Root::new(0, "toy", "a").stream("shift", "one");
        let shifted = ShotNoise.apply(sample, Severity::ALL[0], &mut stream).unwrap().image;
        // A third of 60 quanta of 255 / 60 levels. 255 / 60 = 4.25: truncation takes 0.375 levels off on
        // average and adds a variance of at most 1/4. Bounds are four standard errors.
        let values: Vec<f64> = shifted.iter().map(|&value| f64::from(value)).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
        assert!((mean - (85.0 - 0.375)).abs() < 4.0 * 19.0 / 120_000f64.sqrt(), "{mean}");
        assert!((variance / (20.0 * 4.25 * 4.25) - 1.0).abs() < 0.02, "{variance}");
    }
}
