//! The normalised picture a network sees, and the grey view GNL derives from it.
//!
//! # Method
//!
//! An 8-bit picture becomes three planes of `f32`, channel first, by torchvision's `ToTensor`
//! followed by `Normalize` with the ImageNet statistics: `(value / 255 - mean) / std`, each step
//! rounded to `f32` in this order.
//!
//! GNL (Cao, Zhu and Pang, ICCV 2023) trains on a grey view as well. Its released code applies
//! `Grayscale(3)` *after* the normalisation, so all three channels hold one weighted sum of already
//! normalised planes. The usual order, grey first, gives each channel its own offset and scale;
//! both are here because they train differently.

use image::RgbImage;

use super::grey::luma;

/// Mean of red, green and blue over ImageNet, on the scale 0..=1, as torchvision's pretrained
/// networks expect it.
pub const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];

/// Standard deviation of red, green and blue over ImageNet, on the scale 0..=1.
pub const IMAGENET_STD: [f32; 3] = [0.229, 0.224, 0.225];

/// Weights of red, green and blue in torchvision's `Grayscale` on float tensors. They sum to
/// 0.9999, not 1.
pub const GREY_WEIGHTS: [f32; 3] = [0.2989, 0.587, 0.114];

/// A normalised picture `[3, height, width]`: all of red, then green, then blue, each row by row.
///
/// Values have no unit: standard deviations of ImageNet pixels, about -2.12 (black, red plane) to
/// 2.64 (white, blue plane).
#[derive(Clone, Debug, PartialEq)]
pub struct Planes {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `3 * height * width` values, channel first.
    pub values: Vec<f32>,
}

impl Planes {
    /// Normalises an 8-bit picture as torchvision's `ToTensor` and `Normalize` (ImageNet) do.
    pub fn normalise(image: &RgbImage) -> Planes {
        Planes::from_normalised(image, |pixel| pixel)
    }

    /// Levels 0 to 255 spread evenly from `lowest` to `highest`, in every channel.
    pub fn scaled(image: &RgbImage, lowest: f32, highest: f32) -> Planes {
        let scale = std::array::from_fn(|level| lowest + (highest - lowest) * (level as f32 / 255.0));
        Planes::from_levels(image, &[scale; 3], |pixel| pixel)
    }

    /// Normalises the picture that `view` makes of each pixel.
    fn from_normalised(image: &RgbImage, view: impl Fn([u8; 3]) -> [u8; 3]) -> Planes {
        Planes::from_levels(image, &std::array::from_fn(normalised_levels), view)
    }

    fn from_levels(image: &RgbImage, scales: &[[f32; 256]; 3], view: impl Fn([u8; 3]) -> [u8; 3]) -> Planes {
        let (width, height) = image.dimensions();
        let mut values = Vec::with_capacity(image.as_raw().len());
        let (pixels, _) = image.as_raw().as_chunks::<3>();
        for (channel, levels) in scales.iter().enumerate() {
            values.extend(pixels.iter().map(|pixel| levels[usize::from(view(*pixel)[channel])]));
        }
        Planes { width, height, values }
    }

    /// The red, green and blue planes.
    pub fn channels(&self) -> [&[f32]; 3] {
        let (red, rest) = self.values.split_at(self.values.len() / 3);
        let (green, blue) = rest.split_at(red.len());
        [red, green, blue]
    }
}

/// The grey view of the released GNL code: `Grayscale(3)` applied to the *normalised* picture.
///
/// Each of the three equal planes is `0.2989 r + 0.587 g + 0.114 b` of the normalised channels,
/// that is `1.3052 R + 2.6205 G + 0.5067 B - 2.0337` of the raw ones on the scale 0..=1.
pub fn grey_after_normalisation(picture: &Planes) -> Planes {
    let [red, green, blue] = picture.channels();
    let [r, g, b] = GREY_WEIGHTS;
    let mut values = Vec::with_capacity(picture.values.len());
    values.extend(red.iter().zip(green).zip(blue).map(|((red, green), blue)| r * red + g * green + b * blue));
    values.extend_from_within(..);
    values.extend_from_within(..red.len());
    Planes { width: picture.width, height: picture.height, values }
}

/// The grey view in the conventional order: 8-bit grey (Pillow's `L`, see [`luma`]) in all three
/// channels, then [`Planes::normalise`].
pub fn grey_before_normalisation(image: &RgbImage) -> Planes {
    Planes::from_normalised(image, |pixel| [luma(pixel); 3])
}

/// The normalised value of each of the 256 levels of `channel`.
pub fn normalised_levels(channel: usize) -> [f32; 256] {
    std::array::from_fn(|level| (level as f32 / 255.0 - IMAGENET_MEAN[channel]) / IMAGENET_STD[channel])
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    fn one_pixel(pixel: [u8; 3]) -> RgbImage {
        RgbImage::from_pixel(1, 1, Rgb(pixel))
    }

    fn assert_close(got: &[f32], wanted: &[f32]) {
        assert_eq!(got.len(), wanted.len());
        for (got, wanted) in got.iter().zip(wanted) {
            assert!((got - wanted).abs() < 1e-4, "{got} is not {wanted}");
        }
    }

    #[test]
    fn black_and_white_reach_the_ends_of_the_range() {
        assert_close(&Planes::normalise(&one_pixel([0; 3])).values, &[-2.117_9, -2.035_7, -1.804_4]);
        assert_close(&Planes::normalise(&one_pixel([255; 3])).values, &[2.248_9, 2.428_6, 2.64]);
    }

    #[test]
    fn planes_are_channel_first_and_row_by_row() {
        let image = RgbImage::from_fn(3, 2, |x, y| Rgb([(10 * y + x) as u8, 100, 200]));
        let picture = Planes::normalise(&image);
        assert_eq!((picture.width, picture.height, picture.values.len()), (3, 2, 18));
        let [red, green, blue] = picture.channels();
        let levels = normalised_levels(0);
        assert_eq!(red, [0, 1, 2, 10, 11, 12].map(|level| levels[level]));
        assert_eq!(green, [normalised_levels(1)[100]; 6]);
        assert_eq!(blue, [normalised_levels(2)[200]; 6]);
    }

    #[test]
    fn grey_after_normalisation_is_the_published_sum_in_every_channel() {
        let (red, green, blue) = (51.0 / 255.0, 102.0 / 255.0, 204.0 / 255.0);
        let wanted = 1.3052 * red + 2.6205 * green + 0.5067 * blue - 2.0337;
        let grey = grey_after_normalisation(&Planes::normalise(&one_pixel([51, 102, 204])));
        assert_close(&grey.values, &[wanted; 3]);
    }

    #[test]
    fn grey_before_normalisation_is_the_normalised_grey_picture() {
        let image = one_pixel([51, 102, 204]);
        let grey = luma([51, 102, 204]);
        assert_eq!(grey_before_normalisation(&image), Planes::normalise(&one_pixel([grey; 3])));
    }

    #[test]
    fn the_two_orders_differ_even_on_a_grey_picture() {
        let image = one_pixel([128; 3]);
        let after = grey_after_normalisation(&Planes::normalise(&image)).values;
        let before = grey_before_normalisation(&image).values;
        assert_eq!(after[0], after[2]);
        assert!((before[0] - before[2]).abs() > 0.1);
    }

    #[test]
    fn an_empty_picture_has_no_values() {
        let empty = Planes::normalise(&RgbImage::new(0, 0));
        assert!(empty.values.is_empty() && grey_after_normalisation(&empty).values.is_empty());
    }
}
