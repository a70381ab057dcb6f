//! The eight pixel operations AugMix draws from, equal byte for byte to Pillow 9.3 on 8-bit RGB
//! pictures.
//!
//! # Method
//!
//! Four operations are lookup tables, one per channel or one for all: [`autocontrast`],
//! [`equalize`], [`posterize`] and [`solarize`] (Pillow's `ImageOps`). The other four are Pillow's
//! `ImageEnhance` classes: [`color`], [`contrast`], [`brightness`] and [`sharpness`] blend a
//! degenerate picture `d` (grey, flat, black, smoothed) with the original `x`, to
//! `d + factor * (x - d)`. Factor 0 gives the degenerate picture, 1 the original, and a factor
//! above 1 exaggerates. None of them moves a pixel.

use image::{Rgb, RgbImage};

/// One pixel operation with its parameter resolved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PixelOp {
    /// [`autocontrast`].
    Autocontrast,
    /// [`equalize`].
    Equalize,
    /// [`posterize`] to this many bits, 0..=8.
    Posterize(u8),
    /// [`solarize`] at this threshold, 0..=256.
    Solarize(u16),
    /// [`color`] by this factor.
    Color(f32),
    /// [`contrast`] by this factor.
    Contrast(f32),
    /// [`brightness`] by this factor.
    Brightness(f32),
    /// [`sharpness`] by this factor.
    Sharpness(f32),
}

impl PixelOp {
    /// A new picture of the same size, with the operation applied.
    pub fn apply(&self, image: &RgbImage) -> RgbImage {
        match *self {
            PixelOp::Autocontrast => autocontrast(image),
            PixelOp::Equalize => equalize(image),
            PixelOp::Posterize(bits) => posterize(image, bits),
            PixelOp::Solarize(threshold) => solarize(image, threshold),
            PixelOp::Color(factor) => color(image, factor),
            PixelOp::Contrast(factor) => contrast(image, factor),
            PixelOp::Brightness(factor) => brightness(image, factor),
            PixelOp::Sharpness(factor) => sharpness(image, factor),
        }
    }
}

/// What each level of a channel becomes.
type Lookup = [u8; 256];

/// Stretches each channel linearly to 0..=255 (Pillow's `ImageOps.autocontrast`, no cut-off).
///
/// A channel of one level only is left alone.
pub fn autocontrast(image: &RgbImage) -> RgbImage {
    look_up_each(image, |histogram| {
        let lowest = histogram.iter().position(|&count| count > 0)?;
        let highest = histogram.iter().rposition(|&count| count > 0)?;
        if lowest == highest {
            return None;
        }
        let scale = 255.0 / (highest - lowest) as f64;
        let offset = -(lowest as f64) * scale;
        // The conversion to `u8` truncates and clips, as Pillow does.
        Some(std::array::from_fn(|level| (level as f64 * scale + offset) as u8))
    })
}

/// Flattens the histogram of each channel (Pillow's `ImageOps.equalize`).
///
/// One output level is worth `step = (pixels - count of the highest level present) / 255` pixels,
/// rounded down. A channel of one level only, or one with `step` 0, is left alone.
pub fn equalize(image: &RgbImage) -> RgbImage {
    look_up_each(image, |histogram| {
        let highest = histogram.iter().rposition(|&count| count > 0)?;
        let step = histogram[..highest].iter().sum::<u64>() / 255;
        if step == 0 {
            return None;
        }
        let mut below = step / 2;
        Some(histogram.map(|count| {
            let level = (below / step).min(255) as u8;
            below += count;
            level
        }))
    })
}

/// Keeps the `bits` highest bits of every value (Pillow's `ImageOps.posterize`); `bits` in 0..=8,
/// more count as 8.
///
/// Pillow asks for 1..=8; 0 gives black.
pub fn posterize(image: &RgbImage, bits: u8) -> RgbImage {
    let mask = !(0xFF_u8.checked_shr(u32::from(bits)).unwrap_or(0));
    look_up(image, &[std::array::from_fn(|level| level as u8 & mask); 3])
}

/// Inverts every value at or above `threshold` (Pillow's `ImageOps.solarize`); `threshold` in
/// 0..=256, where 0 inverts the whole picture and 256 changes nothing.
pub fn solarize(image: &RgbImage, threshold: u16) -> RgbImage {
    let invert = |level: usize| {
        if level < usize::from(threshold) { level as u8 } else { 255 - level as u8 }
    };
    look_up(image, &[std::array::from_fn(invert); 3])
}

/// Blends from grey (factor 0) to the original colours (1) and beyond (Pillow's
/// `ImageEnhance.Color`).
pub fn color(image: &RgbImage, factor: f32) -> RgbImage {
    map_pixels(image, |pixel| {
        let grey = luma(pixel);
        pixel.map(|value| blend(grey, value, factor))
    })
}

