//! Filtering an 8-bit image with a kernel, border reflected, result truncated.

use super::kernel::Kernel;
use crate::shift::filter::border::Border;
use crate::shift::filter::wide::wide;
use harness::prelude::*;

/// Values whose levels are summed together, so that the sums stay in registers.
const LANES: usize = 64;

/// Values whose sums are weighted exactly together; a divisor of the lanes, and at least a pixel.
const GROUP: usize = 8;

/// Fractional bits of totals in fixed point: those of a 32-bit float from 256 to 512.
const FRACTION: u32 = 15;

/// Weights below this (1e-24 around the smallest disk) move no 64-bit sum of levels.
const NEGLIGIBLE: f32 = 1e-20;

/// Replaces `image` by its correlation with `kernel`, clipped to 0..=255 and truncated. The kernel is equal to
/// its reflection top to bottom, and gives no weight to more than 257 taps.
///
/// Levels under equal weights are added first, as 16-bit integers: 257 levels fit. Most weights equal the
/// one in the centre; in each row of the kernel they form a run, whose sum is the difference of two running
/// sums (modulo 2^16, which their total undoes). All others are on the rim, two rows at a time.
///
/// The sums are then weighted: see [`weigh`].
pub(super) fn convolve(image: &mut RgbImage, kernel: &Kernel) {
    let taps = Taps::of(kernel);
    wide(
        #[inline(always)]
        || run(image, kernel.reach, &taps),
    );
}

#[inline(always)]
fn run(image: &mut RgbImage, reach: usize, taps: &Taps) {
    let (row, height) = (image.width() as usize * 3, image.height() as usize);
    let mut source = Source::new(image.width() as usize, reach);
    let stride = source.stride;
    // Sums of the rows at equal distances above and below; the present row alone comes first.
    let mut pairs = vec![0u16; (reach + 1) * stride];
    let mut blurred = vec![0u8; row.next_multiple_of(LANES)];
    // For every weight on the rim, where its taps start among the pairs.
    let place = |[distance, dx]: &[usize; 2]| distance * stride + dx;
    let rim: Vec<Vec<usize>> = taps.rim.iter().map(|(_, rim)| rim.iter().map(place).collect()).collect();
    // Every weight with the sums of what lies under it; the centre's comes first.
    let weights = [taps.weight].into_iter().chain(taps.rim.iter().map(|(weight, _)| *weight));
    let mut sums: Vec<_> = weights.map(|weight| (weight, [0u16; LANES])).collect();
    let mut loaded = 0;
    for y in 0..height {
        while loaded < height.min(y + reach + 1) {
            source.load(loaded, &image.as_raw()[loaded * row..][..row]);
            loaded += 1;
        }
        let Source { levels, running, .. } = &source;
        let start = |dy: usize| source.start(reflect(y + dy, reach, height));
        for (distance, pair) in pairs.chunks_exact_mut(stride).enumerate() {
            let above = &levels[start(reach - distance)..][..stride];
            let below = &levels[start(reach + distance)..][..stride];
            if distance == 0 {
                pair.copy_from_slice(above);
            } else {
                for ((pair, above), below) in pair.iter_mut().zip(above).zip(below) {
                    *pair = above.wrapping_add(*below);
                }
            }
        }
        let runs: Vec<_> =
            taps.runs.iter().map(|&[dy, from, to]| [start(dy) + from, start(dy) + to]).collect();
        for (block, first) in blurred.as_chunks_mut::<LANES>().0.iter_mut().zip((0..).step_by(LANES)) {
            let mut sum = [0u16; LANES];
            for &[from, to] in &runs {
                let (from, to) = (lanes(running, from + first), lanes(running, to + first));
                for ((sum, from), to) in sum.iter_mut().zip(from).zip(to) {
                    *sum = sum.wrapping_add(to.wrapping_sub(*from));
                }
            }
            sums[0].1 = sum;
            for ((_, kept), rim) in sums[1..].iter_mut().zip(&rim) {
                let mut sum = [0u16; LANES];
                for &start in rim {
                    for (sum, level) in sum.iter_mut().zip(lanes(&pairs, start + first)) {
                        *sum = sum.wrapping_add(*level);
                    }
                }
                *kept = sum;
            }
            weigh(&sums, block);
        }
        image.as_mut()[y * row..][..row].copy_from_slice(&blurred[..row]);
    }
}

