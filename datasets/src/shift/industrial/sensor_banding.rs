//! Sensor banding: rows differ from each other.

use super::SOURCE;
use crate::shift::filter::light::Light;
use harness::prelude::*;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use std::f64::consts::TAU;

/// Amplitude of the flicker as a share of the light, by severity.
const FLICKER: [f64; 5] = [0.07, 0.14, 0.21, 0.29, 0.38];

/// Standard deviation of a row's gain, as a share of the flicker's amplitude.
const GAIN: f64 = 0.2;

/// Standard deviation of a row's offset, as a share of the flicker's amplitude, on the scale of light
/// from 0 to 1: what shows in dark areas.
const OFFSET: f64 = 0.01;

/// Bands that the flicker leaves in a picture, at least and at most.
const BANDS: [f64; 2] = [2.0, 8.0];

/// Rows are read one after the other: lamps that flicker leave bands in them, and each row's amplifier
/// has a gain and an offset of its own. All in linear light.
#[derive(Clone, Copy, Debug)]
pub struct SensorBanding;

impl Shift for SensorBanding {
    fn apply(
        &self,
        mut sample: Sample,
        severity: Severity,
        stream: &mut Stream,
    ) -> Result<Sample, ShiftError> {
        let (width, height) = sample.image.dimensions();
        let rows = rows(height, severity.pick(FLICKER), stream);
        let light = Light::tables();
        let values = sample.image.chunks_exact_mut((3 * width as usize).max(1));
        for (row, Row { gain, offset }) in values.zip(rows) {
            for value in row {
                *value = light.encode(light.decode(*value) * gain + offset);
            }
        }
        Ok(sample)
    }
}

impl ShiftPlugin for SensorBanding {
    const NAME: &'static str = "sensor_banding";
    const SUMMARY: &'static str = "2 to 8 bands of flicker of 7 to 38 % and noise of rows";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<SensorBanding>());

/// What a row does to light.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Row {
    gain: f32,
    offset: f32,
}

/// Gain and offset of each row.
fn rows(height: u32, flicker: f64, stream: &mut Stream) -> Vec<Row> {
    let [fewest, most] = BANDS;
    let bands = stream.random_range(fewest..most);
    let phase = stream.random_range(0.0..TAU);
    (0..height)
        .map(|y| {
            let wave = (TAU * bands * f64::from(y) / f64::from(height) + phase).sin();
            let [gain, offset]: [f64; 2] = std::array::from_fn(|_| StandardNormal.sample(stream));
            Row {
                gain: (1.0 + flicker * (wave + GAIN * gain)).max(0.0) as f32,
                offset: (flicker * OFFSET * offset) as f32,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;
    use image::Rgb;

    fn drawn(flicker: f64) -> Vec<Row> {
        rows(4000, flicker, &mut Root::new(0, "toy", "a").stream("shift", ""))
    }

    #[test]
    fn gains_and_offsets_have_the_stated_deviations() {
        let rows = drawn(0.1);
        let deviation = |values: Vec<f64>| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
            (squares / values.len() as f64).sqrt()
        };
        // Neighbours share their wave: the difference of two draws has twice the variance.
        let noise = rows.chunks_exact(2).map(|pair| f64::from(pair[0].gain - pair[1].gain)).collect();
        let noise = deviation(noise) / 2f64.sqrt();
        assert!((noise / 0.02 - 1.0).abs() < 0.08, "{noise}");
        let offsets = deviation(rows.iter().map(|row| f64::from(row.offset)).collect());
        assert!((offsets / 0.001 - 1.0).abs() < 0.06, "{offsets}");
        // A sine of amplitude 0.1 has a deviation of 0.0707, with the noise 0.0735; bands may be cut.
        let gains = deviation(rows.iter().map(|row| f64::from(row.gain)).collect());
        assert!((gains / 0.0735 - 1.0).abs() < 0.15, "{gains}");
    }

    #[test]
    fn severities_share_one_pattern() {
        for (weak, strong) in drawn(0.1).iter().zip(drawn(0.2)) {
            assert!((2.0 * (weak.gain - 1.0) - (strong.gain - 1.0)).abs() < 1e-5);
            assert!((2.0 * weak.offset - strong.offset).abs() < 1e-5);
        }
    }

    #[test]
    fn a_row_is_changed_as_one() {
        let sample = Sample { image: RgbImage::from_pixel(9, 40, Rgb([90; 3])), mask: None };
        let mut stream = Root::new(0, "toy", "a").stream("shift", "");
        let image = SensorBanding.apply(sample, Severity::ALL[4], &mut stream).unwrap().image;
        assert!(image.rows().all(|row| row.clone().all(|pixel| Some(pixel) == row.clone().next())));
        assert!(image.rows().any(|mut row| row.next() != Some(&Rgb([90; 3]))));
    }
}