/// Blends from a flat picture of the mean grey (factor 0) to the original (1) and beyond (Pillow's
/// `ImageEnhance.Contrast`). The mean is that of [`luma`], rounded half up.
pub fn contrast(image: &RgbImage, factor: f32) -> RgbImage {
    let total: u64 = image.pixels().map(|pixel| u64::from(luma(pixel.0))).sum();
    let pixels = u64::from(image.width()) * u64::from(image.height());
    let mean = (total as f64 / pixels as f64 + 0.5) as u8;
    blend_from_level(image, mean, factor)
}

/// Blends from black (factor 0) to the original (1) and beyond (Pillow's
/// `ImageEnhance.Brightness`).
pub fn brightness(image: &RgbImage, factor: f32) -> RgbImage {
    blend_from_level(image, 0, factor)
}

/// Blends from a smoothed picture (factor 0) to the original (1) and beyond (Pillow's
/// `ImageEnhance.Sharpness`).
///
/// The smoothed picture is that of `ImageFilter.SMOOTH`: the 3x3 neighbourhood with weight 5 for
/// the centre and 1 elsewhere, over 13, rounded to nearest. Border pixels are not smoothed.
pub fn sharpness(image: &RgbImage, factor: f32) -> RgbImage {
    let mut sharpened = smooth(image);
    for (value, &original) in sharpened.iter_mut().zip(image.iter()) {
        *value = blend(*value, original, factor);
    }
    sharpened
}

/// Grey level of a pixel: Pillow's conversion to mode `L` (ITU-R 601-2 weights in 16-bit fixed
/// point, rounded).
pub fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let weighted = u32::from(red) * 19_595 + u32::from(green) * 38_470 + u32::from(blue) * 7_471;
    ((weighted + 0x8000) >> 16) as u8
}

/// Pillow's `ImageFilter.SMOOTH`.
fn smooth(image: &RgbImage) -> RgbImage {
    let mut smoothed = image.clone();
    let (width, height) = image.dimensions();
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            let mut sum = image.get_pixel(x, y).0.map(|centre| 4 * u32::from(centre));
            for (column, row) in
                (y - 1..=y + 1).flat_map(|row| (x - 1..=x + 1).map(move |column| (column, row)))
            {
                for (sum, &value) in sum.iter_mut().zip(&image.get_pixel(column, row).0) {
                    *sum += u32::from(value);
                }
            }
            // 13 is odd, so there is no tie and whole numbers round exactly as Pillow's floats do.
            smoothed.put_pixel(x, y, Rgb(sum.map(|sum| ((sum + 6) / 13) as u8)));
        }
    }
    smoothed
}

/// Pillow's `Image.blend` of one value: `f32` arithmetic, then truncation and clipping to 0..=255.
fn blend(degenerate: u8, original: u8, factor: f32) -> u8 {
    let step = f32::from(original) - f32::from(degenerate);
    (f32::from(degenerate) + factor * step) as u8
}

/// Blends every value with one and the same `level`.
fn blend_from_level(image: &RgbImage, level: u8, factor: f32) -> RgbImage {
    look_up(image, &[std::array::from_fn(|value| blend(level, value as u8, factor)); 3])
}

/// Applies to each channel the table that `table_for` makes of its histogram; `None` leaves the
/// channel alone.
fn look_up_each(image: &RgbImage, table_for: impl Fn([u64; 256]) -> Option<Lookup>) -> RgbImage {
    let mut histograms = [[0_u64; 256]; 3];
    for pixel in image.pixels() {
        for (histogram, &value) in histograms.iter_mut().zip(&pixel.0) {
            histogram[usize::from(value)] += 1;
        }
    }
    let identity = std::array::from_fn(|level| level as u8);
    look_up(image, &histograms.map(|histogram| table_for(histogram).unwrap_or(identity)))
}

/// Replaces every value by its entry in the table of its channel.
fn look_up(image: &RgbImage, tables: &[Lookup; 3]) -> RgbImage {
    map_pixels(image, |[red, green, blue]| {
        [tables[0][usize::from(red)], tables[1][usize::from(green)], tables[2][usize::from(blue)]]
    })
}