/// The total of `sums`, each times its weight, clipped and truncated. 32 bits are enough unless the total may
/// lie on either side of a whole number.
#[inline(always)]
fn weigh(sums: &[(f32, [u16; LANES])], levels: &mut [u8; LANES]) {
    let mut totals = [0f32; LANES];
    for (weight, sums) in sums {
        for (total, sum) in totals.iter_mut().zip(sums) {
            *total += weight * f32::from(*sum);
        }
    }
    // In the last fractional bit: half for each rounded product, for each rounded partial total, and at the end.
    let error = sums.len() as u32 + 1;
    let mut any = 0;
    for (level, total) in levels.iter_mut().zip(&totals) {
        let total = fixed(*total);
        any |= u32::from(doubtful(total, error));
        *level = (total >> FRACTION) as u8;
    }
    if any == 0 {
        return;
    }
    if repeats(sums) {
        let exact = weigh_exactly(sums, 0);
        for (lane, level) in levels.iter_mut().enumerate() {
            *level = exact[lane % 3];
        }
        return;
    }
    let groups = levels.as_chunks_mut::<GROUP>().0.iter_mut().zip(totals.as_chunks::<GROUP>().0);
    for (group, (levels, totals)) in groups.enumerate() {
        if totals.iter().any(|total| doubtful(fixed(*total), error)) {
            *levels = weigh_exactly(sums, group);
        }
    }
}

/// A total in fixed point, in the low bits of a float. It is clipped to the middle of the lowest and the highest
/// level, where it cannot be in doubt.
#[inline(always)]
fn fixed(total: f32) -> u32 {
    (total.clamp(0.5, 255.5) + 256.0).to_bits()
}

/// Whether a whole number is no further than `error`.
#[inline(always)]
fn doubtful(total: u32, error: u32) -> bool {
    (total + error) % (1 << FRACTION) <= 2 * error
}

/// Whether all pixels have the sums of the first, as in flat areas. There most totals are all but whole.
#[inline(always)]
fn repeats(sums: &[(f32, [u16; LANES])]) -> bool {
    sums.iter().all(|(_, sums)| {
        let differences = sums[3..].iter().zip(sums).map(|(sum, before)| sum ^ before);
        differences.fold(0, |all, difference| all | difference) == 0
    })
}

/// The levels in one group of lanes.
///
/// A weight has 24 significant bits and a sum 16, so 64 bits hold every product, and their total but for the
/// smallest weights: it does not depend on the order.
#[inline(always)]
fn weigh_exactly(sums: &[(f32, [u16; LANES])], group: usize) -> [u8; GROUP] {
    let mut totals = [0.0; GROUP];
    for (weight, sums) in sums {
        for (total, sum) in totals.iter_mut().zip(&sums.as_chunks::<GROUP>().0[group]) {
            *total += f64::from(*weight) * f64::from(*sum);
        }
    }
    totals.map(|total| total.clamp(0.0, 255.0) as i32 as u8)
}

/// The values from `start` on.
#[inline(always)]
fn lanes(values: &[u16], start: usize) -> &[u16; LANES] {
    &values[start..].as_chunks().0[0]
}

/// A kernel taken apart. Columns are counted in values of an interleaved row, three for a pixel.
struct Taps {
    /// The weight in the centre.
    weight: f32,
    /// Row, first column and column after the last of weights equal to it.
    runs: Vec<[usize; 3]>,
    /// Every other weight that is not negligible, with the distance from the middle row and the column of
    /// its taps: each stands for those above and below.
    rim: Vec<(f32, Vec<[usize; 2]>)>,
}

impl Taps {
    fn of(kernel: &Kernel) -> Self {
        let side = 2 * kernel.reach + 1;
        let centre = kernel.weights[kernel.weights.len() / 2];
        let mut taps = Self { weight: centre, runs: Vec::new(), rim: Vec::new() };
        for (y, row) in kernel.weights.chunks(side).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run[0] == centre {
                    taps.runs.push([y, 3 * x, 3 * (x + run.len())]);
                } else if run[0] > NEGLIGIBLE && y >= kernel.reach {
                    let weight = run[0];
                    let known = taps.rim.iter().position(|(known, _)| *known == weight);
                    let index = known.unwrap_or(taps.rim.len());
                    if known.is_none() {
                        taps.rim.push((weight, Vec::new()));
                    }
                    taps.rim[index].1.extend((x..x + run.len()).map(|x| [y - kernel.reach, 3 * x]));
                }
                x += run.len();
            }
        }
        taps
    }
}

/// The rows around the present one with their reflected left and right border, interleaved. Row y lies in slot
/// y modulo the number of slots.
struct Source {
    /// Values per row, a multiple of three: the image, its border, room for a last group of lanes, and a
    /// pixel for its sum.
    stride: usize,
    border: usize,
    /// For every value before and then after a row of the image, the one of the row that stands there.
    outside: Vec<usize>,
    levels: Vec<u16>,
    /// Sum of the levels of the same channel to the left in the same row, modulo 2^16.
    running: Vec<u16>,
}

