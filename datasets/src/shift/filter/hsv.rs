//! Hue, saturation and value of 8-bit pixels, in the order of operations of scikit-image: truncation to
//! 8 bits makes the last bit of a float visible.

use super::wide::wide;
use crate::shift::level::unit;
use harness::prelude::*;

/// Pixels converted together. They are moved into planes, and nothing branches, so that the compiler
/// can use wide registers.
const LANES: usize = 16;

/// Replaces every pixel by what `rule` makes of its hue, saturation and value, all from 0 to 1.
/// Grey has hue 0. Results are clipped to 0..=1 and truncated to 8 bits.
pub(in crate::shift) fn change(image: &mut RgbImage, rule: impl Fn([f64; 3]) -> [f64; 3]) {
    let units: [f64; 256] = std::array::from_fn(|level| unit(level as u8));
    wide(
        #[inline(always)]
        || {
            let mut blocks = image.chunks_exact_mut(3 * LANES);
            for block in &mut blocks {
                change_block(block, &units, &rule);
            }
            let rest = blocks.into_remainder();
            let mut block = [0; 3 * LANES];
            block[..rest.len()].copy_from_slice(rest);
            change_block(&mut block, &units, &rule);
            rest.copy_from_slice(&block[..rest.len()]);
        },
    );
}

#[inline(always)]
fn change_block(block: &mut [u8], units: &[f64; 256], rule: &impl Fn([f64; 3]) -> [f64; 3]) {
    let mut planes = [[0.0; LANES]; 3];
    for (lane, pixel) in block.chunks_exact(3).enumerate() {
        for (plane, &level) in planes.iter_mut().zip(pixel) {
            plane[lane] = units[usize::from(level)];
        }
    }
    let mut levels = [[0i32; LANES]; 3];
    for lane in 0..LANES {
        let rgb = to_rgb(rule(to_hsv([planes[0][lane], planes[1][lane], planes[2][lane]])));
        for channel in 0..3 {
            levels[channel][lane] = (rgb[channel].clamp(0.0, 1.0) * 255.0) as i32;
        }
    }
    for (lane, pixel) in block.chunks_exact_mut(3).enumerate() {
        for (level, plane) in pixel.iter_mut().zip(&levels) {
            *level = plane[lane] as u8;
        }
    }
}

/// From red, green and blue, all from 0 to 1.
#[inline(always)]
fn to_hsv([red, green, blue]: [f64; 3]) -> [f64; 3] {
    let value = larger(larger(red, green), blue);
    let range = value + larger(larger(-red, -green), -blue);
    // The channel that is largest decides; at a tie the later one.
    let (offset, difference) = (0.0, green - blue);
    let (offset, difference) = if green == value { (2.0, blue - red) } else { (offset, difference) };
    let (offset, difference) = if blue == value { (4.0, red - green) } else { (offset, difference) };
    let hue = (offset + difference / range) / 6.0;
    let hue = if hue < 0.0 { hue + 1.0 } else { hue };
    let grey = range == 0.0;
    [if grey { 0.0 } else { hue }, if grey { 0.0 } else { range / value }, value]
}

/// The inverse of [`to_hsv`].
#[inline(always)]
fn to_rgb([hue, saturation, value]: [f64; 3]) -> [f64; 3] {
    let sector = (hue * 6.0).floor();
    let fraction = hue * 6.0 - sector;
    let low = value * (1.0 - saturation);
    let falling = value * (1.0 - fraction * saturation);
    let rising = value * (1.0 - (1.0 - fraction) * saturation);
    let at = |index: f64| sector == index;
    // A hue a rounding error below red is 1 and lies in sector 6, which is sector 0.
    let red = if at(1.0) { falling } else { value };
    let red = if at(2.0) | at(3.0) { low } else { red };
    let red = if at(4.0) { rising } else { red };
    let green = if at(1.0) | at(2.0) { value } else { rising };
    let green = if at(3.0) { falling } else { green };
    let green = if at(4.0) | at(5.0) { low } else { green };
    let blue = if at(2.0) { rising } else { low };
    let blue = if at(3.0) | at(4.0) { value } else { blue };
    let blue = if at(5.0) { falling } else { blue };
    [red, green, blue]
}

#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn hsv_has_the_known_corners() {
        assert_eq!(to_hsv([1.0, 0.0, 0.0]), [0.0, 1.0, 1.0]);
        assert_eq!(to_hsv([0.0, 0.5, 0.0]), [1.0 / 3.0, 1.0, 0.5]);
        assert_eq!(to_hsv([0.0, 0.0, 1.0]), [2.0 / 3.0, 1.0, 1.0]);
        assert_eq!(to_hsv([0.25; 3]), [0.0, 0.0, 0.25]);
        assert_eq!(to_hsv([0.0; 3]), [0.0; 3]);
    }

    #[test]
    fn hsv_and_back_is_the_identity() {
        for code in (0..1 << 24).step_by(997) {
            let rgb = [code >> 16, code >> 8, code].map(|level: u32| unit(level as u8));
            let back = to_rgb(to_hsv(rgb));
            assert!(rgb.iter().zip(back).all(|(a, b)| (a - b).abs() < 1e-12), "{rgb:?} {back:?}");
        }
    }

    #[test]
    fn every_pixel_is_changed_also_behind_the_last_block() {
        let mut image = RgbImage::from_pixel(5, 7, Rgb([200, 100, 50]));
        change(&mut image, |[hue, _, _]| [hue, 0.0, 1.0]);
        assert!(image.iter().all(|&level| level == 255));
    }
}