/// Replaces every pixel.
fn map_pixels(image: &RgbImage, change: impl Fn([u8; 3]) -> [u8; 3]) -> RgbImage {
    let mut changed = image.clone();
    for pixel in changed.pixels_mut() {
        pixel.0 = change(pixel.0);
    }
    changed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn flat(value: u8) -> RgbImage {
        RgbImage::from_pixel(3, 3, Rgb([value; 3]))
    }

    /// A row of grey pixels.
    fn row(values: &[u8]) -> RgbImage {
        RgbImage::from_fn(values.len() as u32, 1, |x, _| Rgb([values[x as usize]; 3]))
    }

    /// Every level once, so that the histogram is flat.
    fn ramp() -> RgbImage {
        row(&std::array::from_fn::<u8, 256, _>(|level| level as u8))
    }

    #[test]
    fn posterize_keeps_the_high_bits() {
        assert_eq!(posterize(&flat(0xAB), 4), flat(0xA0));
        assert_eq!(posterize(&flat(0xAB), 1), flat(0x80));
        assert_eq!(posterize(&flat(0xAB), 8), flat(0xAB));
        assert_eq!(posterize(&flat(0xAB), 0), flat(0));
    }

    #[test]
    fn solarize_inverts_from_the_threshold_up() {
        assert_eq!(solarize(&ramp(), 256), ramp());
        assert_eq!(solarize(&row(&[127, 128, 200]), 128), row(&[127, 127, 55]));
        assert_eq!(solarize(&row(&[0, 255]), 0), row(&[255, 0]));
    }

    #[test]
    fn autocontrast_stretches_to_the_full_range() {
        assert_eq!(autocontrast(&row(&[100, 125, 150])), row(&[0, 127, 255]));
        assert_eq!(autocontrast(&flat(77)), flat(77));
    }

    #[test]
    fn channels_are_stretched_apart() {
        let image = RgbImage::from_fn(2, 1, |x, _| Rgb([10 + x as u8, 7, 255 * x as u8]));
        let wanted = RgbImage::from_fn(2, 1, |x, _| Rgb([255 * x as u8, 7, 255 * x as u8]));
        assert_eq!(autocontrast(&image), wanted);
    }

    #[test]
    fn equalize_leaves_a_flat_histogram_and_a_flat_picture_alone() {
        assert_eq!(equalize(&ramp()), ramp());
        assert_eq!(equalize(&flat(9)), flat(9));
    }

    #[test]
    fn equalize_clips_tables_that_overflow() {
        // 300 pixels at 10 and one at 20: step 300 / 255 = 1, so 20 would become 300.
        let image = RgbImage::from_fn(301, 1, |x, _| Rgb([if x < 300 { 10 } else { 20 }; 3]));
        let equalized = equalize(&image);
        assert_eq!((equalized.get_pixel(0, 0).0, equalized.get_pixel(300, 0).0), ([0; 3], [255; 3]));
    }

    #[test]
    fn color_moves_towards_luma() {
        assert_eq!(luma([255, 0, 0]), 76);
        let red = RgbImage::from_pixel(1, 1, Rgb([255, 0, 0]));
        assert_eq!(color(&red, 0.0).get_pixel(0, 0).0, [76; 3]);
        assert_eq!(color(&red, 0.5).get_pixel(0, 0).0, [165, 38, 38]);
        assert_eq!(color(&red, 2.0).get_pixel(0, 0).0, [255, 0, 0]);
    }

    #[test]
    fn contrast_and_brightness_move_towards_the_mean_and_black() {
        let image = row(&[0, 101]);
        assert_eq!(contrast(&image, 0.0), row(&[51, 51]));
        assert_eq!(contrast(&image, 1.5), row(&[0, 126]));
        assert_eq!(brightness(&image, 0.5), row(&[0, 50]));
        assert_eq!(brightness(&image, 3.0), row(&[0, 255]));
    }

    #[test]
    fn sharpness_smooths_the_inside_only() {
        let mut dot = flat(0);
        dot.put_pixel(1, 1, Rgb([130; 3]));
        let mut smoothed = flat(0);
        smoothed.put_pixel(1, 1, Rgb([50; 3]));
        assert_eq!(sharpness(&dot, 0.0), smoothed);
        let line = row(&[0, 255, 0]);
        assert_eq!(sharpness(&line, 0.0), line);
    }

    /// Any picture from 1x1 to 9x9.
    fn small_picture() -> impl Strategy<Value = RgbImage> {
        (1_u32..=9, 1_u32..=9).prop_flat_map(|(width, height)| {
            prop::collection::vec(any::<u8>(), (width * height * 3) as usize)
                .prop_map(move |values| RgbImage::from_raw(width, height, values).unwrap())
        })
    }

    proptest! {
        #[test]
        fn no_operation_panics_or_changes_the_size(
            image in small_picture(), bits: u8, threshold: u16, factor in -1.0_f32..3.0
        ) {
            for op in [
                PixelOp::Autocontrast, PixelOp::Equalize, PixelOp::Posterize(bits), PixelOp::Solarize(threshold),
                PixelOp::Color(factor), PixelOp::Contrast(factor), PixelOp::Brightness(factor),
                PixelOp::Sharpness(factor),
            ] {
                prop_assert_eq!(op.apply(&image).dimensions(), image.dimensions());
            }
        }

        #[test]
        fn factor_one_is_the_identity(image in small_picture()) {
            for op in [PixelOp::Color, PixelOp::Contrast, PixelOp::Brightness, PixelOp::Sharpness] {
                prop_assert_eq!(&op(1.0).apply(&image), &image);
            }
        }
    }
}
