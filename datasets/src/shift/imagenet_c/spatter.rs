//! Spatter: drops of water or mud on the lens.

use super::{SOURCE, corrupt};
use crate::shift::filter::border::Border;
use crate::shift::filter::gaussian::Gaussian;
use crate::shift::noise::Normal;
use harness::prelude::*;

mod distance;
mod edge;
mod neighbourhood;
mod water;

/// Mean and deviation of the random layer, deviation of its smoothing in pixels, and the value from which on
/// it is liquid, by severity.
const LAYER: [(f64, f64, f64, f64); 5] = [
    (0.65, 0.3, 4.0, 0.69),
    (0.65, 0.3, 3.0, 0.68),
    (0.65, 0.3, 2.0, 0.68),
    (0.65, 0.3, 1.0, 0.65),
    (0.67, 0.4, 1.0, 0.65),
];

/// What the liquid is, by severity.
const LIQUID: [Liquid; 5] =
    [Liquid::Water(0.6), Liquid::Water(0.6), Liquid::Water(0.5), Liquid::Mud(1.5), Liquid::Mud(1.5)];

/// Red, green and blue of pale turquoise, on the scale from 0 to 1.
const TURQUOISE: [f32; 3] = [175.0 / 255.0, 238.0 / 255.0, 238.0 / 255.0];

/// Red, green and blue of mud.
const BROWN: [f32; 3] = [63.0 / 255.0, 42.0 / 255.0, 20.0 / 255.0];

/// Mud covers less than this not at all.
const THINNEST: f32 = 0.8;

/// Deviations after which the smoothing of the layer ends.
const TRUNCATE: f64 = 4.0;

#[derive(Clone, Copy, Debug)]
enum Liquid {
    /// Shines where its thickness changes, at most this much.
    Water(f32),
    /// Hides what is behind it; its edge is smoothed by this many pixels.
    Mud(f64),
}

/// The ImageNet-C spatter corruption.
///
/// The random layer before smoothing depends on the stream alone, so drops of one image lie at the same
/// places under severities 1 to 3, and under 4 and 5. An image on which no drop of water falls (possible
/// below a few thousand pixels) stays as it is; the library divides by zero there.
#[derive(Clone, Copy, Debug)]
pub struct Spatter;

impl Shift for Spatter {
    fn apply(&self, sample: Sample, severity: Severity, stream: &mut Stream) -> Result<Sample, ShiftError> {
        let (mean, deviation, smoothing, threshold) = severity.pick(LAYER);
        corrupt(Self::NAME, sample, |image| {
            let (width, pixels) = (image.width() as usize, image.len() / 3);
            let mut deviates = vec![0.0; pixels];
            Normal::new(stream).fill(&mut deviates);
            let mut layer = vec![0.0; pixels];
            for (value, deviate) in layer.iter_mut().zip(deviates) {
                *value = mean + deviation * f64::from(deviate);
            }
            smooth(&mut layer, width, smoothing);
            match severity.pick(LIQUID) {
                Liquid::Water(strength) => {
                    let depth = |value: f64| if value < threshold { 0 } else { (value * 255.0) as u8 };
                    let depths: Vec<u8> = layer.into_iter().map(depth).collect();
                    let Some(shine) = water::shine(&depths, width) else { return };
                    paint(image, &shine, |value, shine, colour| value + shine * strength * colour, TURQUOISE);
                }
                Liquid::Mud(softness) => {
                    for value in &mut layer {
                        *value = if *value > threshold { 1.0 } else { 0.0 };
                    }
                    smooth(&mut layer, width, softness);
                    let cover = |value: f64| if (value as f32) < THINNEST { 0.0 } else { value as f32 };
                    let cover: Vec<f32> = layer.into_iter().map(cover).collect();
                    paint(
                        image,
                        &cover,
                        |value, cover, colour| value * (1.0 - cover) + cover * colour,
                        BROWN,
                    );
                }
            }
        })
    }
}

impl ShiftPlugin for Spatter {
    const NAME: &'static str = "spatter";
    const SUMMARY: &'static str = "spills water (severities 1 to 3) or mud (4 and 5)";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<Spatter>());

fn smooth(layer: &mut [f64], width: usize, deviation: f64) {
    let gaussian = Gaussian::new([deviation; 2], TRUNCATE, Border::Edge);
    gaussian.smooth(layer, width, 1, |value| value, |value| value);
}

/// Mixes `colour` into every pixel where there is any `layer`, by `rule`, on the scale from 0 to 1.
fn paint(image: &mut RgbImage, layer: &[f32], rule: impl Fn(f32, f32, f32) -> f32, colour: [f32; 3]) {
    let pixels = image.as_chunks_mut::<3>().0.iter_mut().zip(layer);
    for (pixel, &layer) in pixels.filter(|(_, layer)| **layer > 0.0) {
        for (value, colour) in pixel.iter_mut().zip(colour) {
            *value = (rule(f32::from(*value) / 255.0, layer, colour).clamp(0.0, 1.0) * 255.0) as u8;
        }
    }
}
