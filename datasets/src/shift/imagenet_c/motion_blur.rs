//! Motion blur: the camera moves sideways while the shutter is open.

use super::{SOURCE, corrupt};
use crate::shift::filter::motion::Motion;
use harness::prelude::*;
use rand::RngExt;

/// Radius of the kernel and deviation of its Gaussian weights in pixels, by severity.
const BLUR: [(usize, f64); 5] = [(10, 3.0), (15, 5.0), (15, 8.0), (15, 12.0), (20, 15.0)];

/// The direction is drawn between minus and plus this, in degrees.
const TILT: f64 = 45.0;

/// The ImageNet-C motion blur corruption.
#[derive(Clone, Copy, Debug)]
pub struct MotionBlur;

impl Shift for MotionBlur {
    fn apply(&self, sample: Sample, severity: Severity, stream: &mut Stream) -> Result<Sample, ShiftError> {
        let (radius, deviation) = severity.pick(BLUR);
        let angle = stream.random_range(-TILT..TILT);
        corrupt(Self::NAME, sample, |image| blur(image, &Motion::new(radius, deviation, angle)))
    }
}

impl ShiftPlugin for MotionBlur {
    const NAME: &'static str = "motion_blur";
    const SUMMARY: &'static str = "blurs along a line of 21 to 41 pixels at a random angle";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<MotionBlur>());

fn blur(image: &mut RgbImage, motion: &Motion) {
    let size = (image.width() as usize, image.height() as usize);
    let levels: Vec<f32> = image.iter().map(|&level| f32::from(level)).collect();
    image.copy_from_slice(&motion.blur(&levels, size, 3, |level| level as u8));
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::picture::open_rgb;
    use std::path::Path;

    /// The library's first draw after `np.random.seed(12345)`.
    const ANGLE: f64 = 38.66544835354331;

    #[test]
    fn at_the_angle_of_the_library_bytes_are_equal() {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/corruptions");
        for severity in [1, 5] {
            let mut image = open_rgb(&fixtures.join("astro64.png")).unwrap();
            let (radius, deviation) = BLUR[severity - 1];
            blur(&mut image, &Motion::new(radius, deviation, ANGLE));
            let expected = open_rgb(&fixtures.join(format!("astro64_motion_blur_s{severity}.png"))).unwrap();
            assert!(image == expected, "severity {severity}");
        }
    }
}
