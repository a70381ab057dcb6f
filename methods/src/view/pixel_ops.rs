//! The pixel operations AugMix draws from, equal byte for byte to Pillow 9.3 on 8-bit RGB pictures.
//!
//! # Method
//!
//! Four operations are look-up tables, one per channel or one for all: autocontrast, equalise, posterise and
//! solarise (Pillow's `ImageOps`). Four are Pillow's `ImageEnhance` classes: colour, contrast, brightness and
//! sharpness blend a degenerate picture `d` (grey, flat, black, smoothed) with the original `x`, to
//! `d + factor * (x - d)`. Factor 0 gives the degenerate picture, 1 the original, and a factor
//! above 1 exaggerates. The other five move pixels: rotation, shears and translations, interpolated bilinearly,
//! with black where the picture does not reach.
//!
//! [`PixelOp`] says what they mean, `lookup.rs`, `enhancement.rs` and `resampling.rs` how they are computed.

use serde::{Deserialize, Serialize};

/// One pixel operation with its parameter resolved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PixelOp {
    /// Stretches each channel linearly to 0..=255, without cut-off.
    Autocontrast,
    /// Flattens the histogram of each channel.
    Equalize,
    /// Keeps this many of the highest bits, 0..=8.
    Posterize(u8),
    /// Inverts every value at or above this threshold, 0..=256.
    Solarize(u16),
    /// Blends from grey by this factor.
    Color(f32),
    /// Blends from the mean grey by this factor.
    Contrast(f32),
    /// Blends from black by this factor.
    Brightness(f32),
    /// Blends from a smoothed picture by this factor.
    Sharpness(f32),
    /// Turns the picture about its centre by this many degrees, anticlockwise.
    Rotate(f64),
    /// Row `y` shows what lies this many times `y` further right.
    ShearX(f64),
    /// Column `x` shows what lies this many times `x` further down.
    ShearY(f64),
    /// Every pixel shows what lies this many columns further right.
    TranslateX(i32),
    /// Every pixel shows what lies this many rows further down.
    TranslateY(i32),
}

/// The operations by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is the operation of PixelOp with its name")]
pub enum OpName {
    Autocontrast,
    Equalize,
    Posterize,
    Solarize,
    Color,
    Contrast,
    Brightness,
    Sharpness,
    Rotate,
    ShearX,
    ShearY,
    TranslateX,
    TranslateY,
}

