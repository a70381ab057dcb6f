//! Gaussian noise: what a sensor adds in the dark, independent for every pixel and channel.

use super::{SOURCE, corrupt};
use crate::shift::noise::disturb;
use harness::prelude::*;

/// Standard deviation on the scale from 0 to 1, by severity.
const DEVIATION: [f32; 5] = [0.08, 0.12, 0.18, 0.26, 0.38];

/// The ImageNet-C Gaussian noise corruption.
///
/// The noise field depends on the stream alone, so severities differ in strength only. Grey images
/// get coloured noise, as in the library, because their channels are equal only before.
#[derive(Clone, Copy, Debug)]
pub struct GaussianNoise;

impl Shift for GaussianNoise {
    fn apply(&self, sample: Sample, severity: Severity, stream: &mut Stream) -> Result<Sample, ShiftError> {
        let deviation = 255.0 * severity.pick(DEVIATION);
        corrupt(Self::NAME, sample, |image| {
            disturb(image, stream, |level, deviate| level + deviation * deviate);
        })
    }
}

impl ShiftPlugin for GaussianNoise {
    const NAME: &'static str = "gaussian_noise";
    const SUMMARY: &'static str = "adds normal noise of deviation 0.08 to 0.38";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 2;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<GaussianNoise>());

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;
    use image::Rgb;

    fn noisy(grey: u8, severity: Severity) -> Vec<f64> {
        let sample = Sample { image: RgbImage::from_pixel(128, 128, Rgb([grey; 3])), mask: None };
        let mut stream = Root::new(0, "toy", "a").stream("shift", "one");
        let shifted = GaussianNoise.apply(sample, severity, &mut stream).unwrap().image;
        shifted.iter().map(|&value| f64::from(value)).collect()
    }

    #[test]
    fn unclipped_noise_has_the_stated_deviation() {
        let values = noisy(128, Severity::ALL[0]);
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        // Truncation takes half a level off the mean. Bounds are four standard errors.
        assert!((mean - 127.5).abs() < 0.37, "{mean}");
        assert!((variance.sqrt() - 0.08 * 255.0).abs() < 0.26, "{}", variance.sqrt());
    }

    #[test]
    fn severities_share_one_noise_field() {
        let (weak, strong) = (noisy(128, Severity::ALL[0]), noisy(128, Severity::ALL[1]));
        for (weak, strong) in weak.iter().zip(&strong) {
            // 0.12 / 0.08 = 1.5; truncation is worth at most one level on each side.
            assert!(
                ((strong - 128.0) - 1.5 * (weak - 128.0)).abs() < 2.6 || *strong == 0.0 || *strong == 255.0
            );
        }
    }
}
