//! JPEG chain: the picture passes through several systems, and each compresses it anew.

use super::SOURCE;
use crate::shift::filter::jpeg;
use harness::prelude::*;
use image::imageops;
use rand::RngExt;

/// Number of compressions and their middle quality, by severity.
const CHAIN: [(usize, f64); 5] = [(2, 65.0), (3, 42.0), (3, 28.0), (4, 20.0), (4, 14.0)];

/// Each compression has its own quality, within this share of the middle one.
const SPREAD: f64 = 0.25;

/// Side of the blocks that JPEG works on, in pixels.
const BLOCK: u32 = 8;

/// JPEG several times over, each with a quality and a place of the 8x8 grid drawn for it, as when a picture
/// is cropped between systems. With one grid for all, a second compression would change next to nothing.
#[derive(Clone, Copy, Debug)]
pub struct JpegChain;

impl Shift for JpegChain {
    fn apply(
        &self,
        mut sample: Sample,
        severity: Severity,
        stream: &mut Stream,
    ) -> Result<Sample, ShiftError> {
        let (passes, quality) = severity.pick(CHAIN);
        for _ in 0..passes {
            let grid = [0, 1].map(|_| stream.random_range(0..BLOCK));
            let quality = (quality * stream.random_range(1.0 - SPREAD..1.0 + SPREAD)).round();
            compress(&mut sample.image, grid, quality as u8);
        }
        Ok(sample)
    }
}

impl ShiftPlugin for JpegChain {
    const NAME: &'static str = "jpeg_chain";
    const SUMMARY: &'static str = "2 to 4 JPEG compressions of quality 65 to 14 on shifted grids";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<JpegChain>());

/// JPEG of `quality` whose grid begins `grid` pixels left of and above the image. What lies there, and is
/// cropped afterwards, repeats the edge.
fn compress(image: &mut RgbImage, grid: [u32; 2], quality: u8) {
    let (width, height) = image.dimensions();
    if width == 0 || height == 0 {
        return;
    }
    let [left, above] = grid;
    let mut canvas = RgbImage::from_fn(width + left, height + above, |x, y| {
        *image.get_pixel(x.saturating_sub(left), y.saturating_sub(above))
    });
    jpeg::round_trip(&mut canvas, quality);
    *image = imageops::crop_imm(&canvas, left, above, width, height).to_image();
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn ramp() -> RgbImage {
        RgbImage::from_fn(40, 32, |x, y| Rgb([(5 * x) as u8, (7 * y) as u8, (x * y % 256) as u8]))
    }

    #[test]
    fn on_the_same_grid_it_is_plain_jpeg() {
        let (mut ours, mut plain) = (ramp(), ramp());
        compress(&mut ours, [0, 0], 40);
        jpeg::round_trip(&mut plain, 40);
        assert_eq!(ours, plain);
    }

    #[test]
    fn blocks_begin_where_the_grid_does() {
        // At quality 1 a block keeps little more than its mean: levels jump where blocks meet.
        let mut image = RgbImage::from_fn(64, 64, |x, _| Rgb([(3 * x) as u8; 3]));
        compress(&mut image, [3, 0], 1);
        let jump = |x: u32| image.get_pixel(x, 20).0[1].abs_diff(image.get_pixel(x - 1, 20).0[1]);
        let (at, beside) =
            ((13..60).step_by(8).map(jump).sum::<u8>(), (9..60).step_by(8).map(jump).sum::<u8>());
        assert!(at > beside + 20, "{at} {beside}");
    }
}
