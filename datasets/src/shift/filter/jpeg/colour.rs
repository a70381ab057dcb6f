//! From red, green and blue to luma and chroma at half resolution, and back.

use super::plane::Plane;
use harness::contract::picture::jpeg::{blend, rgb};
use harness::prelude::*;

/// Fractional bits of the conversion's constants.
const FRACTION: u32 = 16;

/// One half.
const HALF: i32 = 1 << (FRACTION - 1);

/// A constant with its fractional bits.
const fn fixed(value: f64) -> i32 {
    (value * (1 << FRACTION) as f64 + 0.5) as i32
}

/// Luma, and blue and red chroma averaged over 2 x 2 pixels.
#[inline(always)]
pub(super) fn split(image: &RgbImage, (width, height): (usize, usize)) -> [Plane; 3] {
    let half = (width.div_ceil(2), height.div_ceil(2));
    let (mut luma, mut blue, mut red) = (Plane::new((width, height)), Plane::new(half), Plane::new(half));
    let stride = luma.stride;
    // Blue and red chroma of two rows at full resolution.
    let mut full = [vec![0u8; 2 * stride], vec![0u8; 2 * stride]];
    for y in 0..half.1 {
        for part in 0..2 {
            // The last row counts twice where there is no other.
            let source = (2 * y + part).min(height - 1);
            let pixels = &image.as_raw()[source * width * 3..][..width * 3];
            let [blues, reds] = &mut full;
            let targets = [
                luma.row_mut(source),
                &mut blues[part * stride..][..stride],
                &mut reds[part * stride..][..stride],
            ];
            convert(pixels, width, targets);
        }
        halve(&full[0], stride, blue.row_mut(y));
        halve(&full[1], stride, red.row_mut(y));
    }
    let mut planes = [luma, blue, red];
    planes.iter_mut().for_each(Plane::extend_down);
    planes
}

/// One row to luma, blue and red chroma; the last pixel repeats.
#[inline(always)]
fn convert(pixels: &[u8], width: usize, [luma, blue, red]: [&mut [u8]; 3]) {
    const CENTRE: i32 = (128 << FRACTION) + HALF - 1;
    let targets = luma[..width].iter_mut().zip(&mut blue[..width]).zip(&mut red[..width]);
    for (pixel, ((luma, blue), red)) in pixels.chunks_exact(3).zip(targets) {
        let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(i32::from);
        *luma = ((fixed(0.29900) * r + fixed(0.58700) * g + fixed(0.11400) * b + HALF) >> FRACTION) as u8;
        *blue =
            ((fixed(0.5) * b - fixed(0.168735892) * r - fixed(0.331264108) * g + CENTRE) >> FRACTION) as u8;
        *red =
            ((fixed(0.5) * r - fixed(0.418687589) * g - fixed(0.081312411) * b + CENTRE) >> FRACTION) as u8;
    }
    for row in [luma, blue, red] {
        let last = row[width - 1];
        row[width..].fill(last);
    }
}

/// Means of 2 x 2 values of two rows, halves rounded up and down in turns; the last mean repeats.
#[inline(always)]
fn halve(rows: &[u8], stride: usize, target: &mut [u8]) {
    let (upper, lower) = rows.split_at(stride);
    let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
    for ((x, target), (upper, lower)) in target[..stride / 2].iter_mut().enumerate().zip(pairs) {
        let [a, b, c, d] = [upper[0], upper[1], lower[0], lower[1]].map(u16::from);
        *target = ((a + b + c + d + 1 + (x & 1) as u16) >> 2) as u8;
    }
    let last = target[stride / 2 - 1];
    target[stride / 2..].fill(last);
}

/// The inverse of [`split`].
#[inline(always)]
pub(super) fn join(image: &mut RgbImage, width: usize, [luma, blue, red]: &[Plane; 3]) {
    let mut sums = Vec::new();
    let (mut blues, mut reds) = (vec![0u8; luma.stride], vec![0u8; luma.stride]);
    for (y, pixels) in image.chunks_exact_mut(width * 3).enumerate() {
        double(blue, y, &mut sums, &mut blues);
        double(red, y, &mut sums, &mut reds);
        let sources = luma.row(y)[..width].iter().zip(&blues[..width]).zip(&reds[..width]);
        for (pixel, ((&luma, &blue), &red)) in pixels.as_chunks_mut::<3>().0.iter_mut().zip(sources) {
            *pixel = rgb(luma, blue, red);
        }
    }
}

/// Row `y` at full resolution; pictures of up to four columns are too narrow to blend and repeat values.
#[inline(always)]
fn double(plane: &Plane, y: usize, sums: &mut Vec<u16>, target: &mut [u8]) {
    let (width, height) = plane.size;
    let near = plane.row(y / 2);
    if width <= 2 {
        for (pair, &level) in target.chunks_exact_mut(2).zip(near) {
            pair.fill(level);
        }
        return;
    }
    let next = if y.is_multiple_of(2) { (y / 2).saturating_sub(1) } else { (y / 2 + 1).min(height - 1) };
    blend(&near[..width], &plane.row(next)[..width], sums, target);
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn primaries_have_the_luma_and_chroma_of_jfif() {
        for (pixel, expected) in [
            ([255, 0, 0], [76, 85, 255]),
            ([0, 255, 0], [150, 44, 21]),
            ([0, 0, 255], [29, 255, 107]),
            ([90, 90, 90], [90, 128, 128]),
        ] {
            let planes = split(&RgbImage::from_pixel(3, 3, Rgb(pixel)), (3, 3));
            assert_eq!([0, 1, 2].map(|plane| planes[plane].levels[0]), expected);
            assert!(planes.iter().all(|plane| plane.levels.iter().all(|&level| level == plane.levels[0])));
        }
    }

    #[test]
    fn halves_are_rounded_up_and_down_in_turns() {
        let mut target = [0; 16];
        // Sums 2, 2, 6 and 6 over four.
        halve(
            &[[1, 0, 1, 0, 2, 1, 2, 1].repeat(2), [1, 0, 1, 0, 2, 1, 2, 1].repeat(2)].concat(),
            16,
            &mut target,
        );
        assert_eq!(target[..4], [0, 1, 1, 2]);
    }
}
