//! Moving an image and its mask by an affine map.

use harness::prelude::*;

/// Where each output pixel comes from: `source = matrix * (pixel - centre) + centre + offset`, in pixels,
/// with x to the right, y down and the centre in the middle of the picture.
#[derive(Clone, Copy, Debug)]
pub(in crate::shift) struct Affine {
    pub matrix: [[f64; 2]; 2],
    pub offset: [f64; 2],
}

/// Coordinates are whole numbers of 2^-32 pixels, so that steps along a row add up exactly.
const ONE: i64 = 1 << 32;

/// Weights of neighbours are whole numbers of 1 / 2048: four of them times a level fit 32 bits.
const WEIGHT_BITS: u32 = 11;

impl Affine {
    /// Moves image and mask by one and the same map.
    ///
    /// The image is interpolated between four neighbours and rounded to the nearest level; the mask takes
    /// the nearest pixel and so keeps its values. What lies outside is mirrored at the edge pixel, in the
    /// mask as in the image: a mirrored defect is there to be seen, and a detector that finds it is right.
    pub(in crate::shift) fn apply(&self, sample: Sample) -> Sample {
        Sample { image: self.image(&sample.image), mask: sample.mask.map(|mask| self.mask(&mask)) }
    }

    fn image(&self, image: &RgbImage) -> RgbImage {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let pixels = image.as_raw().as_chunks::<3>().0;
        let mut moved = RgbImage::new(image.width(), image.height());
        for (pixel, (x, y)) in moved.as_chunks_mut::<3>().0.iter_mut().zip(self.sources(width, height)) {
            let ((left, right, to_right), (up, down, to_down)) = (between(x, width), between(y, height));
            let (up, down) = (up * width, down * width);
            let corners = [pixels[up + left], pixels[up + right], pixels[down + left], pixels[down + right]];
            *pixel = blend(corners, to_right, to_down);
        }
        moved
    }

    fn mask(&self, mask: &GrayImage) -> GrayImage {
        let (width, height) = (mask.width() as usize, mask.height() as usize);
        let mut moved = GrayImage::new(mask.width(), mask.height());
        for (pixel, (x, y)) in moved.iter_mut().zip(self.sources(width, height)) {
            *pixel = mask.as_raw()[nearest(y) * width + nearest(x)];
        }
        moved
    }

    /// Where each pixel comes from, row by row, mirrored into the picture.
    #[inline(always)]
    fn sources(&self, width: usize, height: usize) -> impl Iterator<Item = (i64, i64)> {
        let fixed = |value: f64| (value * ONE as f64).round() as i64;
        let Self { matrix: [[xx, xy], [yx, yy]], offset } = *self;
        let centre = [width, height].map(|side| (side as f64 - 1.0) / 2.0);
        let last = [width, height].map(|side| (side as i64 - 1) * ONE);
        let step = [fixed(xx), fixed(yx)];
        (0..height).flat_map(move |row| {
            let down = row as f64 - centre[1];
            let x = fixed(xy * down - xx * centre[0] + centre[0] + offset[0]);
            let y = fixed(yy * down - yx * centre[0] + centre[1] + offset[1]);
            (0..width as i64).map(move |column| {
                (mirror(x + column * step[0], last[0]), mirror(y + column * step[1], last[1]))
            })
        })
    }
}

/// `position` brought into `0..=last` by reflection at both ends.
#[inline(always)]
fn mirror(position: i64, last: i64) -> i64 {
    if (0..=last).contains(&position) {
        position
    } else if last == 0 {
        0
    } else {
        let folded = position.rem_euclid(2 * last);
        folded.min(2 * last - folded)
    }
}

/// The whole positions around `position`, and the weight of the second.
#[inline(always)]
fn between(position: i64, length: usize) -> (usize, usize, u32) {
    let first = (position >> 32) as usize;
    let fraction = (position as u32) >> (32 - WEIGHT_BITS);
    (first, (first + 1).min(length - 1), fraction)
}

#[inline(always)]
fn nearest(position: i64) -> usize {
    ((position + ONE / 2) >> 32) as usize
}

/// Four corners, in reading order, blended and rounded.
#[inline(always)]
fn blend(corners: [[u8; 3]; 4], to_right: u32, to_down: u32) -> [u8; 3] {
    const WHOLE: u32 = 1 << WEIGHT_BITS;
    let weights = [
        (WHOLE - to_right) * (WHOLE - to_down),
        to_right * (WHOLE - to_down),
        (WHOLE - to_right) * to_down,
        to_right * to_down,
    ];
    std::array::from_fn(|channel| {
        let sum: u32 = (0..4).map(|corner| weights[corner] * u32::from(corners[corner][channel])).sum();
        ((sum + WHOLE * WHOLE / 2) >> (2 * WEIGHT_BITS)) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, Rgb};

    const IDENTITY: [[f64; 2]; 2] = [[1.0, 0.0], [0.0, 1.0]];

    fn picture(width: u32, height: u32) -> Sample {
        let image = RgbImage::from_fn(width, height, |x, y| Rgb([10 * x as u8, 10 * y as u8, (x * y) as u8]));
        let mask = GrayImage::from_fn(width, height, |x, y| Luma([if x == y { 7 } else { 0 }]));
        Sample { image, mask: Some(mask) }
    }

    fn reds(sample: &Sample, y: u32) -> Vec<u8> {
        (0..sample.image.width()).map(|x| sample.image.get_pixel(x, y).0[0]).collect()
    }

    #[test]
    fn the_identity_changes_nothing() {
        let sample = picture(9, 7);
        assert_eq!(Affine { matrix: IDENTITY, offset: [0.0; 2] }.apply(sample.clone()), sample);
    }

    #[test]
    fn whole_steps_copy_and_the_border_is_mirrored() {
        let moved = Affine { matrix: IDENTITY, offset: [-2.0, 0.0] }.apply(picture(5, 4));
        assert_eq!(reds(&moved, 0), [20, 10, 0, 10, 20]);
        let mask = moved.mask.unwrap();
        assert_eq!((0..5).map(|x| mask.get_pixel(x, 1).0[0]).collect::<Vec<_>>(), [0, 7, 0, 7, 0]);
    }

    #[test]
    fn parts_of_a_step_are_blended_and_rounded() {
        let moved = Affine { matrix: IDENTITY, offset: [0.25, 0.0] }.apply(picture(4, 1));
        // 2.5, 12.5 and 22.5 are rounded up; 3.25 is mirrored to 2.75.
        assert_eq!(reds(&moved, 0), [3, 13, 23, 28]);
    }

    #[test]
    fn a_quarter_turn_is_exact() {
        let sample = picture(5, 5);
        let turned = Affine { matrix: [[0.0, 1.0], [-1.0, 0.0]], offset: [0.0; 2] }.apply(sample.clone());
        for (x, y, pixel) in turned.image.enumerate_pixels() {
            assert_eq!(pixel, sample.image.get_pixel(y, 4 - x));
        }
    }
}
