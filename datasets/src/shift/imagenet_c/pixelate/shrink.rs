//! Shrinking by the means of boxes, in the fixed-point arithmetic of Pillow.

use crate::shift::filter::wide::wide;

/// Fractional bits of a weight: 32, less 8 for the level and 2 for sums.
const PRECISION: u32 = 22;

/// One half.
const HALF: i32 = 1 << (PRECISION - 1);

/// The source pixels one target pixel is made from: the first, and weights that sum to one.
struct Taps {
    start: usize,
    weights: Vec<i32>,
}

/// Shrinks interleaved RGB `pixels` of `(width, height)` to `to`: along rows, rounded to 8 bits, then along
/// columns. The order is part of the result.
pub(super) fn shrink(pixels: &[u8], (width, height): (usize, usize), to: (usize, usize)) -> Vec<u8> {
    let (across, down) = (taps(width, to.0), taps(height, to.1));
    let stride = to.0 * 3;
    let mut narrow = vec![0; height * stride];
    for (target, row) in narrow.chunks_exact_mut(stride).zip(pixels.chunks_exact(width * 3)) {
        for (pixel, taps) in target.chunks_exact_mut(3).zip(&across) {
            let mut sums = [HALF; 3];
            for (weight, source) in taps.weights.iter().zip(row[taps.start * 3..].chunks_exact(3)) {
                for (sum, &level) in sums.iter_mut().zip(source) {
                    *sum += weight * i32::from(level);
                }
            }
            pixel.copy_from_slice(&sums.map(|sum| (sum >> PRECISION) as u8));
        }
    }
    let mut small = vec![0; to.1 * stride];
    let mut sums = vec![0; stride];
    wide(
        #[inline(always)]
        || {
            for (target, taps) in small.chunks_exact_mut(stride).zip(&down) {
                sums.fill(HALF);
                for (weight, row) in
                    taps.weights.iter().zip(narrow[taps.start * stride..].chunks_exact(stride))
                {
                    for (sum, &level) in sums.iter_mut().zip(row) {
                        *sum += weight * i32::from(level);
                    }
                }
                for (level, sum) in target.iter_mut().zip(&sums) {
                    *level = (sum >> PRECISION) as u8;
                }
            }
        },
    );
    small
}

/// The boxes along a side: a source pixel counts fully if its centre lies within the box, else not at all.
fn taps(from: usize, to: usize) -> Vec<Taps> {
    let step = from as f64 / to as f64;
    let reach = step / 2.0;
    let tap = |index: usize| {
        let centre = (index as f64 + 0.5) * step;
        let inside = |source: &usize| {
            let distance = (*source as f64 - centre + 0.5) * (1.0 / step);
            distance > -0.5 && distance <= 0.5
        };
        let first = (centre - reach + 0.5).max(0.0) as usize;
        let end = ((centre + reach + 0.5) as usize).min(from);
        let counted: Vec<usize> = (first..end).filter(inside).collect();
        let weight = (0.5 + 1.0 / counted.len() as f64 * f64::from(1 << PRECISION)) as i32;
        Taps { start: counted.first().copied().unwrap_or(first), weights: vec![weight; counted.len()] }
    };
    (0..to).map(tap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_share_the_side_without_overlap() {
        for (from, to) in [(32, 19), (33, 13), (300, 180), (70, 17), (2000, 500)] {
            let taps = taps(from, to);
            let ends = taps.iter().map(|taps| taps.start + taps.weights.len());
            assert!(ends.clone().next_back() == Some(from) && taps[0].start == 0);
            assert!(ends.zip(&taps[1..]).all(|(end, next)| end == next.start), "{from} to {to}");
        }
    }

    #[test]
    fn means_are_rounded_after_each_direction() {
        // Rows: (0 + 1) / 2 is rounded up to 1, (0 + 0) / 2 is 0; columns: (1 + 0) / 2 is rounded up.
        assert_eq!(shrink(&[0, 0, 9, 1, 0, 9, 0, 0, 9, 0, 0, 9], (2, 2), (1, 1)), [1, 0, 9]);
    }
}
