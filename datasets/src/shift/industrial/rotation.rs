//! Rotation: the part, or the camera, is turned a little.

use super::{SOURCE, sign};
use crate::shift::filter::affine::Affine;
use harness::prelude::*;

/// Angle in degrees, by severity.
const DEGREES: [f64; 5] = [1.0, 2.5, 4.5, 7.0, 10.0];

/// A turn about the middle, left or right as drawn per image. Mirrored beyond the border; the mask moves
/// with the image.
#[derive(Clone, Copy, Debug)]
pub struct Rotation;

impl Shift for Rotation {
    fn apply(&self, sample: Sample, severity: Severity, stream: &mut Stream) -> Result<Sample, ShiftError> {
        Ok(turn(sign(stream) * severity.pick(DEGREES)).apply(sample))
    }
}

impl ShiftPlugin for Rotation {
    const NAME: &'static str = "rotation";
    const SUMMARY: &'static str = "turns image and mask by 1 to 10 degrees";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<Rotation>());

/// A clockwise turn by `degrees`: each pixel comes from where a turn back leads.
fn turn(degrees: f64) -> Affine {
    let (sine, cosine) = degrees.to_radians().sin_cos();
    Affine { matrix: [[cosine, sine], [-sine, cosine]], offset: [0.0; 2] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn a_positive_angle_turns_clockwise() {
        let mut image = RgbImage::new(5, 5);
        image.put_pixel(4, 2, Rgb([255; 3]));
        let turned = turn(90.0).apply(Sample { image, mask: None }).image;
        assert_eq!(turned.get_pixel(2, 4), &Rgb([255; 3]));
    }

    #[test]
    fn a_pixel_moves_along_its_circle() {
        // 50 pixels right of the middle, turned by 10 degrees: 8.68 down and 0.76 back.
        let mut image = RgbImage::new(121, 121);
        for (x, y) in [(109, 59), (109, 60), (109, 61), (110, 59), (110, 60), (110, 61), (111, 60)] {
            image.put_pixel(x, y, Rgb([255; 3]));
        }
        let turned = turn(10.0).apply(Sample { image, mask: None }).image;
        assert!(turned.get_pixel(109, 69).0[0] > 200 && turned.get_pixel(110, 60).0[0] == 0);
    }
}
