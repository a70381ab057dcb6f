//! Filtering an 8-bit image with a kernel, border reflected, result truncated.

use super::kernel::Kernel;
use harness::prelude::*;

/// Output pixels computed together, so that their sums stay in registers.
const LANES: usize = 16;

/// Weights below this (1e-24 around the smallest disk) move no 64-bit sum of levels.
const NEGLIGIBLE: f32 = 1e-20;

/// Replaces `image` by its correlation with `kernel`, clipped to 0..=255 and truncated.
///
/// Most weights equal the one in the centre; in each row of the kernel they form a run, whose sum of
/// levels is the difference of two running sums. Only the rim is weighted tap by tap.
///
/// Sums are 64-bit: a weight has 24 significant bits and a level 8, so a sum of a few hundred products
/// is exact but for its smallest weights, and does not depend on their order.
pub(super) fn convolve(image: &mut RgbImage, kernel: &Kernel) {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let Taps { weight, runs, rim } = Taps::of(kernel);
    for channel in 0..3 {
        let plane = Plane::of(image, channel, kernel.reach);
        for y in 0..height {
            for left in (0..width).step_by(LANES) {
                let at = |dy: usize, dx: usize| {
                    let start = (y + dy) * plane.stride + left + dx;
                    start..start + LANES
                };
                let mut flat = [0i32; LANES];
                for &(dy, from, to) in &runs {
                    let (before, after) = (&plane.running[at(dy, from)], &plane.running[at(dy, to)]);
                    for ((sum, before), after) in flat.iter_mut().zip(before).zip(after) {
                        *sum += after - before;
                    }
                }
                let mut sums = flat.map(|sum| weight * f64::from(sum));
                for &(dy, dx, weight) in &rim {
                    for (sum, level) in sums.iter_mut().zip(&plane.levels[at(dy, dx)]) {
                        *sum += weight * level;
                    }
                }
                for (lane, sum) in sums.into_iter().enumerate().take(width - left) {
                    image.as_mut()[(y * width + left + lane) * 3 + channel] = sum.clamp(0.0, 255.0) as u8;
                }
            }
        }
    }
}

/// A kernel taken apart.
struct Taps {
    /// The weight in the centre.
    weight: f64,
    /// Row, first column and column after the last of weights equal to it.
    runs: Vec<(usize, usize, usize)>,
    /// Row, column and weight of all others that are not negligible.
    rim: Vec<(usize, usize, f64)>,
}

impl Taps {
    fn of(kernel: &Kernel) -> Self {
        let side = 2 * kernel.reach + 1;
        let centre = kernel.weights[kernel.weights.len() / 2];
        let mut taps = Self { weight: f64::from(centre), runs: Vec::new(), rim: Vec::new() };
        for (y, row) in kernel.weights.chunks(side).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run[0] == centre {
                    taps.runs.push((y, x, x + run.len()));
                } else if run[0] > NEGLIGIBLE {
                    taps.rim.extend((x..x + run.len()).map(|x| (y, x, f64::from(run[0]))));
                }
                x += run.len();
            }
        }
        taps
    }
}

/// One channel with its reflected border.
struct Plane {
    /// Values per row: the image, its border, room for a last group of lanes, and one for its sum.
    stride: usize,
    levels: Vec<f64>,
    /// Sum of the levels to the left in the same row.
    running: Vec<i32>,
}

impl Plane {
    fn of(image: &RgbImage, channel: usize, border: usize) -> Self {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let stride = width.next_multiple_of(LANES) + 2 * border + 1;
        let columns: Vec<usize> = (0..stride).map(|x| reflect(x, border, width)).collect();
        let size = stride * (height + 2 * border);
        let (mut levels, mut running) = (Vec::with_capacity(size), Vec::with_capacity(size));
        for y in 0..height + 2 * border {
            let row = reflect(y, border, height) * width;
            let mut sum = 0;
            for x in &columns {
                let level = image.as_raw()[(row + x) * 3 + channel];
                levels.push(f64::from(level));
                running.push(sum);
                sum += i32::from(level);
            }
        }
        Self { stride, levels, running }
    }
}

/// The position in `0..length` that stands at `index - border`: `dcb|abcd|cba`. Holds for any distance,
/// because the padding of the last lanes may lie far outside.
fn reflect(index: usize, border: usize, length: usize) -> usize {
    let period = 2 * (length - 1);
    // Any multiple of the period that keeps the difference positive.
    let position = (index + border * period - border) % period;
    position.min(period - position)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn the_border_is_reflected_without_its_edge_pixel() {
        let around: Vec<usize> = (0..10).map(|index| reflect(index, 3, 4)).collect();
        assert_eq!(around, [3, 2, 1, 0, 1, 2, 3, 2, 1, 0]);
    }

    #[test]
    fn a_kernel_of_one_point_shifts_the_image() {
        let picture = RgbImage::from_fn(33, 32, |x, y| Rgb([x as u8, y as u8, (x * y) as u8]));
        let mut weights = vec![0.0; 9];
        weights[5] = 1.0;
        let mut shifted = picture.clone();
        convolve(&mut shifted, &Kernel { reach: 1, weights });
        for (x, y, pixel) in shifted.enumerate_pixels() {
            assert_eq!(pixel, picture.get_pixel(if x == 32 { 31 } else { x + 1 }, y));
        }
    }
}
