//! Exposure: the shutter stays open for too long or too short a time.

use super::{SOURCE, look_up, sign};
use crate::shift::filter::light::Light;
use harness::prelude::*;

/// Stops away from the right exposure, by severity. A stop is a factor of two of light.
const STOPS: [f64; 5] = [0.3, 0.65, 1.0, 1.4, 1.8];

/// What an image may become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Drawn per image, with equal chance.
    #[default]
    Either,
    /// Too bright.
    Over,
    /// Too dark.
    Under,
}

options! {
    /// Options of [`Exposure`].
    #[derive(Copy)]
    pub struct Options {
        /// Too bright, too dark, or either.
        pub direction: Direction = Direction::default() => data(),
    }
}

/// Over- and underexposure: light times a power of two. What a full pixel cannot hold is lost.
#[derive(Clone, Copy, Debug)]
pub struct Exposure(Direction);

impl Shift for Exposure {
    fn apply(
        &self,
        mut sample: Sample,
        severity: Severity,
        stream: &mut Stream,
    ) -> Result<Sample, ShiftError> {
        let sign = match self.0 {
            Direction::Either => sign(stream),
            Direction::Over => 1.0,
            Direction::Under => -1.0,
        };
        let gain = (sign * severity.pick(STOPS)).exp2();
        look_up(&mut sample.image, &Light::tables().gained(gain as f32));
        Ok(sample)
    }
}

impl ShiftPlugin for Exposure {
    const NAME: &'static str = "exposure";
    const SUMMARY: &'static str = "over- or underexposes by 0.3 to 1.8 stops";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = Options;

    fn build(options: Options) -> Box<dyn Shift> {
        Box::new(Self(options.direction))
    }
}

inventory::submit!(ShiftEntry::of::<Exposure>());

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;
    use image::Rgb;

    fn exposed(direction: Direction, severity: usize, level: u8) -> u8 {
        let sample = Sample { image: RgbImage::from_pixel(1, 1, Rgb([level; 3])), mask: None };
        let mut stream = Root::new(0, "toy", "a").stream("shift", "");
        Exposure(direction)
            .apply(sample, Severity::ALL[severity], &mut stream)
            .unwrap()
            .image
            .get_pixel(0, 0)
            .0[0]
    }

    #[test]
    fn a_stop_is_a_factor_of_two_of_light() {
        // Severity 3 is one stop. sRGB: 128 holds 0.21586 of full light; twice as much is 175.6 of 255,
        // half of it 92.4.
        assert_eq!(exposed(Direction::Over, 2, 128), 176);
        assert_eq!(exposed(Direction::Under, 2, 128), 92);
    }

    #[test]
    fn highlights_clip_and_black_stays() {
        assert_eq!((exposed(Direction::Over, 4, 200), exposed(Direction::Over, 4, 0)), (255, 0));
        assert!(exposed(Direction::Under, 4, 255) < 160);
    }

    #[test]
    fn either_draws_both() {
        let image = RgbImage::from_pixel(1, 1, Rgb([128; 3]));
        let brighter = (0..40).filter(|item| {
            let mut stream = Root::new(0, "toy", "a").stream("shift", &item.to_string());
            let sample = Sample { image: image.clone(), mask: None };
            let shifted = Exposure(Direction::Either).apply(sample, Severity::ALL[0], &mut stream).unwrap();
            shifted.image.get_pixel(0, 0).0[0] > 128
        });
        assert!((10..=30).contains(&brighter.count()));
    }
}
