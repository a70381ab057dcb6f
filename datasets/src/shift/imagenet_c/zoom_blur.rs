//! Zoom blur: the camera moves towards the scene while the shutter is open.

use super::{SOURCE, corrupt};
use crate::shift::filter::zoom::Axis;
use harness::prelude::*;

/// Number of magnifications, which start with none, and the step from one to the next, by severity.
const ZOOMS: [(usize, f64); 5] = [(12, 0.01), (16, 0.01), (11, 0.02), (13, 0.02), (11, 0.03)];

/// The ImageNet-C zoom blur corruption: the mean of the image and its magnifications.
///
/// As in the library, the magnified part is about the centre, and what is magnified beyond the size of the
/// image is cut off on the right and at the bottom. Interpolation is 64-bit; its results and their sum are
/// 32-bit.
#[derive(Clone, Copy, Debug)]
pub struct ZoomBlur;

impl Shift for ZoomBlur {
    fn apply(&self, sample: Sample, severity: Severity, _: &mut Stream) -> Result<Sample, ShiftError> {
        let (count, step) = severity.pick(ZOOMS);
        corrupt(Self::NAME, sample, |image| {
            let units: [f32; 256] = std::array::from_fn(|level| level as f32 / 255.0);
            let pixels: Vec<Pixel> = image
                .pixels()
                .map(|pixel| {
                    let [red, green, blue] = pixel.0.map(|level| units[usize::from(level)]);
                    [red, green, blue, 0.0]
                })
                .collect();
            let size = (image.width() as usize, image.height() as usize);
            let mut sums = vec![[0.0; 4]; pixels.len()];
            for index in 0..count {
                // The step as NumPy's arange has it: the difference of its first two values.
                add_zoomed(&mut sums, &pixels, size, 1.0 + index as f64 * ((1.0 + step) - 1.0));
            }
            let count = (count + 1) as f32;
            for ((target, pixel), sum) in image.pixels_mut().zip(&pixels).zip(&sums) {
                for (channel, level) in target.0.iter_mut().enumerate() {
                    *level = ((pixel[channel] + sum[channel]) / count * 255.0) as u8;
                }
            }
        })
    }
}

impl ShiftPlugin for ZoomBlur {
    const NAME: &'static str = "zoom_blur";
    const SUMMARY: &'static str = "the mean of magnifications by up to 1.11 to 1.30";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<ZoomBlur>());

/// Red, green, blue and nothing: four values fill a register.
type Pixel = [f32; 4];

/// Adds to `sums` the central part of `pixels` magnified by `factor` to their size.
fn add_zoomed(sums: &mut [Pixel], pixels: &[Pixel], (width, height): (usize, usize), factor: f64) {
    let (across, down) = (Axis::new(width, factor), Axis::new(height, factor));
    // A row of the part and the one below, weighted, which makes the weights along x the last factors.
    let mut rows = [vec![[0.0; 4]; across.part], vec![[0.0; 4]; across.part]];
    for (target, &(before, fraction)) in sums.chunks_exact_mut(width).zip(&down.positions[..height]) {
        for ((row, distance), weight) in rows.iter_mut().zip([0, 1]).zip([1.0 - fraction, fraction]) {
            let start = (down.offset + before + distance) * width + across.offset;
            for (weighted, pixel) in row.iter_mut().zip(&pixels[start..]) {
                *weighted = pixel.map(|value| f64::from(value) * weight);
            }
        }
        let [upper, lower] = &rows;
        for (sum, &(before, fraction)) in target.iter_mut().zip(&across.positions) {
            let (upper, lower) = (&upper[before..before + 2], &lower[before..before + 2]);
            for channel in 0..4 {
                let value = upper[0][channel] * (1.0 - fraction)
                    + upper[1][channel] * fraction
                    + lower[0][channel] * (1.0 - fraction)
                    + lower[1][channel] * fraction;
                sum[channel] += value as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn the_centre_stays_and_points_move_outwards() {
        let image =
            RgbImage::from_fn(65, 65, |x, y| Rgb([if x == 32 || y == 32 || x == 60 { 255 } else { 0 }; 3]));
        let mut stream = harness::contract::seed::Root::new(0, "toy", "a").stream("shift", "");
        let sample = Sample { image, mask: None };
        let shifted = ZoomBlur.apply(sample, Severity::ALL[0], &mut stream).unwrap().image;
        let level = |x| shifted.get_pixel(x, 10).0[0];
        assert!(level(32) > 100, "{}", level(32));
        assert!(level(61) > 10 && level(58) < 10, "{} {}", level(61), level(58));
    }
}
