//! Speckle noise: normal noise in proportion to the light.

use super::{SOURCE, corrupt};
use crate::shift::noise::disturb;
use harness::prelude::*;

/// Standard deviation as a share of the level, by severity.
const DEVIATION: [f32; 5] = [0.15, 0.2, 0.35, 0.45, 0.6];

/// The ImageNet-C speckle noise corruption.
///
/// The noise field depends on the stream alone, so severities differ in strength only.
#[derive(Clone, Copy, Debug)]
pub struct SpeckleNoise;

impl Shift for SpeckleNoise {
    fn apply(&self, sample: Sample, severity: Severity, stream: &mut Stream) -> Result<Sample, ShiftError> {
        let deviation = severity.pick(DEVIATION);
        corrupt(Self::NAME, sample, |image| {
            disturb(image, stream, |level, deviate| level + level * deviation * deviate);
        })
    }
}

impl ShiftPlugin for SpeckleNoise {
    const NAME: &'static str = "speckle_noise";
    const SUMMARY: &'static str = "multiplies by 1 plus normal noise of deviation 0.15 to 0.6";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<SpeckleNoise>());

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;
    use image::Rgb;

    #[test]
    fn noise_is_in_proportion_to_the_level() {
        let spread = |level: u8| {
            let sample = Sample { image: RgbImage::from_pixel(128, 128, Rgb([level; 3])), mask: None };
            let mut stream = Root::new(0, "toy", "a").stream("shift", "one");
            let shifted = SpeckleNoise.apply(sample, Severity::ALL[0], &mut stream).unwrap().image;
            let values: Vec<f64> = shifted.iter().map(|&value| f64::from(value)).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
        };
        assert_eq!(spread(0), 0.0);
        // Four standard errors, 1 / sqrt(2 * 49152) of the deviation each; truncation adds a variance of 1/12.
        for level in [40, 120] {
            let expected = (f64::from(level) * 0.15).hypot((1.0f64 / 12.0).sqrt());
            assert!((spread(level) / expected - 1.0).abs() < 0.013, "{level}: {}", spread(level));
        }
    }
}
