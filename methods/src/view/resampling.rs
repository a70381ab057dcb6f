//! Operations that move pixels: Pillow's affine transform with bilinear interpolation, black outside.
//!
//! # Method
//!
//! The centre of output pixel `(x, y)` shows the input at `(a x + b y + c, d x + e y + f)`, where pixel 0 is
//! centred at 0.5. A position outside the input is black. Inside, the four nearest pixels are interpolated, first
//! along the rows, then between them; past the border the border's pixels go on. Results are cut to whole levels.

use super::levels::Levels;
use pulp::{Arch, Simd, WithSimd};

/// The six coefficients `a, b, c, d, e, f` that lead from a position in the output to one in the input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine(pub [f64; 6]);

impl Affine {
    /// Turns the picture about its centre, anticlockwise as seen.
    pub fn rotation(degrees: f64, width: u32, height: u32) -> Affine {
        let angle = -degrees.rem_euclid(360.0).to_radians();
        let (cos, sin) = (rounded(angle.cos()), rounded(angle.sin()));
        let (x, y) = (f64::from(width) / 2.0, f64::from(height) / 2.0);
        let (c, f) = (cos * -x + sin * -y + x, -sin * -x + cos * -y + y);
        Affine([cos, sin, c, -sin, cos, f])
    }
}

/// To 15 decimals, so that a quarter turn is exact; Pillow's rotation does so.
fn rounded(value: f64) -> f64 {
    format!("{value:.15}").parse().unwrap_or(value)
}

/// Where a pixel comes from: the corners' indices in a plane, and the shares of the right and the lower ones.
struct Origin {
    corners: [usize; 4],
    right: f64,
    down: f64,
}

/// The transformed picture, as large as the given one.
pub fn resample(picture: &Levels, transform: Affine) -> Levels {
    let mut changed = picture.same_size();
    let (width, height) = (picture.width, picture.height);
    let (from, to) = (picture.planes(), changed.planes_mut());
    Arch::new().dispatch(Resampling { from, to, width, height, transform });
    changed
}

struct Resampling<'a> {
    from: [&'a [u8]; 3],
    to: [&'a mut [u8]; 3],
    width: usize,
    height: usize,
    transform: Affine,
}

impl WithSimd for Resampling<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Resampling { from, to, width, height, transform: Affine([a, b, c, d, e, f]) } = self;
        let (columns, rows) = (width as f64, height as f64);
        let [red, green, blue] = to.map(|plane| plane.chunks_mut(width.max(1)));
        for (row, ((red, green), blue)) in red.zip(green).zip(blue).enumerate() {
            let y = row as f64 + 0.5;
            for (column, ((red, green), blue)) in red.iter_mut().zip(green).zip(blue).enumerate() {
                let x = column as f64 + 0.5;
                let (x, y) = (a * x + b * y + c, d * x + e * y + f);
                if x >= 0.0 && x < columns && y >= 0.0 && y < rows {
                    let origin = Origin::new(x, y, width, height);
                    *red = origin.level(from[0]);
                    *green = origin.level(from[1]);
                    *blue = origin.level(from[2]);
                } else {
                    [*red, *green, *blue] = [0; 3];
                }
            }
        }
    }
}

/// The two pixels beside a position inside `0..length`, kept to the border, and the share of the second.
#[inline(always)]
fn neighbours(position: f64, length: usize) -> ([usize; 2], f64) {
    let position = position - 0.5;
    if position < 0.0 {
        return ([0, 0], position + 1.0);
    }
    // Processors convert to `i32` in one step, to `usize` in several.
    let first = position as i32 as usize;
    ([first, (first + 1).min(length - 1)], position - first as f64)
}

impl Origin {
    #[inline(always)]
    fn new(x: f64, y: f64, width: usize, height: usize) -> Self {
        let ([left, right], x) = neighbours(x, width);
        let ([top, below], y) = neighbours(y, height);
        let (top, below) = (top * width, below * width);
        Origin { corners: [top + left, top + right, below + left, below + right], right: x, down: y }
    }

    #[inline(always)]
    fn level(&self, plane: &[u8]) -> u8 {
        let [left_top, right_top, left_below, right_below] = self.corners;
        let at = |index: usize| f64::from(plane[index]);
        let beside = |left, right| between(at(left), || at(right), self.right);
        between(beside(left_top, right_top), || beside(left_below, right_below), self.down) as u8
    }
}

/// From `first` (share 0) to `second` (share 1). Shears and translations have shares of 0 everywhere: half of the
/// pixels, or three quarters, need not be looked at.
#[inline(always)]
fn between(first: f64, second: impl FnOnce() -> f64, share: f64) -> f64 {
    if share == 0.0 { first } else { first + (second() - first) * share }
}
