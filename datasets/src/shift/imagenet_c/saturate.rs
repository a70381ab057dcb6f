//! Saturation: colours washed out at severities 1 and 2, exaggerated from 3 on.

use super::{SOURCE, corrupt};
use crate::shift::filter::hsv;
use harness::prelude::*;

/// What S is multiplied with, and what is added, on the scale from 0 to 1, by severity.
const CHANGE: [(f64, f64); 5] = [(0.3, 0.0), (0.1, 0.0), (2.0, 0.0), (5.0, 0.1), (20.0, 0.2)];

/// The ImageNet-C saturate corruption. Severities are not ordered by their distance from the image.
///
/// Grey has hue 0, so that severities 4 and 5 turn it red, as in the library.
#[derive(Clone, Copy, Debug)]
pub struct Saturate;

impl Shift for Saturate {
    fn apply(&self, sample: Sample, severity: Severity, _: &mut Stream) -> Result<Sample, ShiftError> {
        let (factor, added) = severity.pick(CHANGE);
        corrupt(Self::NAME, sample, |image| {
            hsv::change(image, |[hue, saturation, value]| {
                [hue, (saturation * factor + added).clamp(0.0, 1.0), value]
            });
        })
    }
}

impl ShiftPlugin for Saturate {
    const NAME: &'static str = "saturate";
    const SUMMARY: &'static str = "changes S of HSV: washed out at severities 1 and 2, exaggerated from 3 on";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<Saturate>());

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn grey_turns_red_and_pink_turns_pure() {
        let mut stream = harness::contract::seed::Root::new(0, "toy", "a").stream("shift", "");
        let mut shifted = |pixel| {
            let sample = Sample { image: RgbImage::from_pixel(32, 32, Rgb(pixel)), mask: None };
            Saturate.apply(sample, Severity::ALL[4], &mut stream).unwrap().image.get_pixel(0, 0).0
        };
        // S of grey is 0 and becomes 0.2.
        assert_eq!(shifted([100; 3]), [100, 80, 80]);
        assert_eq!(shifted([200, 150, 150]), [200, 0, 0]);
    }
}
