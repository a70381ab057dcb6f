//! Fog: a white haze of uneven density.

use super::{SOURCE, corrupt};
use harness::prelude::*;

mod plasma;

/// Density of the haze, and how quickly its unevenness decays from one scale to the next finer, by severity.
const HAZE: [(f32, f32); 5] = [(1.5, 2.0), (2.0, 2.0), (2.5, 1.7), (2.5, 1.5), (3.0, 1.4)];

/// The ImageNet-C fog corruption: adds a plasma fractal and divides by what the brightest pixel could have
/// become. Severities share the random numbers of the fractal.
#[derive(Clone, Copy, Debug)]
pub struct Fog;

impl Shift for Fog {
    fn apply(&self, sample: Sample, severity: Severity, stream: &mut Stream) -> Result<Sample, ShiftError> {
        let (density, decay) = severity.pick(HAZE);
        corrupt(Self::NAME, sample, |image| {
            let (width, height) = (image.width() as usize, image.height() as usize);
            let side = width.max(height).next_power_of_two();
            let haze = plasma::plasma(side, decay, stream);
            let brightest = f32::from(image.iter().max().copied().unwrap_or(0)) / 255.0;
            let scale = 255.0 * brightest / (brightest + density);
            for (row, haze) in image.chunks_exact_mut(width * 3).zip(haze.chunks_exact(side)) {
                for (pixel, haze) in row.chunks_exact_mut(3).zip(haze) {
                    for level in pixel {
                        *level = ((f32::from(*level) / 255.0 + density * haze) * scale) as u8;
                    }
                }
            }
        })
    }
}

impl ShiftPlugin for Fog {
    const NAME: &'static str = "fog";
    const SUMMARY: &'static str = "adds a haze of uneven density";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<Fog>());
