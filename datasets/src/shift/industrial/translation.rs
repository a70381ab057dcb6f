//! Translation: the part is not where it was.

use super::SOURCE;
use crate::shift::filter::affine::Affine;
use harness::prelude::*;
use rand::RngExt;
use std::f64::consts::TAU;

/// Displacement as a share of the side, by severity.
const SHARE: [f64; 5] = [0.02, 0.04, 0.06, 0.09, 0.12];

/// A step in a direction drawn from all, of whole pixels, so that nothing is interpolated: rounded up, so
/// that small images move as well. Mirrored beyond the border; the mask moves with the image.
///
/// A defect in the strip that leaves the picture leaves the mask.
#[derive(Clone, Copy, Debug)]
pub struct Translation;

impl Shift for Translation {
    fn apply(&self, sample: Sample, severity: Severity, stream: &mut Stream) -> Result<Sample, ShiftError> {
        let angle = stream.random_range(0.0..TAU);
        Ok(step(sample.image.dimensions(), angle, severity.pick(SHARE)).apply(sample))
    }
}

impl ShiftPlugin for Translation {
    const NAME: &'static str = "translation";
    const SUMMARY: &'static str = "moves image and mask by 2 to 12 % of the side";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<Translation>());

/// A step of `share` of the sides towards `angle` (radians, clockwise from the right).
fn step((width, height): (u32, u32), angle: f64, share: f64) -> Affine {
    let (down, right) = angle.sin_cos();
    let whole = |step: f64| step.abs().ceil().copysign(step);
    let (right, down) = (whole(share * right * f64::from(width)), whole(share * down * f64::from(height)));
    Affine { matrix: [[1.0, 0.0], [0.0, 1.0]], offset: [-right, -down] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn pixels_move_by_the_share_of_each_side() {
        let mut image = RgbImage::new(100, 50);
        image.put_pixel(40, 20, Rgb([9, 8, 7]));
        // At 45 degrees, 10 % of 100 and 50 pixels are 7.07 and 3.54 pixels: 8 and 4.
        let moved = step((100, 50), TAU / 8.0, 0.1).apply(Sample { image, mask: None }).image;
        assert_eq!(moved.get_pixel(48, 24), &Rgb([9, 8, 7]));
        assert_eq!(moved.pixels().filter(|pixel| pixel.0 != [0; 3]).count(), 1);
    }

    #[test]
    fn small_images_move_as_well() {
        for direction in 0..360 {
            let Affine { offset, .. } = step((5, 5), TAU * f64::from(direction) / 360.0, SHARE[0]);
            assert!(offset.iter().any(|step| step.abs() >= 1.0), "{direction} degrees");
        }
    }
}
