//! Filters of three by three pixels.

use crate::shift::filter::wide::wide;

/// What `rule` makes of every pixel and its eight neighbours, given row by row. Beyond its border a picture
/// continues by reflection that does not repeat the edge: `b|abcd|c`. `rule` should be `#[inline(always)]`.
pub(super) fn filter<T: Copy, U: Copy + Default>(
    values: &[T],
    width: usize,
    rule: impl Fn([[T; 3]; 3]) -> U,
) -> Vec<U> {
    let height = values.len() / width;
    let padded = |y: usize| -> Vec<T> {
        let row = &values[y * width..][..width];
        let mut padded = Vec::with_capacity(width + 2);
        padded.push(row[1]);
        padded.extend_from_slice(row);
        padded.push(row[width - 2]);
        padded
    };
    let mut filtered = vec![U::default(); values.len()];
    let (mut above, mut here) = (padded(1), padded(0));
    for (y, target) in filtered.chunks_exact_mut(width).enumerate() {
        let below = padded(if y + 1 < height { y + 1 } else { height - 2 });
        wide(
            #[inline(always)]
            || {
                let [a, b, c] = [&above[..width + 2], &here[..width + 2], &below[..width + 2]];
                for (x, target) in target.iter_mut().enumerate() {
                    *target = rule([
                        [a[x], a[x + 1], a[x + 2]],
                        [b[x], b[x + 1], b[x + 2]],
                        [c[x], c[x + 1], c[x + 2]],
                    ]);
                }
            },
        );
        (above, here) = (here, below);
    }
    filtered
}

/// The sum of nine values.
#[inline(always)]
pub(super) fn sum([[a, b, c], [d, e, f], [g, h, i]]: [[f32; 3]; 3]) -> f32 {
    (a + b + c) + (d + e + f) + (g + h + i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_in_their_places_and_reflected_at_the_border() {
        let values: Vec<u8> = (0..12).collect();
        let around = filter(&values, 4, |around| around);
        assert_eq!(around[5], [[0, 1, 2], [4, 5, 6], [8, 9, 10]]);
        assert_eq!(around[0], [[5, 4, 5], [1, 0, 1], [5, 4, 5]]);
        assert_eq!(around[11], [[6, 7, 6], [10, 11, 10], [6, 7, 6]]);
    }
}
