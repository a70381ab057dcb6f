//! Impulse noise: salt and pepper, independent for every pixel and channel.

use super::{SOURCE, corrupt};
use crate::shift::noise::generator;
use harness::prelude::*;
use rand::Rng;

/// Share of the values that become black or white, half of them each, by severity.
const AMOUNT: [f64; 5] = [0.03, 0.06, 0.09, 0.17, 0.27];

/// The ImageNet-C impulse noise corruption.
///
/// The draws depend on the stream alone: what a weaker severity hits, a stronger one hits the same way.
#[derive(Clone, Copy, Debug)]
pub struct ImpulseNoise;

impl Shift for ImpulseNoise {
    fn apply(&self, sample: Sample, severity: Severity, stream: &mut Stream) -> Result<Sample, ShiftError> {
        // Of 32 random bits the lowest values mean pepper and the highest salt.
        let pepper = (severity.pick(AMOUNT) / 2.0 * f64::from(u32::MAX)) as u32;
        corrupt(Self::NAME, sample, |image| {
            let mut generator = generator(stream);
            for pair in image.chunks_mut(2) {
                let word = generator.next_u64();
                for (value, draw) in pair.iter_mut().zip([word as u32, (word >> 32) as u32]) {
                    let kept = if draw < pepper { 0 } else { *value };
                    *value = if draw > u32::MAX - pepper { 255 } else { kept };
                }
            }
        })
    }
}

impl ShiftPlugin for ImpulseNoise {
    const NAME: &'static str = "impulse_noise";
    const SUMMARY: &'static str = "makes 3 % to 27 % of the values black or white";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<ImpulseNoise>());

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;
    use image::Rgb;

    fn noisy(severity: Severity) -> RgbImage {
        let sample = Sample { image: RgbImage::from_pixel(200, 200, Rgb([99; 3])), mask: None };
        let mut stream = Root::new(0, "toy", "a").stream("shift", "one");
        ImpulseNoise.apply(sample, severity, &mut stream).unwrap().image
    }

    #[test]
    fn half_of_the_stated_share_is_black_and_half_is_white() {
        for severity in Severity::ALL {
            let image = noisy(severity);
            let half = severity.pick(AMOUNT) / 2.0;
            for level in [0, 255] {
                let share = image.iter().filter(|&&value| value == level).count() as f64 / 120_000.0;
                let error = (half * (1.0 - half) / 120_000.0).sqrt();
                assert!((share - half).abs() < 4.0 * error, "severity {severity}, level {level}: {share}");
            }
        }
    }

    #[test]
    fn a_stronger_severity_keeps_what_a_weaker_one_did() {
        let (weak, strong) = (noisy(Severity::ALL[1]), noisy(Severity::ALL[4]));
        assert!(weak.iter().zip(strong.iter()).all(|(weak, strong)| *weak == 99 || weak == strong));
    }
}
