//! Scale: the part is nearer to the camera, or farther away.

use super::{SOURCE, sign};
use crate::shift::filter::affine::Affine;
use harness::prelude::*;

/// Magnification, or its inverse, by severity.
const FACTOR: [f64; 5] = [1.02, 1.04, 1.07, 1.11, 1.15];

/// A zoom about the middle, in or out as drawn per image. Mirrored beyond the border; the mask moves with
/// the image.
#[derive(Clone, Copy, Debug)]
pub struct Scale;

impl Shift for Scale {
    fn apply(&self, sample: Sample, severity: Severity, stream: &mut Stream) -> Result<Sample, ShiftError> {
        Ok(zoom(severity.pick(FACTOR).powf(sign(stream))).apply(sample))
    }
}

impl ShiftPlugin for Scale {
    const NAME: &'static str = "scale";
    const SUMMARY: &'static str = "zooms image and mask in or out by 2 to 15 %";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<Scale>());

/// Magnification by `factor`.
fn zoom(factor: f64) -> Affine {
    Affine { matrix: [[1.0 / factor, 0.0], [0.0, 1.0 / factor]], offset: [0.0; 2] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn twice_as_large_is_twice_as_far_from_the_middle() {
        let mut image = RgbImage::new(41, 41);
        image.put_pixel(24, 20, Rgb([200; 3]));
        let row = |factor: f64| -> Vec<u8> {
            let zoomed = zoom(factor).apply(Sample { image: image.clone(), mask: None }).image;
            (20..31).map(|x| zoomed.get_pixel(x, 20).0[0]).collect()
        };
        assert_eq!(row(2.0), [0, 0, 0, 0, 0, 0, 0, 100, 200, 100, 0]);
        assert_eq!(row(0.5), [0, 0, 200, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
}
