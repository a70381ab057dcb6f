//! Tiles of pictures for [`Winograd`](super::winograd::Winograd): cutting, transforming and putting together.
//!
//! A plane is first split into its even and its odd columns. Then neighbouring tiles are neighbours in memory too,
//! and the processor transforms eight of them at once.

use super::scratch::scratch;
use super::wide::wide;

/// Numbers of a transformed tile.
pub const BASIS: usize = 16;

/// Which end of the convolution a tile belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// 4x4 input pixels; neighbouring tiles overlap by two.
    Input,
    /// 2x2 output pixels.
    Output,
}

/// One plane with a border of zeros, its columns split.
pub struct EvenOdd<'a> {
    size: [usize; 2],
    /// Values of a row.
    pitch: usize,
    /// `[1 + height + border, pitch]`: columns 0, 2, 4, ...
    even: &'a mut [f32],
    /// Columns -1, 1, 3, ...
    odd: &'a mut [f32],
}

/// Calls `work` with an all-zero plane of this height and width.
pub fn halves<T>(size: [usize; 2], work: impl FnOnce(EvenOdd<'_>) -> T) -> T {
    let [height, width] = size.map(|size| 2 * size.div_ceil(2));
    let pitch = width / 2 + 1;
    let length = (height + 2) * pitch;
    scratch(2 * length, |values| {
        values.fill(0.0);
        let (even, odd) = values.split_at_mut(length);
        work(EvenOdd { size, pitch, even, odd })
    })
}

impl EvenOdd<'_> {
    /// Takes over a plane; the border stays 0.
    pub fn read(&mut self, plane: &[f32]) {
        wide(|| self.split(plane));
    }

    #[inline(always)]
    fn split(&mut self, plane: &[f32]) {
        for (row, line) in plane.chunks_exact(self.size[1]).enumerate() {
            let start = (row + 1) * self.pitch;
            let (even, odd) = (&mut self.even[start..], &mut self.odd[start + 1..]);
            let pairs = line.chunks_exact(2);
            if let [last] = pairs.remainder() {
                even[line.len() / 2] = *last;
            }
            for (pair, (even, odd)) in pairs.zip(even.iter_mut().zip(odd)) {
                (*even, *odd) = (pair[0], pair[1]);
            }
        }
    }

    /// Gives the plane back, without its border.
    pub fn write(&self, plane: &mut [f32]) {
        wide(|| self.join(plane));
    }

    #[inline(always)]
    fn join(&self, plane: &mut [f32]) {
        for (row, line) in plane.chunks_exact_mut(self.size[1]).enumerate() {
            let start = (row + 1) * self.pitch;
            let (even, odd) = (&self.even[start..], &self.odd[start + 1..]);
            let half = line.len() / 2;
            let mut pairs = line.chunks_exact_mut(2);
            for (pair, (even, odd)) in pairs.by_ref().zip(even.iter().zip(odd)) {
                (pair[0], pair[1]) = (*even, *odd);
            }
            if let [last] = pairs.into_remainder() {
                *last = even[half];
            }
        }
    }

    /// Transforms all tiles. Number `i` of tile `t` goes to `target[i * columns + t]`.
    pub fn analyse(&self, side: Side, target: &mut [f32], columns: usize) {
        self.places(side, |line, tile, half, place| {
            let half = if half == Half::Even { &*self.even } else { &*self.odd };
            let along = self.pitch - 1;
            target[line * columns + tile..][..along].copy_from_slice(&half[place..][..along]);
        });
        let tiles = self.tiles();
        match side {
            Side::Input => turn(target, columns, tiles, [4, 4], |[a, b, c, d]| [a - c, b + c, c - b, b - d]),
            Side::Output => turn(target, columns, tiles, [2, 4], |[a, b, _, _]| [a, a + b, a - b, -b]),
        }
    }

    /// The adjoint of [`analyse`](Self::analyse): adds to the plane.
    pub fn synthesise(&mut self, side: Side, source: &[f32], columns: usize) {
        let (tiles, along) = (self.tiles(), self.pitch - 1);
        scratch(BASIS * tiles, |lines| {
            for (line, source) in lines.chunks_exact_mut(tiles).zip(source.chunks(columns)) {
                line.copy_from_slice(&source[..tiles]);
            }
            match side {
                Side::Input => {
                    turn(lines, tiles, tiles, [4, 4], |[a, b, c, d]| [a, b - c + d, b + c - a, -d])
                }
                Side::Output => {
                    turn(lines, tiles, tiles, [4, 2], |[a, b, c, d]| [a + b + c, b - c - d, 0.0, 0.0]);
                }
            }
            let (even, odd) = (&mut *self.even, &mut *self.odd);
            places(side, self.size, |line, tile, half, place| {
                let target = if half == Half::Even { &mut *even } else { &mut *odd };
                let values = &lines[line * tiles + tile..][..along];
                target[place..][..along].iter_mut().zip(values).for_each(|(target, value)| *target += value);
            });
        });
    }

    fn tiles(&self) -> usize {
        self.size.map(|size| size.div_ceil(2)).iter().product()
    }

    fn places(&self, side: Side, work: impl FnMut(usize, usize, Half, usize)) {
        places(side, self.size, work);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Even,
    Odd,
}

/// For each row of tiles and each place in a tile: its number, the row's first tile, and where in which half of the
/// plane that tile's value lies; those of the row's other tiles follow.
fn places(side: Side, size: [usize; 2], mut work: impl FnMut(usize, usize, Half, usize)) {
    let [down, along] = size.map(|size| size.div_ceil(2));
    // Where the columns of a tile lie: columns -1, 1, 3, ... are odd, so the tile's second odd column is its
    // neighbour's first.
    let columns: &[(Half, usize)] = match side {
        Side::Input => &[(Half::Odd, 0), (Half::Even, 0), (Half::Odd, 1), (Half::Even, 1)],
        Side::Output => &[(Half::Even, 0), (Half::Odd, 1)],
    };
    let border = if side == Side::Input { 0 } else { 1 };
    for row in 0..down {
        for y in 0..columns.len() {
            for (x, (half, offset)) in columns.iter().enumerate() {
                let place = (2 * row + border + y) * (along + 1) + offset;
                work(4 * y + x, row * along, *half, place);
            }
        }
    }
}

/// Applies `rule` to 16 lines of `tiles` values, `step` apart, as if they were a 4x4 matrix: down the first columns
/// and then along the first rows.
fn turn(
    lines: &mut [f32],
    step: usize,
    tiles: usize,
    [columns, rows]: [usize; 2],
    rule: impl Fn([f32; 4]) -> [f32; 4],
) {
    (0..columns).for_each(|x| four(&mut lines[x * step..], 4 * step, tiles, &rule));
    (0..rows).for_each(|y| four(&mut lines[4 * y * step..], step, tiles, &rule));
}

/// Applies `rule` to four lines.
fn four(lines: &mut [f32], step: usize, length: usize, rule: impl Fn([f32; 4]) -> [f32; 4]) {
    let (a, rest) = lines.split_at_mut(step);
    let (b, rest) = rest.split_at_mut(step);
    let (c, d) = rest.split_at_mut(step);
    wide(|| zip(&mut a[..length], &mut b[..length], &mut c[..length], &mut d[..length], rule));
}

#[inline(always)]
fn zip(a: &mut [f32], b: &mut [f32], c: &mut [f32], d: &mut [f32], rule: impl Fn([f32; 4]) -> [f32; 4]) {
    for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
        [*a, *b, *c, *d] = rule([*a, *b, *c, *d]);
    }
}
