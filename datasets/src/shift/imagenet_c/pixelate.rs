//! Pixelation: fewer, larger pixels.

use super::{SOURCE, corrupt};
use harness::prelude::*;

mod shrink;

/// What is left of width and height, by severity.
const KEPT: [f64; 5] = [0.6, 0.5, 0.4, 0.3, 0.25];

/// The ImageNet-C pixelate corruption: shrunk to the means of boxes, enlarged to the nearest of them.
#[derive(Clone, Copy, Debug)]
pub struct Pixelate;

impl Shift for Pixelate {
    fn apply(&self, sample: Sample, severity: Severity, _: &mut Stream) -> Result<Sample, ShiftError> {
        let kept = severity.pick(KEPT);
        corrupt(Self::NAME, sample, |image| {
            let (width, height) = (image.width() as usize, image.height() as usize);
            let small = ((width as f64 * kept) as usize, (height as f64 * kept) as usize);
            let pixels = shrink::shrink(image.as_raw(), (width, height), small);
            enlarge(image, &pixels, small);
        })
    }
}

impl ShiftPlugin for Pixelate {
    const NAME: &'static str = "pixelate";
    const SUMMARY: &'static str = "keeps 60 % to 25 % of the pixels along each side";
    const SOURCE: &'static str = SOURCE;
    const REVISION: u32 = 1;
    type Options = NoOptions;

    fn build(_: NoOptions) -> Box<dyn Shift> {
        Box::new(Self)
    }
}

inventory::submit!(ShiftEntry::of::<Pixelate>());

/// Fills `image` with the nearest of `pixels`, which has `(width, height)` of them.
fn enlarge(image: &mut RgbImage, pixels: &[u8], (width, height): (usize, usize)) {
    let columns = nearest(width, image.width() as usize);
    let rows = nearest(height, image.height() as usize);
    let stride = columns.len() * 3;
    let mut previous = usize::MAX;
    for (y, &row) in rows.iter().enumerate() {
        let target = &mut image.as_mut()[..(y + 1) * stride];
        if row == previous {
            target.copy_within((y - 1) * stride..y * stride, y * stride);
            continue;
        }
        let source = &pixels[row * width * 3..][..width * 3];
        for (pixel, &column) in target[y * stride..].chunks_exact_mut(3).zip(&columns) {
            pixel.copy_from_slice(&source[column * 3..][..3]);
        }
        previous = row;
    }
}

/// For each of `to` pixels the one of `from` below its centre. Positions are summed up step by step, as
/// Pillow does: that decides where a centre falls on a border.
fn nearest(from: usize, to: usize) -> Vec<usize> {
    let step = from as f64 / to as f64;
    let positions = std::iter::successors(Some(0.5 * step), |position| Some(position + step));
    positions.take(to).map(|position| (position as usize).min(from - 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn halves_are_means_of_four() {
        let image = RgbImage::from_fn(32, 34, |x, y| Rgb([(x + 10 * (y % 2)) as u8, 7, 200]));
        let mut stream = harness::contract::seed::Root::new(0, "toy", "a").stream("shift", "");
        let shifted =
            Pixelate.apply(Sample { image, mask: None }, Severity::ALL[1], &mut stream).unwrap().image;
        for (x, _, pixel) in shifted.enumerate_pixels() {
            // The mean of x, x + 1, x + 10 and x + 11: first along rows, where half a level is rounded up.
            assert_eq!(pixel.0, [(x / 2 * 2 + 6) as u8, 7, 200]);
        }
    }

    #[test]
    fn every_small_pixel_is_used() {
        assert_eq!(nearest(2, 5), [0, 0, 1, 1, 1]);
        assert_eq!(nearest(3, 5), [0, 0, 1, 2, 2]);
    }
}
