//! Brightness: more light, by adding to the value channel of HSV.

use super::{SOURCE, corrupt};
use crate::shift::level::{level, unit};
use harness::options::NoOptions;
use harness::prelude::*;

/// What is added to V, on the scale from 0 to 1, by severity.
const ADDED: [f64; 5] = [0.1, 0.2, 0.3, 0.4, 0.5];

/// The ImageNet-C brightness corruption.
#[derive(Clone, Copy, Debug)]
pub struct Brightness;

impl Shift for Brightness {
    fn apply(&self, sample: Sample, severity: Severity, _: &mut Stream) -> Result<Sample, ShiftError> {
        let added = severity.pick(ADDED);
        corrupt(Self::NAME, sample, |image| {
            for pixel in image.pixels_mut() {
                let [hue, saturation, value] = to_hsv(pixel.0.map(unit));
                pixel.0 = to_rgb([hue, saturation, (value + added).clamp(0.0, 1.0)]).map(level);
            }
        })
    }
}

impl ShiftPlugin for Brightness {
    const NAME: &'static str = "brightness";
    const SUMMARY: &'static str = "adds 0.1 to 0.5 to V of HSV";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<Brightness>());

/// Hue, saturation and value, all from 0 to 1. Grey has hue 0.
///
/// Written, like [`to_rgb`], in the order of operations of scikit-image: truncation to 8 bits makes
/// the last bit of a float visible.
fn to_hsv([red, green, blue]: [f64; 3]) -> [f64; 3] {
    let value = red.max(green).max(blue);
    let range = value - red.min(green).min(blue);
    if range == 0.0 {
        return [0.0, 0.0, value];
    }
    let sixths = if blue == value {
        4.0 + (red - green) / range
    } else if green == value {
        2.0 + (blue - red) / range
    } else {
        (green - blue) / range
    };
    [(sixths / 6.0).rem_euclid(1.0), range / value, value]
}

/// The inverse of [`to_hsv`].
fn to_rgb([hue, saturation, value]: [f64; 3]) -> [f64; 3] {
    let sector = (hue * 6.0).floor();
    let fraction = hue * 6.0 - sector;
    let low = value * (1.0 - saturation);
    let falling = value * (1.0 - fraction * saturation);
    let rising = value * (1.0 - (1.0 - fraction) * saturation);
    match sector as u8 % 6 {
        0 => [value, rising, low],
        1 => [falling, value, low],
        2 => [low, value, rising],
        3 => [low, falling, value],
        4 => [rising, low, value],
        _ => [value, low, falling],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hsv_has_the_known_corners() {
        assert_eq!(to_hsv([1.0, 0.0, 0.0]), [0.0, 1.0, 1.0]);
        assert_eq!(to_hsv([0.0, 0.5, 0.0]), [1.0 / 3.0, 1.0, 0.5]);
        assert_eq!(to_hsv([0.0, 0.0, 1.0]), [2.0 / 3.0, 1.0, 1.0]);
        assert_eq!(to_hsv([0.25; 3]), [0.0, 0.0, 0.25]);
    }

    #[test]
    fn hsv_and_back_is_the_identity() {
        for code in (0..1 << 24).step_by(997) {
            let rgb = [code >> 16, code >> 8, code].map(|level: u32| unit(level as u8));
            let back = to_rgb(to_hsv(rgb));
            assert!(rgb.iter().zip(back).all(|(a, b)| (a - b).abs() < 1e-12), "{rgb:?} {back:?}");
        }
    }
}
