//! From components of fewer samples to one per pixel, as libjpeg-turbo does it by default.
//!
//! Where a component has half as many samples along a direction, a value is three parts the nearest and one part the
//! next; halves are rounded down and up in turns. Elsewhere, and in pictures too narrow for that, values repeat.

use super::component::Levels;
use std::num::Wrapping;

/// How one component becomes as large as the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Upsampling {
    /// Blends neighbours along both directions.
    Both,
    /// Blends neighbours of a row.
    Along,
    /// Blends rows.
    Down,
    /// Repeats each value so often along a row and a column.
    Repeat([usize; 2]),
}

impl Upsampling {
    /// For a component of `width` columns whose samples are `factors` times as wide and high as pixels.
    pub fn of(factors: [usize; 2], width: usize) -> Self {
        match factors {
            [2, 2] if width > 2 => Self::Both,
            [2, 1] if width > 2 => Self::Along,
            [1, 2] => Self::Down,
            factors => Self::Repeat(factors),
        }
    }

    /// Row `y` of the picture into `target`, which may be longer. `sums` is memory to work in.
    pub fn row(self, levels: &Levels, y: usize, sums: &mut Vec<u16>, target: &mut [u8]) {
        let near = |y: usize| levels.row(y.min(levels.size[1] - 1));
        let next =
            |y: usize| if y.is_multiple_of(2) { near((y / 2).saturating_sub(1)) } else { near(y / 2 + 1) };
        match self {
            Self::Both => blend(near(y / 2), next(y), sums, target),
            Self::Along => along(near(y), target),
            Self::Down => {
                let bias = 1 + (y & 1) as u16;
                let rows = near(y / 2).iter().zip(next(y));
                for (value, (&near, &next)) in target.iter_mut().zip(rows) {
                    *value = ((3 * u16::from(near) + u16::from(next) + bias) >> 2) as u8;
                }
            }
            Self::Repeat([across, down]) => {
                for (values, &level) in target.chunks_mut(across).zip(near(y / down)) {
                    values.fill(level);
                }
            }
        }
    }
}

fn along(row: &[u8], target: &mut [u8]) {
    for (x, (pair, &here)) in target.chunks_exact_mut(2).zip(row).enumerate() {
        let here = 3 * u16::from(here);
        let beside = |x: usize| u16::from(row[x.min(row.len() - 1)]);
        // At either end the value itself.
        let [left, right] = [(here + beside(x.saturating_sub(1)) + 1) >> 2, (here + beside(x + 1) + 2) >> 2];
        pair.copy_from_slice(&[left as u8, right as u8]);
    }
}

/// A row of twice as many values, from the nearest row of half the resolution and the next.
#[inline(always)]
pub fn blend(near: &[u8], next: &[u8], sums: &mut Vec<u16>, target: &mut [u8]) {
    let width = near.len();
    sums.resize(width + 2, 0);
    // Neither sum exceeds 16 bits; without checks for it the loops are vectorised.
    let wrapping = |level: u8| Wrapping(u16::from(level));
    for ((sum, &near), &next) in sums[1..=width].iter_mut().zip(near).zip(next) {
        *sum = (Wrapping(3) * wrapping(near) + wrapping(next)).0;
    }
    sums[0] = sums[1];
    sums[width + 1] = sums[width];
    let (before, here, after) = (&sums[..width], &sums[1..=width], &sums[2..width + 2]);
    let pairs = target[..2 * width].as_chunks_mut::<2>().0;
    for (((pair, &before), &here), &after) in pairs.iter_mut().zip(before).zip(here).zip(after) {
        let here = Wrapping(3) * Wrapping(here);
        let [left, right] = [here + Wrapping(before) + Wrapping(8), here + Wrapping(after) + Wrapping(7)];
        *pair = [(left.0 >> 4) as u8, (right.0 >> 4) as u8];
    }
}