impl Source {
    fn new(width: usize, border: usize) -> Self {
        let stride = ((3 * width).next_multiple_of(LANES) + 6 * border + 3).next_multiple_of(3);
        let outside = (0..3 * border)
            .chain(3 * (border + width)..stride)
            .map(|index| 3 * reflect(index / 3, border, width) + index % 3)
            .collect();
        let size = stride * (2 * border + 1);
        Self { stride, border, outside, levels: vec![0; size], running: vec![0; size] }
    }

    /// Where row `y` starts.
    #[inline(always)]
    fn start(&self, y: usize) -> usize {
        y % (2 * self.border + 1) * self.stride
    }

    #[inline(always)]
    fn load(&mut self, y: usize, row: &[u8]) {
        let slot = self.start(y)..self.start(y) + self.stride;
        let (levels, running) = (&mut self.levels[slot.clone()], &mut self.running[slot]);
        let (before, rest) = levels.split_at_mut(3 * self.border);
        let (inside, after) = rest.split_at_mut(row.len());
        for (level, value) in inside.iter_mut().zip(row) {
            *level = u16::from(*value);
        }
        for (level, &column) in before.iter_mut().chain(after).zip(&self.outside) {
            *level = u16::from(row[column]);
        }
        let mut sums = [0u16; 3];
        for (running, levels) in running.as_chunks_mut::<3>().0.iter_mut().zip(levels.as_chunks::<3>().0) {
            *running = sums;
            for (sum, level) in sums.iter_mut().zip(levels) {
                *sum = sum.wrapping_add(*level);
            }
        }
    }
}

/// The position in `0..length` that stands at `index - border`.
fn reflect(index: usize, border: usize, length: usize) -> usize {
    Border::Reflect.inside(index as isize - border as isize, length)
}

#[cfg(test)]
mod tests {
    use super::super::LENS;
    use super::super::kernel::disk;
    use super::*;
    use image::Rgb;

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

    #[test]
    fn grouped_sums_equal_those_tap_by_tap() {
        let mut state = 1u32;
        let mut byte = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Many saturated values, so that sums come near their limit.
            ((state >> 20) as u8).saturating_mul(3)
        };
        let picture = RgbImage::from_fn(45, 33, |_, _| Rgb(std::array::from_fn(|_| byte())));
        for (radius, deviation) in LENS {
            let kernel = disk(radius, deviation);
            let mut blurred = picture.clone();
            convolve(&mut blurred, &kernel);
            let side = 2 * kernel.reach + 1;
            for (x, y, pixel) in blurred.enumerate_pixels() {
                for channel in 0..3 {
                    let products = kernel.weights.iter().enumerate().map(|(index, weight)| {
                        let from_x = reflect(x as usize + index % side, kernel.reach, 45) as u32;
                        let from_y = reflect(y as usize + index / side, kernel.reach, 33) as u32;
                        f64::from(*weight) * f64::from(picture.get_pixel(from_x, from_y)[channel])
                    });
                    let expected = products.sum::<f64>().clamp(0.0, 255.0) as u8;
                    assert_eq!(pixel[channel], expected, "radius {radius}, {x} {y} {channel}");
                }
            }
        }
    }

    #[test]
    fn totals_next_to_a_whole_number_are_settled_exactly() {
        // All but whole for every level: a flat area, the same in colour, and one where no two pixels are alike.
        for weight in [1.0 - 2f32.powi(-24), 1.0, 1.0 + 2f32.powi(-23)] {
            for level in 0..=255u16 {
                let flat = [level; LANES];
                let colour = std::array::from_fn(|lane| [level, 255 - level, 7][lane % 3]);
                let uneven = std::array::from_fn(|lane| (level + lane as u16) % 256);
                for sum in [flat, colour, uneven] {
                    let expected = sum.map(|sum| (f64::from(weight) * f64::from(sum)).min(255.0) as u8);
                    let mut levels = [0; LANES];
                    weigh(&[(weight, sum)], &mut levels);
                    assert_eq!(levels, expected);
                }
            }
        }
    }

    #[test]
    fn all_disks_keep_the_limits_of_sixteen_bits() {
        for (radius, deviation) in LENS {
            let kernel = disk(radius, deviation);
            let side = 2 * kernel.reach + 1;
            assert!(kernel.weights.chunks(side).eq(kernel.weights.chunks(side).rev()));
            for weight in kernel.weights.iter().filter(|weight| **weight > NEGLIGIBLE) {
                assert!(kernel.weights.iter().filter(|other| *other == weight).count() <= 257);
            }
        }
    }
}
