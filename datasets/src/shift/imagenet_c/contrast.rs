//! Contrast: every channel drawn towards its mean over the image.

use super::{SOURCE, corrupt};
use crate::shift::level::{level, unit};
use harness::prelude::*;

/// What is left of the distance to the mean, by severity.
const KEPT: [f64; 5] = [0.4, 0.3, 0.2, 0.1, 0.05];

/// The ImageNet-C contrast corruption.
#[derive(Clone, Copy, Debug)]
pub struct Contrast;

impl Shift for Contrast {
    fn apply(&self, sample: Sample, severity: Severity, _: &mut Stream) -> Result<Sample, ShiftError> {
        let kept = severity.pick(KEPT);
        corrupt(Self::NAME, sample, |image| {
            for (channel, mean) in means(image).into_iter().enumerate() {
                // A channel is a function of 256 levels.
                let table: [u8; 256] =
                    std::array::from_fn(|index| level((unit(index as u8) - mean) * kept + mean));
                for pixel in image.pixels_mut() {
                    pixel.0[channel] = table[usize::from(pixel.0[channel])];
                }
            }
        })
    }
}

impl ShiftPlugin for Contrast {
    const NAME: &'static str = "contrast";
    const SUMMARY: &'static str = "keeps 40 % to 5 % of the distance to the channel mean";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<Contrast>());

/// The mean of each channel on the scale from 0 to 1, exact up to its last rounding.
fn means(image: &RgbImage) -> [f64; 3] {
    let mut sums = [0u64; 3];
    for pixel in image.pixels() {
        for (sum, &level) in sums.iter_mut().zip(&pixel.0) {
            *sum += u64::from(level);
        }
    }
    let pixels = f64::from(image.width()) * f64::from(image.height());
    sums.map(|sum| sum as f64 / (255.0 * pixels))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn half_black_half_white_meets_in_the_middle() {
        let image = RgbImage::from_fn(32, 32, |x, _| Rgb([if x < 16 { 0 } else { 255 }; 3]));
        assert_eq!(means(&image), [0.5; 3]);
        let mut stream = harness::contract::seed::Root::new(0, "toy", "a").stream("shift", "");
        let sample = Sample { image, mask: None };
        let shifted = Contrast.apply(sample, Severity::ALL[2], &mut stream).unwrap().image;
        // (0 - 0.5) * 0.2 + 0.5 = 0.4 of 255, and 0.6 on the other side.
        assert_eq!((shifted.get_pixel(0, 0).0, shifted.get_pixel(31, 0).0), ([102; 3], [153; 3]));
    }
}
