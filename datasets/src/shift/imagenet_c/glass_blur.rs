//! Glass blur: pixels out of place, as behind frosted glass.

use super::gaussian_blur::blur;
use super::{SOURCE, corrupt};
use crate::shift::noise::generator;
use harness::prelude::*;
use rand::Rng;

/// Deviation of both blurs in pixels, how far a colour may come from, and the number of walks, by severity.
const GLASS: [(f64, u32, u32); 5] = [(0.7, 1, 2), (0.9, 2, 1), (1.0, 2, 3), (1.1, 3, 2), (1.5, 4, 2)];

/// The ImageNet-C glass blur corruption: blur, then a walk over all pixels from the last to the first, each
/// of which takes the colour of a random one near by, then blur again.
///
/// The definition swaps the two pixels. The released code overwrites one before it reads it, so that a
/// colour is copied and none goes back; so does this. Masks stay, as for other blurs.
#[derive(Clone, Copy, Debug)]
pub struct GlassBlur;

impl Shift for GlassBlur {
    fn apply(&self, sample: Sample, severity: Severity, stream: &mut Stream) -> Result<Sample, ShiftError> {
        let (deviation, distance, walks) = severity.pick(GLASS);
        corrupt(Self::NAME, sample, |image| {
            blur(image, deviation);
            let mut generator = generator(stream);
            for _ in 0..walks {
                displace(image, distance, &mut generator);
            }
            blur(image, deviation);
        })
    }
}

impl ShiftPlugin for GlassBlur {
    const NAME: &'static str = "glass_blur";
    const SUMMARY: &'static str = "moves pixels by up to 1 to 4 places between two blurs";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<GlassBlur>());

/// One walk. Offsets are `-distance..distance`, and the walk ends `distance` short of the border, so that a
/// colour never comes from outside.
fn displace(image: &mut RgbImage, distance: u32, generator: &mut impl Rng) {
    let (width, height) = image.dimensions();
    let (pixels, _) = image.as_chunks_mut::<3>();
    // 32 random bits are scaled to `0..2 * distance`, evenly but for one part in a billion.
    let offset = |bits: u64| (((bits & 0xffff_ffff) * u64::from(2 * distance)) >> 32) as usize;
    let (stride, centre) = (width as usize, distance as usize);
    for y in (centre + 1..=height as usize - centre).rev() {
        for x in (centre + 1..=stride - centre).rev() {
            let word = generator.next_u64();
            let (from_x, from_y) = (x + offset(word) - centre, y + offset(word >> 32) - centre);
            pixels[y * stride + x] = pixels[from_y * stride + from_x];
        }
    }
}
