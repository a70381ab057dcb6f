//! The operations and the mixture of AugMix as their definitions read, one picture after another: what the fast
//! code of this folder must equal byte for byte.

use super::augmix::AugMixDraw;
use super::grey::luma;
use super::pixel_ops::PixelOp;
use super::planes::Planes;
use super::resampling::Affine;
use image::{Rgb, RgbImage};

type Lookup = [u8; 256];

/// The operation, applied on its own.
pub fn apply(op: PixelOp, image: &RgbImage) -> RgbImage {
    match op {
        PixelOp::Autocontrast => autocontrast(image),
        PixelOp::Equalize => equalize(image),
        PixelOp::Posterize(bits) => {
            let mask = !(0xFF_u8.checked_shr(u32::from(bits)).unwrap_or(0));
            look_up(image, &[std::array::from_fn(|level| level as u8 & mask); 3])
        }
        PixelOp::Solarize(threshold) => {
            let invert = |level: usize| {
                if level < usize::from(threshold) { level as u8 } else { 255 - level as u8 }
            };
            look_up(image, &[std::array::from_fn(invert); 3])
        }
        PixelOp::Color(factor) => map_pixels(image, |pixel| {
            let grey = luma(pixel);
            pixel.map(|value| blend(grey, value, factor))
        }),
        PixelOp::Contrast(factor) => {
            let total: u64 = image.pixels().map(|pixel| u64::from(luma(pixel.0))).sum();
            let pixels = u64::from(image.width()) * u64::from(image.height());
            blend_from_level(image, (total as f64 / pixels as f64 + 0.5) as u8, factor)
        }
        PixelOp::Brightness(factor) => blend_from_level(image, 0, factor),
        PixelOp::Sharpness(factor) => {
            let mut sharpened = smooth(image);
            for (value, &original) in sharpened.iter_mut().zip(image.iter()) {
                *value = blend(*value, original, factor);
            }
            sharpened
        }
        PixelOp::Rotate(degrees) => {
            let (width, height) = image.dimensions();
            resample(image, Affine::rotation(degrees, width, height))
        }
        PixelOp::ShearX(slope) => resample(image, Affine([1.0, slope, 0.0, 0.0, 1.0, 0.0])),
        PixelOp::ShearY(slope) => resample(image, Affine([1.0, 0.0, 0.0, slope, 1.0, 0.0])),
        PixelOp::TranslateX(pixels) => resample(image, Affine([1.0, 0.0, pixels.into(), 0.0, 1.0, 0.0])),
        PixelOp::TranslateY(pixels) => resample(image, Affine([1.0, 0.0, 0.0, 0.0, 1.0, pixels.into()])),
    }
}

/// The view of a draw.
pub fn view(draw: &AugMixDraw, image: &RgbImage) -> Planes {
    let mut view = Planes::normalise(image);
    let mut mixture = vec![0.0; view.values.len()];
    for (weight, chain) in draw.weights.iter().zip(&draw.chains) {
        let altered = chain.iter().fold(image.clone(), |image, op| apply(*op, &image));
        for (mixed, value) in mixture.iter_mut().zip(Planes::normalise(&altered).values) {
            *mixed += weight * value;
        }
    }
    for (value, mixed) in view.values.iter_mut().zip(mixture) {
        *value = (1.0 - draw.skip) * *value + draw.skip * mixed;
    }
    view
}

fn autocontrast(image: &RgbImage) -> RgbImage {
    look_up_each(image, |histogram| {
        let lowest = histogram.iter().position(|&count| count > 0)?;
        let highest = histogram.iter().rposition(|&count| count > 0)?;
        if lowest == highest {
            return None;
        }
        let scale = 255.0 / (highest - lowest) as f64;
        let offset = -(lowest as f64) * scale;
        Some(std::array::from_fn(|level| (level as f64 * scale + offset) as u8))
    })
}

fn equalize(image: &RgbImage) -> RgbImage {
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
            smoothed.put_pixel(x, y, Rgb(sum.map(|sum| ((sum + 6) / 13) as u8)));
        }
    }
    smoothed
}

fn blend(degenerate: u8, original: u8, factor: f32) -> u8 {
    let step = f32::from(original) - f32::from(degenerate);
    (f32::from(degenerate) + factor * step) as u8
}

fn blend_from_level(image: &RgbImage, level: u8, factor: f32) -> RgbImage {
    look_up(image, &[std::array::from_fn(|value| blend(level, value as u8, factor)); 3])
}

fn resample(image: &RgbImage, Affine([a, b, c, d, e, f]): Affine) -> RgbImage {
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let (x, y) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
        let (x, y) = (a * x + b * y + c, d * x + e * y + f);
        if !(0.0..width).contains(&x) || !(0.0..height).contains(&y) {
            return Rgb([0; 3]);
        }
        let (left, top) = ((x - 0.5).floor(), (y - 0.5).floor());
        let (right, down) = (x - 0.5 - left, y - 0.5 - top);
        let at = |x: f64, y: f64| {
            image.get_pixel(x.clamp(0.0, width - 1.0) as u32, y.clamp(0.0, height - 1.0) as u32).0
        };
        let between = |first: f64, second: f64, share: f64| first + (second - first) * share;
        let corners = [at(left, top), at(left + 1.0, top), at(left, top + 1.0), at(left + 1.0, top + 1.0)];
        Rgb(std::array::from_fn(|channel| {
            let [v00, v01, v10, v11] = corners.map(|pixel| f64::from(pixel[channel]));
            between(between(v00, v01, right), between(v10, v11, right), down) as u8
        }))
    })
}

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

fn look_up(image: &RgbImage, tables: &[Lookup; 3]) -> RgbImage {
    map_pixels(image, |[red, green, blue]| {
        [tables[0][usize::from(red)], tables[1][usize::from(green)], tables[2][usize::from(blue)]]
    })
}

fn map_pixels(image: &RgbImage, change: impl Fn([u8; 3]) -> [u8; 3]) -> RgbImage {
    let mut changed = image.clone();
    for pixel in changed.pixels_mut() {
        pixel.0 = change(pixel.0);
    }
    changed
}
