//! What JPEG compression loses, without the compressed file.
//!
//! Baseline JPEG with chroma at half resolution, as Pillow and libjpeg write and read it by default, to the
//! last bit. Entropy coding loses nothing and is left out. Definitions: ITU-T T.81 (1992), its annex K for
//! the tables; the arithmetic is that of the [decoder](harness::contract::picture::jpeg).

use super::wide::wide;
use harness::contract::picture::jpeg::dct;
use harness::prelude::*;

mod colour;
mod plane;
mod quantisation;

use plane::Plane;
use quantisation::{CHROMA, LUMA, Quantiser};

/// Replaces `image` by its copy compressed with `quality` (1 to 100; other values count as the nearest) and
/// decompressed.
pub(in crate::shift) fn round_trip(image: &mut RgbImage, quality: u8) {
    let (width, height) = (image.width() as usize, image.height() as usize);
    if width == 0 || height == 0 {
        return;
    }
    let (luma, chroma) = (Quantiser::new(&LUMA, quality), Quantiser::new(&CHROMA, quality));
    wide(
        #[inline(always)]
        || {
            let mut planes = colour::split(image, (width, height));
            for (plane, quantiser) in planes.iter_mut().zip([&luma, &chroma, &chroma]) {
                lose(plane, quantiser);
            }
            colour::join(image, width, &planes);
        },
    );
}

/// Transforms, quantises and restores every block of 8 x 8.
#[inline(always)]
fn lose(plane: &mut Plane, quantiser: &Quantiser) {
    let stride = plane.stride;
    let mut blocks = vec![[[0; 8]; 8]; stride / 8];
    for stripe in plane.levels.chunks_exact_mut(8 * stride) {
        for (y, levels) in stripe.chunks_exact(stride).enumerate() {
            for (block, levels) in blocks.iter_mut().zip(levels.as_chunks::<8>().0) {
                block[y] = levels.map(|level| i32::from(level) - 128);
            }
        }
        dct::forward(&mut blocks);
        for block in &mut blocks {
            quantiser.apply(block);
        }
        dct::inverse(&mut blocks);
        for (y, levels) in stripe.chunks_exact_mut(stride).enumerate() {
            for (block, levels) in blocks.iter().zip(levels.as_chunks_mut::<8>().0) {
                *levels = block[y].map(|value| (value + 128).clamp(0, 255) as u8);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn picture(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            Rgb([(x * 7 + y) as u8, (y * 5 + 40) as u8, (x * y / 8) as u8])
        })
    }

    #[test]
    fn grey_stays_grey_and_flat_stays_flat() {
        for level in [0, 1, 100, 254, 255] {
            let flat = RgbImage::from_pixel(19, 33, Rgb([level; 3]));
            let mut lossy = flat.clone();
            round_trip(&mut lossy, 100);
            assert_eq!(lossy, flat);
            round_trip(&mut lossy, 1);
            assert!(lossy.pixels().all(|pixel| pixel == lossy.get_pixel(0, 0)));
            assert!(lossy.get_pixel(0, 0).0.iter().all(|&value| value == lossy.get_pixel(0, 0).0[0]));
        }
    }

    #[test]
    fn lower_quality_loses_more() {
        let picture = picture(48, 40);
        let losses = [90, 50, 20, 5].map(|quality| {
            let mut lossy = picture.clone();
            round_trip(&mut lossy, quality);
            picture.iter().zip(lossy.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>()
        });
        assert!(losses.is_sorted() && losses[0] > 0, "{losses:?}");
    }

    #[test]
    fn every_size_has_a_result() {
        for (width, height) in [(0, 0), (1, 1), (2, 1), (3, 9), (5, 17), (16, 16), (17, 15), (1, 40)] {
            let mut lossy = picture(width, height);
            round_trip(&mut lossy, 30);
            assert_eq!(lossy.dimensions(), (width, height));
        }
    }
}
