//! Gamma: the camera applies another tone curve.

use super::{SOURCE, look_up, sign};
use harness::prelude::*;

/// The exponent, or its inverse, by severity.
const EXPONENT: [f64; 5] = [1.15, 1.35, 1.6, 1.95, 2.5];

/// A power curve on the values as they are stored, from 0 to 1. Darker or brighter is drawn per image.
///
/// Unlike [`exposure`](super::exposure), black and white stay: middle tones move and nothing is clipped.
#[derive(Clone, Copy, Debug)]
pub struct Gamma;

impl Shift for Gamma {
    fn apply(
        &self,
        mut sample: Sample,
        severity: Severity,
        stream: &mut Stream,
    ) -> Result<Sample, ShiftError> {
        look_up(&mut sample.image, &curve(severity.pick(EXPONENT).powf(sign(stream))));
        Ok(sample)
    }
}

impl ShiftPlugin for Gamma {
    const NAME: &'static str = "gamma";
    const SUMMARY: &'static str = "bends the tone curve by an exponent of 1.15 to 2.5, or its inverse";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<Gamma>());

/// `x^exponent` for every level.
fn curve(exponent: f64) -> [u8; 256] {
    std::array::from_fn(|level| ((level as f64 / 255.0).powf(exponent) * 255.0).round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_stay_and_the_middle_moves() {
        let (dark, bright) = (curve(2.0), curve(0.5));
        // 51 is a fifth of 255: a 25th is 10.2, its root 114.04.
        assert_eq!((dark[0], dark[51], dark[255]), (0, 10, 255));
        assert_eq!((bright[0], bright[51], bright[255]), (0, 114, 255));
    }
}
