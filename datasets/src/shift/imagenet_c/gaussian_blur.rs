//! Gaussian blur: a lens out of focus, without the edge of a disk.

use super::{SOURCE, corrupt};
use crate::shift::filter::border::Border;
use crate::shift::filter::gaussian::Gaussian;
use crate::shift::level::{level, unit};
use harness::prelude::*;

/// Standard deviation in pixels, by severity.
const DEVIATION: [f64; 5] = [1.0, 2.0, 3.0, 4.0, 6.0];

/// Deviations after which the Gaussian ends.
const TRUNCATE: f64 = 4.0;

/// The ImageNet-C Gaussian blur corruption. The image continues beyond its border by its edge pixels.
#[derive(Clone, Copy, Debug)]
pub struct GaussianBlur;

impl Shift for GaussianBlur {
    fn apply(&self, sample: Sample, severity: Severity, _: &mut Stream) -> Result<Sample, ShiftError> {
        let deviation = severity.pick(DEVIATION);
        corrupt(Self::NAME, sample, |image| blur(image, deviation))
    }
}

impl ShiftPlugin for GaussianBlur {
    const NAME: &'static str = "gaussian_blur";
    const SUMMARY: &'static str = "blurs with a Gaussian of 1 to 6 pixels";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<GaussianBlur>());

/// Blurs `image` with a Gaussian of `deviation` pixels and truncates the result to 8 bits.
pub(super) fn blur(image: &mut RgbImage, deviation: f64) {
    let width = image.width() as usize;
    Gaussian::new([deviation; 2], TRUNCATE, Border::Edge).smooth(image, width, 3, unit, level);
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn an_edge_becomes_the_sum_of_the_bell() {
        let mut image = RgbImage::from_fn(64, 32, |x, _| Rgb([if x < 32 { 0 } else { 255 }; 3]));
        blur(&mut image, 2.0);
        let bell = |x: f64| (-x * x / 8.0).exp();
        let sum: f64 = (-8..=8).map(|tap| bell(f64::from(tap))).sum();
        for x in 0..64 {
            let light: f64 = (-8..=8).filter(|tap| x + tap >= 32).map(|tap| bell(f64::from(tap))).sum();
            let expected = 255.0 * light / sum;
            let found = f64::from(image.get_pixel(x as u32, 16)[1]);
            assert!((found - expected).abs() <= 1.0 && found <= expected + 1e-9, "{x}: {found} {expected}");
        }
    }
}