impl PixelOp {
    /// What the operation is called.
    pub fn name(&self) -> OpName {
        match self {
            PixelOp::Autocontrast => OpName::Autocontrast,
            PixelOp::Equalize => OpName::Equalize,
            PixelOp::Posterize(_) => OpName::Posterize,
            PixelOp::Solarize(_) => OpName::Solarize,
            PixelOp::Color(_) => OpName::Color,
            PixelOp::Contrast(_) => OpName::Contrast,
            PixelOp::Brightness(_) => OpName::Brightness,
            PixelOp::Sharpness(_) => OpName::Sharpness,
            PixelOp::Rotate(_) => OpName::Rotate,
            PixelOp::ShearX(_) => OpName::ShearX,
            PixelOp::ShearY(_) => OpName::ShearY,
            PixelOp::TranslateX(_) => OpName::TranslateX,
            PixelOp::TranslateY(_) => OpName::TranslateY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::chain::Chain;
    use crate::view::levels::Levels;
    use crate::view::{luma, oracle};
    use PixelOp::{
        Autocontrast, Brightness, Color, Contrast, Equalize, Posterize, Rotate, Sharpness, ShearX, ShearY,
        Solarize, TranslateX, TranslateY,
    };
    use image::{Rgb, RgbImage};
    use proptest::prelude::*;

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
        assert_eq!(Posterize(4).apply(&flat(0xAB)), flat(0xA0));
        assert_eq!(Posterize(1).apply(&flat(0xAB)), flat(0x80));
        assert_eq!(Posterize(8).apply(&flat(0xAB)), flat(0xAB));
        assert_eq!(Posterize(0).apply(&flat(0xAB)), flat(0));
    }

    #[test]
    fn solarize_inverts_from_the_threshold_up() {
        assert_eq!(Solarize(256).apply(&ramp()), ramp());
        assert_eq!(Solarize(128).apply(&row(&[127, 128, 200])), row(&[127, 127, 55]));
        assert_eq!(Solarize(0).apply(&row(&[0, 255])), row(&[255, 0]));
    }

    #[test]
    fn autocontrast_stretches_to_the_full_range() {
        assert_eq!(Autocontrast.apply(&row(&[100, 125, 150])), row(&[0, 127, 255]));
        assert_eq!(Autocontrast.apply(&flat(77)), flat(77));
    }

    #[test]
    fn channels_are_stretched_apart() {
        let image = RgbImage::from_fn(2, 1, |x, _| Rgb([10 + x as u8, 7, 255 * x as u8]));
        let wanted = RgbImage::from_fn(2, 1, |x, _| Rgb([255 * x as u8, 7, 255 * x as u8]));
        assert_eq!(Autocontrast.apply(&image), wanted);
    }

    #[test]
    fn equalize_leaves_a_flat_histogram_and_a_flat_picture_alone() {
        assert_eq!(Equalize.apply(&ramp()), ramp());
        assert_eq!(Equalize.apply(&flat(9)), flat(9));
    }

    #[test]
    fn equalize_clips_tables_that_overflow() {
        // 300 pixels at 10 and one at 20: step 300 / 255 = 1, so 20 would become 300.
        let image = RgbImage::from_fn(301, 1, |x, _| Rgb([if x < 300 { 10 } else { 20 }; 3]));
        let equalized = Equalize.apply(&image);
        assert_eq!((equalized.get_pixel(0, 0).0, equalized.get_pixel(300, 0).0), ([0; 3], [255; 3]));
    }

    #[test]
    fn color_moves_towards_luma() {
        assert_eq!(luma([255, 0, 0]), 76);
        let red = RgbImage::from_pixel(1, 1, Rgb([255, 0, 0]));
        assert_eq!(Color(0.0).apply(&red).get_pixel(0, 0).0, [76; 3]);
        assert_eq!(Color(0.5).apply(&red).get_pixel(0, 0).0, [165, 38, 38]);
        assert_eq!(Color(2.0).apply(&red).get_pixel(0, 0).0, [255, 0, 0]);
    }

    #[test]
    fn contrast_and_brightness_move_towards_the_mean_and_black() {
        let image = row(&[0, 101]);
        assert_eq!(Contrast(0.0).apply(&image), row(&[51, 51]));
        assert_eq!(Contrast(1.5).apply(&image), row(&[0, 126]));
        assert_eq!(Brightness(0.5).apply(&image), row(&[0, 50]));
        assert_eq!(Brightness(3.0).apply(&image), row(&[0, 255]));
    }

    #[test]
    fn sharpness_smooths_the_inside_only() {
        let mut dot = flat(0);
        dot.put_pixel(1, 1, Rgb([130; 3]));
        let mut smoothed = flat(0);
        smoothed.put_pixel(1, 1, Rgb([50; 3]));
        assert_eq!(Sharpness(0.0).apply(&dot), smoothed);
        let line = row(&[0, 255, 0]);
        assert_eq!(Sharpness(0.0).apply(&line), line);
    }

    /// Any picture from 1x1 to 9x9.
    fn small_picture() -> impl Strategy<Value = RgbImage> {
        (1_u32..=9, 1_u32..=9).prop_flat_map(|(width, height)| {
            prop::collection::vec(any::<u8>(), (width * height * 3) as usize)
                .prop_map(move |values| RgbImage::from_raw(width, height, values).unwrap())
        })
    }

    /// Any operation, with parameters also outside what AugMix draws.
    fn operation() -> impl Strategy<Value = PixelOp> {
        let factor = || -1.0_f32..3.0;
        prop_oneof![
            Just(Autocontrast),
            Just(Equalize),
            any::<u8>().prop_map(Posterize),
            any::<u16>().prop_map(Solarize),
            factor().prop_map(Color),
            factor().prop_map(Contrast),
            factor().prop_map(Brightness),
            factor().prop_map(Sharpness),
            (-400.0..400.0).prop_map(Rotate),
            (-1.5..1.5).prop_map(ShearX),
            (-1.5..1.5).prop_map(ShearY),
            (-12..12).prop_map(TranslateX),
            (-12..12).prop_map(TranslateY),
        ]
    }

    proptest! {
        #[test]
        fn chains_are_their_operations_one_after_another(
            image in small_picture(), operations in prop::collection::vec(operation(), 0..6)
        ) {
            let wanted = operations.iter().fold(image.clone(), |image, op| oracle::apply(*op, &image));
            let got = RgbImage::from(&*Chain::run(&Levels::from(&image), &operations).settled());
            prop_assert_eq!(got, wanted);
        }

        #[test]
        fn factor_one_is_the_identity(image in small_picture()) {
            for op in [Color, Contrast, Brightness, Sharpness] {
                prop_assert_eq!(&op(1.0).apply(&image), &image);
            }
        }

        #[test]
        fn moving_by_nothing_is_the_identity(image in small_picture()) {
            let still = [
                Rotate(0.0), Rotate(-360.0), ShearX(0.0), ShearY(0.0), TranslateX(0), TranslateY(0),
            ];
            for op in still {
                prop_assert_eq!(&op.apply(&image), &image);
            }
        }
    }

    #[test]
    fn an_empty_picture_stays_empty() {
        let empty = RgbImage::new(0, 0);
        for op in [Equalize, Color(0.5), Contrast(0.5), Sharpness(0.5), Rotate(9.0), TranslateX(1)] {
            assert_eq!(op.apply(&empty), empty);
        }
    }

    #[test]
    fn half_a_turn_reverses_rows_and_columns() {
        let image = RgbImage::from_fn(3, 2, |x, y| Rgb([(10 * y + x) as u8; 3]));
        let turned = RgbImage::from_fn(3, 2, |x, y| Rgb([(10 * (1 - y) + 2 - x) as u8; 3]));
        assert_eq!(Rotate(180.0).apply(&image), turned);
    }

    #[test]
    fn a_quarter_turn_is_anticlockwise() {
        let mut corner = flat(0);
        corner.put_pixel(2, 0, Rgb([9; 3]));
        let mut turned = flat(0);
        turned.put_pixel(0, 0, Rgb([9; 3]));
        assert_eq!(Rotate(90.0).apply(&corner), turned);
    }

    #[test]
    fn translations_show_what_lies_further_and_black_outside() {
        assert_eq!(TranslateX(1).apply(&row(&[10, 20, 30])), row(&[20, 30, 0]));
        assert_eq!(TranslateX(-2).apply(&row(&[10, 20, 30])), row(&[0, 0, 10]));
        let column = |values: [u8; 3]| RgbImage::from_fn(1, 3, |_, y| Rgb([values[y as usize]; 3]));
        assert_eq!(TranslateY(1).apply(&column([10, 20, 30])), column([20, 30, 0]));
    }

    #[test]
    fn shears_move_by_the_share_of_the_distance_and_interpolate() {
        // The row's centre is at 0.5: half a slope further right. The border's level goes on for half a pixel.
        assert_eq!(ShearX(0.5).apply(&row(&[10, 20, 31])), row(&[12, 22, 31]));
        assert_eq!(ShearX(-0.5).apply(&row(&[10, 20, 31])), row(&[10, 17, 28]));
        let column = |values: [u8; 2]| RgbImage::from_fn(1, 2, |_, y| Rgb([values[y as usize]; 3]));
        assert_eq!(ShearY(0.5).apply(&column([0, 100])), column([25, 100]));
    }
}
