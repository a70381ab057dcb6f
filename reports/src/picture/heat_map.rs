//! Anomaly maps as pictures: colour over the grey image.

use harness::contract::detector::AnomalyMap;
use image::{Rgb, RgbImage};

/// Inferno (van der Walt & Smith, Matplotlib, CC0) at ten equal steps: dark is low, light is high. Its
/// lightness rises evenly, so that it reads the same in grey and with any colour vision.
const INFERNO: [[u8; 3]; 10] = [
    [0, 0, 4],
    [27, 12, 66],
    [75, 12, 107],
    [120, 28, 109],
    [165, 44, 96],
    [207, 68, 70],
    [237, 105, 37],
    [251, 154, 6],
    [247, 208, 60],
    [252, 255, 164],
];

/// Share of the colour in a pixel; the rest is the image in grey.
const OPACITY: f32 = 0.6;

/// What the ends of the colour scale stand for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Black.
    pub low: f32,
    /// Light yellow.
    pub high: f32,
}

impl Scale {
    /// Holds no value yet.
    pub const EMPTY: Self = Self { low: f32::INFINITY, high: f32::NEG_INFINITY };

    /// The scale that also holds these values.
    pub fn with(self, values: &[f32]) -> Self {
        values
            .iter()
            .fold(self, |scale, &value| Self { low: scale.low.min(value), high: scale.high.max(value) })
    }

    /// Where a value lies between the ends, from 0 to 1; those beyond the ends lie at the end.
    pub fn share(self, value: f32) -> f32 {
        let span = self.high - self.low;
        if span > 0.0 { ((value - self.low) / span).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The colour of a value; those beyond the ends take the colour of the end.
    pub fn colour(self, value: f32) -> Rgb<u8> {
        let place = self.share(value) * (INFERNO.len() - 1) as f32;
        let below = (place as usize).min(INFERNO.len() - 2);
        let along = place - below as f32;
        Rgb(std::array::from_fn(|channel| mixed(INFERNO[below][channel], INFERNO[below + 1][channel], along)))
    }
}

/// The map in colour over `picture` in grey; both have the size of the network's input.
pub fn heat_map(picture: &RgbImage, map: &AnomalyMap, scale: Scale) -> RgbImage {
    let grey = image::imageops::grayscale(picture);
    RgbImage::from_fn(map.width, map.height, |x, y| {
        let value = map.values[(y * map.width + x) as usize];
        let grey = grey.get_pixel_checked(x, y).map_or(0, |pixel| pixel.0[0]);
        Rgb(scale.colour(value).0.map(|channel| mixed(grey, channel, OPACITY)))
    })
}

/// From `a` to `b` by `share`.
fn mixed(a: u8, b: u8, share: f32) -> u8 {
    (f32::from(a) + (f32::from(b) - f32::from(a)) * share).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lightness_rises_with_the_value() {
        let scale = Scale::EMPTY.with(&[2.0, 6.0, 4.0]);
        assert_eq!(scale, Scale { low: 2.0, high: 6.0 });
        let light = |step: u8| {
            let [r, g, b] = scale.colour(2.0 + f32::from(step) / 25.0).0.map(f32::from);
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let lights: Vec<f32> = (0..=100).map(light).collect();
        assert!(lights.windows(2).all(|pair| pair[1] >= pair[0]), "{lights:?}");
        assert_eq!(scale.colour(2.0), Rgb(INFERNO[0]));
        assert_eq!(scale.colour(9.0), Rgb(INFERNO[9]));
    }

    #[test]
    fn the_image_shines_through_and_a_flat_map_is_dark() {
        let picture = RgbImage::from_fn(2, 1, |x, _| Rgb([200 * x as u8; 3]));
        let map = AnomalyMap { width: 2, height: 1, values: vec![1.0, 1.0] };
        let drawn = heat_map(&picture, &map, Scale::EMPTY.with(&map.values));
        assert_eq!(drawn.get_pixel(0, 0).0, [0, 0, 2]);
        assert_eq!(drawn.get_pixel(1, 0).0, [80, 80, 82]);
    }
}
