//! Vignette: a lens passes less light to the corners.

use super::SOURCE;
use crate::shift::filter::light;
use harness::prelude::*;
use rand::RngExt;

/// Stops lost at half a diagonal from the optical centre, by severity. A stop is a factor of two of light.
const STOPS: [f64; 5] = [0.6, 1.2, 1.9, 2.7, 3.6];

/// The optical centre lies at most this share of the side from the middle, across and down.
const OFF_CENTRE: f64 = 0.08;

/// The cos^4 law: light arriving at an angle is weakened by the fourth power of its cosine.
#[derive(Clone, Copy, Debug)]
pub struct Vignette;

impl Shift for Vignette {
    fn apply(
        &self,
        mut sample: Sample,
        severity: Severity,
        stream: &mut Stream,
    ) -> Result<Sample, ShiftError> {
        let offset = std::array::from_fn(|_| stream.random_range(-OFF_CENTRE..OFF_CENTRE));
        let lens = Lens::new(sample.image.dimensions(), offset, severity.pick(STOPS));
        light::shade(&mut sample.image, |x, y| lens.gain(x, y));
        Ok(sample)
    }
}

impl ShiftPlugin for Vignette {
    const NAME: &'static str = "vignette";
    const SUMMARY: &'static str = "darkens corners by 0.6 to 3.6 stops";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<Vignette>());

struct Lens {
    /// Optical centre in pixels.
    centre: [f32; 2],
    /// One over the squared focal length in pixels.
    curvature: f32,
}

impl Lens {
    /// A lens that loses `stops` at half a diagonal, its centre `offset` sides from the middle.
    fn new((width, height): (u32, u32), offset: [f64; 2], stops: f64) -> Self {
        let sides = [f64::from(width), f64::from(height)];
        let centre = [0, 1].map(|axis| ((sides[axis] - 1.0) / 2.0 + offset[axis] * sides[axis]) as f32);
        // At half a diagonal, cos^4 = (1 + radius^2 / focal^2)^-2 is 2^-stops.
        let radius_squared = (sides[0] * sides[0] + sides[1] * sides[1]) / 4.0;
        Self { centre, curvature: (((stops / 2.0).exp2() - 1.0) / radius_squared) as f32 }
    }

    fn gain(&self, x: f32, y: f32) -> f32 {
        let (right, down) = (x - self.centre[0], y - self.centre[1]);
        let secant_squared = 1.0 + self.curvature * (right * right + down * down);
        1.0 / (secant_squared * secant_squared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_is_full_in_the_centre_and_two_stops_down_at_half_a_diagonal() {
        // Half the diagonal of 6 x 8 is 5.
        let lens = Lens::new((6, 8), [0.0; 2], 2.0);
        assert_eq!(lens.centre, [2.5, 3.5]);
        assert!((lens.gain(2.5, 3.5) - 1.0).abs() < 1e-6);
        assert!((lens.gain(5.5, 7.5) - 0.25).abs() < 1e-6);
        // 45 degrees are where the focal length is the radius: cos^4 = 1/4.
        assert!((lens.curvature - 1.0 / 25.0).abs() < 1e-6);
    }

    #[test]
    fn the_centre_moves_by_shares_of_the_side() {
        assert_eq!(Lens::new((101, 51), [0.1, -0.1], 1.0).centre, [60.1, 19.9]);
    }
}
