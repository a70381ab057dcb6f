//! White balance: the light turns warmer or cooler and the camera does not follow.

use super::sign;
use crate::shift::filter::light::Light;
use harness::prelude::*;

/// Drift of the colour temperature in mired (a million over kelvin), by severity. Equal steps in mired
/// look about equal, in kelvin they do not.
const MIRED: [f64; 5] = [16.0, 32.0, 48.0, 66.0, 88.0];

/// Daylight of 6504 K, the white of sRGB.
const WHITE: f64 = 1e6 / 6504.0;

/// Gains on red and blue in linear light, along the CIE daylight locus; green keeps its light. Warmer (to
/// 4136 K) or cooler (to 15209 K) is drawn per image.
#[derive(Clone, Copy, Debug)]
pub struct WhiteBalance;

impl Shift for WhiteBalance {
    fn apply(
        &self,
        mut sample: Sample,
        severity: Severity,
        stream: &mut Stream,
    ) -> Result<Sample, ShiftError> {
        let [red, blue] = gains(sign(stream) * severity.pick(MIRED));
        let light = Light::tables();
        let (red, blue) = (light.gained(red as f32), light.gained(blue as f32));
        for pixel in sample.image.as_chunks_mut::<3>().0 {
            pixel[0] = red[usize::from(pixel[0])];
            pixel[2] = blue[usize::from(pixel[2])];
        }
        Ok(sample)
    }
}

impl ShiftPlugin for WhiteBalance {
    const NAME: &'static str = "white_balance";
    const SUMMARY: &'static str = "drifts the colour temperature by 16 to 88 mired, warmer or cooler";
    const SOURCE: &'static str = "shiftbench; daylight locus of CIE 15";
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<WhiteBalance>());

/// Gains on red and blue when daylight drifts by `mired` from 6504 K; positive is warmer.
fn gains(mired: f64) -> [f64; 2] {
    let ([red, blue], [old_red, old_blue]) = (daylight(WHITE + mired), daylight(WHITE));
    [red / old_red, blue / old_blue]
}

/// Red and blue of daylight over its green, in linear sRGB.
///
/// CIE 15 gives the locus for 4000 to 25000 K, that is 250 to 40 mired; the matrix is that of IEC 61966-2-1.
fn daylight(mired: f64) -> [f64; 2] {
    // Thousands over kelvin, so that the coefficients are those of the standard.
    let t = mired / 1e3;
    let x = if mired > 1e6 / 7000.0 {
        0.244063 + t * (0.09911 + t * (2.9678 - t * 4.6070))
    } else {
        0.237040 + t * (0.24748 + t * (1.9018 - t * 2.0064))
    };
    let y = -0.275 + x * (2.870 - x * 3.0);
    let (large_x, large_z) = (x / y, (1.0 - x - y) / y);
    let red = 3.2406 * large_x - 1.5372 - 0.4986 * large_z;
    let green = -0.9689 * large_x + 1.8758 + 0.0415 * large_z;
    let blue = 0.0557 * large_x - 0.2040 + 1.0570 * large_z;
    [red / green, blue / green]
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;
    use image::Rgb;

    #[test]
    fn daylight_of_6504_kelvin_is_the_white_of_srgb() {
        let [red, blue] = daylight(WHITE);
        assert!((red - 1.0).abs() < 2e-3 && (blue - 1.0).abs() < 2e-3, "{red} {blue}");
    }

    #[test]
    fn the_two_parts_of_the_locus_meet() {
        let (below, above) = (daylight(1e6 / 7000.1), daylight(1e6 / 6999.9));
        assert!(below.iter().zip(above).all(|(a, b)| (a - b).abs() < 1e-3), "{below:?} {above:?}");
    }

    #[test]
    fn warmer_is_redder_and_green_stays() {
        let ([red, blue], [cool_red, cool_blue]) = (gains(60.0), gains(-60.0));
        assert!(red > 1.1 && blue < 0.8 && cool_red < 0.9 && cool_blue > 1.1);
        let sample = Sample { image: RgbImage::from_pixel(1, 1, Rgb([128; 3])), mask: None };
        let mut stream = Root::new(0, "toy", "a").stream("shift", "");
        let [red, green, blue] =
            WhiteBalance.apply(sample, Severity::ALL[4], &mut stream).unwrap().image.get_pixel(0, 0).0;
        assert_eq!(green, 128);
        assert!((red > 128) != (blue > 128), "{red} {blue}");
    }

    #[test]
    fn every_severity_stays_where_the_locus_is_defined() {
        assert!(MIRED.iter().all(|drift| WHITE + drift < 250.0 && WHITE - drift > 40.0));
    }
}
