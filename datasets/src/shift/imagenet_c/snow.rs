//! Snow: falling flakes over a whitened picture.

use super::{SOURCE, corrupt};
use crate::shift::filter::{motion::Motion, wide::wide, zoom};
use harness::prelude::*;
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use rand_distr::{Distribution, StandardNormal};

/// What falls, and how it changes the picture. Levels are on the scale from 0 to 1, lengths in pixels.
#[derive(Clone, Copy)]
struct Snowfall {
    /// Mean of the normal noise that flakes are cut from.
    mean: f32,
    /// Its standard deviation.
    deviation: f32,
    /// Its magnification.
    zoom: f64,
    /// Noise below this is no flake.
    threshold: f32,
    /// Radius of the motion blur that makes flakes fall.
    radius: usize,
    /// Deviation of its weights.
    fade: f64,
    /// Share of the picture that is not whitened.
    kept: f32,
}

/// By severity.
const SNOWFALL: [Snowfall; 5] = [
    Snowfall { mean: 0.1, deviation: 0.3, zoom: 3.0, threshold: 0.5, radius: 10, fade: 4.0, kept: 0.8 },
    Snowfall { mean: 0.2, deviation: 0.3, zoom: 2.0, threshold: 0.5, radius: 12, fade: 4.0, kept: 0.7 },
    Snowfall { mean: 0.55, deviation: 0.3, zoom: 4.0, threshold: 0.9, radius: 12, fade: 8.0, kept: 0.7 },
    Snowfall { mean: 0.55, deviation: 0.3, zoom: 4.5, threshold: 0.85, radius: 12, fade: 8.0, kept: 0.65 },
    Snowfall { mean: 0.55, deviation: 0.3, zoom: 2.5, threshold: 0.85, radius: 12, fade: 12.0, kept: 0.55 },
];

/// The smallest magnification: no severity needs a larger part of the noise.
const LEAST_ZOOM: f64 = 2.0;

/// Flakes fall in a direction drawn from this range, in degrees; -90 is straight down.
const DIRECTION: std::ops::Range<f64> = -135.0..-45.0;

/// The ImageNet-C snow corruption. The picture is lightened, more where it is dark, and the flakes are
/// added twice, once turned by 180 degrees.
///
/// Direction and noise depend on the stream and the size alone, so severities share them.
#[derive(Clone, Copy, Debug)]
pub struct Snow;

impl Shift for Snow {
    fn apply(&self, sample: Sample, severity: Severity, stream: &mut Stream) -> Result<Sample, ShiftError> {
        let snowfall = severity.pick(SNOWFALL);
        corrupt(Self::NAME, sample, |image| {
            let angle = stream.random_range(DIRECTION);
            let flakes = flakes(&snowfall, (image.width() as usize, image.height() as usize), angle, stream);
            cover(image, &flakes, snowfall.kept);
        })
    }
}

impl ShiftPlugin for Snow {
    const NAME: &'static str = "snow";
    const SUMMARY: &'static str = "whitens and adds falling flakes";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<Snow>());

/// Brightness of the flakes at every pixel, on the scale from 0 to 1 in steps of 1/255.
fn flakes(snowfall: &Snowfall, (width, height): (usize, usize), angle: f64, stream: &mut Stream) -> Vec<f32> {
    let (across, down) = (zoom::Axis::new(width, snowfall.zoom), zoom::Axis::new(height, snowfall.zoom));
    let (columns, rows) = (zoom::Axis::new(width, LEAST_ZOOM).part, zoom::Axis::new(height, LEAST_ZOOM).part);
    let noise = noise(columns * rows, stream);
    // The centre of the noise, wherever that is in the picture.
    let (left, top) = ((columns - across.part) / 2, (rows - down.part) / 2);
    let part: Vec<f32> = noise
        .chunks_exact(columns)
        .skip(top)
        .take(down.part)
        .flat_map(|row| &row[left..left + across.part])
        .map(|value| snowfall.mean + snowfall.deviation * value)
        .collect();
    let mut layer = zoom::magnify(&part, &across, &down);
    for value in &mut layer {
        *value = if *value < snowfall.threshold { 0.0 } else { value.min(1.0) };
    }
    let size = (across.positions.len(), down.positions.len());
    let levels = Motion::new(snowfall.radius, snowfall.fade, angle)
        .blur(&layer, size, 1, |value| (value * 255.0 + 0.5) as u8);
    let rows = levels.chunks_exact(size.0).take(height).flat_map(|row| &row[..width]);
    rows.map(|&level| f32::from(level) / 255.0).collect()
}

/// Independent standard normal values.
fn noise(count: usize, stream: &mut Stream) -> Vec<f32> {
    let mut fast = Xoshiro256PlusPlus::from_rng(stream);
    (0..count).map(|_| StandardNormal.sample(&mut fast)).collect()
}

/// Whitens the picture but for the share `kept`, and adds the flakes from above and below.
fn cover(image: &mut RgbImage, flakes: &[f32], kept: f32) {
    wide(
        #[inline(always)]
        || {
            for ((pixel, flake), turned) in image.chunks_exact_mut(3).zip(flakes).zip(flakes.iter().rev()) {
                let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(|level| f32::from(level) / 255.0);
                let grey = 0.299 * red + 0.587 * green + 0.114 * blue;
                for (level, value) in pixel.iter_mut().zip([red, green, blue]) {
                    let white = (grey * 1.5 + 0.5).max(value);
                    let covered = kept * value + (1.0 - kept) * white + flake + turned;
                    *level = (covered.clamp(0.0, 1.0) * 255.0) as u8;
                }
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;
    use image::Rgb;

    #[test]
    fn without_flakes_the_picture_is_lightened() {
        let mut image = RgbImage::from_pixel(2, 1, Rgb([51; 3]));
        cover(&mut image, &[0.0, 0.5], 0.8);
        // 0.8 * 0.2 + 0.2 * (0.2 * 1.5 + 0.5) = 0.32, and 0.5 of a flake from one side or the other.
        assert_eq!(image.as_raw(), &[209; 6]);
    }

    #[test]
    fn flakes_are_streaks_along_their_way() {
        let mut stream = Root::new(0, "toy", "a").stream("shift", "");
        let size = (64, 90);
        let flakes = flakes(&SNOWFALL[0], size, -90.0, &mut stream);
        let change = |step: usize| {
            flakes.iter().zip(&flakes[step..]).map(|(a, b)| f64::from((a - b).abs())).sum::<f64>()
        };
        assert_eq!(flakes.len(), 64 * 90);
        assert!(2.0 * change(64) < change(1), "{} down, {} across", change(64), change(1));
    }
}
