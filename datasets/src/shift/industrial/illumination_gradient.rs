//! Illumination gradient: one lamp is nearer, or one has aged.

use super::SOURCE;
use crate::shift::filter::light;
use harness::prelude::*;
use rand::RngExt;
use std::f64::consts::TAU;

/// Stops between the brightest and the darkest corner or side, by severity. A stop is a factor of two.
const STOPS: [f64; 5] = [0.5, 1.0, 1.6, 2.4, 3.5];

/// Light that falls linearly across the picture, in a direction drawn from all.
///
/// The middle keeps its light, so the picture as a whole is neither over- nor underexposed.
#[derive(Clone, Copy, Debug)]
pub struct IlluminationGradient;

impl Shift for IlluminationGradient {
    fn apply(
        &self,
        mut sample: Sample,
        severity: Severity,
        stream: &mut Stream,
    ) -> Result<Sample, ShiftError> {
        let gradient = Gradient::new(&sample.image, stream.random_range(0.0..TAU), severity.pick(STOPS));
        light::shade(&mut sample.image, |x, y| gradient.gain(x, y));
        Ok(sample)
    }
}

impl ShiftPlugin for IlluminationGradient {
    const NAME: &'static str = "illumination_gradient";
    const SUMMARY: &'static str = "light falls by 0.5 to 3.5 stops across the picture";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<IlluminationGradient>());

/// The gain at a pixel: `middle + right * x + down * y`.
struct Gradient {
    middle: f32,
    right: f32,
    down: f32,
}

impl Gradient {
    /// Brightest towards `angle` (radians, clockwise from the right), with `stops` from end to end.
    fn new(image: &RgbImage, angle: f64, stops: f64) -> Self {
        // Gains 1 + a and 1 - a at the ends; their ratio is 2^stops.
        let amplitude = (stops.exp2() - 1.0) / (stops.exp2() + 1.0);
        let (down, right) = angle.sin_cos();
        let half = [image.width(), image.height()].map(|side| (f64::from(side) - 1.0) / 2.0);
        let reach = right.abs() * half[0] + down.abs() * half[1];
        // A single pixel is all middle.
        let slope = if reach > 0.0 { amplitude / reach } else { 0.0 };
        let (right, down) = (slope * right, slope * down);
        let middle = 1.0 - right * half[0] - down * half[1];
        Self { middle: middle as f32, right: right as f32, down: down as f32 }
    }

    fn gain(&self, x: f32, y: f32) -> f32 {
        self.middle + self.right * x + self.down * y
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shift::filter::light::Light;
    use image::Rgb;

    #[test]
    fn the_ends_are_the_stated_stops_apart_and_the_middle_keeps_its_light() {
        let image = RgbImage::new(31, 21);
        for angle in [0.0, 1.0, 2.5, 4.0, 6.0] {
            let gradient = Gradient::new(&image, angle, 2.0);
            let corners = [(0.0, 0.0), (30.0, 0.0), (0.0, 20.0), (30.0, 20.0)];
            let gains = corners.map(|(x, y)| gradient.gain(x, y));
            let (dark, bright) = gains.iter().fold((9.0f32, 0.0f32), |(a, b), &g| (a.min(g), b.max(g)));
            assert!((bright / dark - 4.0).abs() < 1e-3, "{gains:?}");
            assert!((gradient.gain(15.0, 10.0) - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn light_is_multiplied_in_linear_light() {
        let mut image = RgbImage::from_pixel(3, 1, Rgb([128; 3]));
        let gradient = Gradient::new(&image, 0.0, 2.0);
        light::shade(&mut image, |x, y| gradient.gain(x, y));
        // Gains 0.4, 1 and 1.6 on a light of 0.21586, by the formula of sRGB.
        let expected = [0.4f32, 1.0, 1.6].map(|gain| Light::tables().encode(0.21586 * gain));
        assert_eq!(expected, [83, 128, 159]);
        assert_eq!([0, 1, 2].map(|x| image.get_pixel(x, 0).0[0]), expected);
    }
}
