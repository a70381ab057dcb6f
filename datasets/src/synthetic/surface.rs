//! What an undamaged thing looks like, before light and noise.
//!
//! The image is the unit square: lengths are fractions of its side, `y` points down.

use harness::prelude::*;
use rand::RngExt;

/// Red, green and blue on the scale from 0 to 1.
pub(super) type Colour = [f64; 3];

/// A place in the unit square.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub x: f64,
    pub y: f64,
}

impl Point {
    /// Seen from `centre` with axes turned by `angle` radians.
    pub(super) fn seen_from(self, centre: Point, angle: f64) -> Point {
        let (x, y) = (self.x - centre.x, self.y - centre.y);
        let (sine, cosine) = angle.sin_cos();
        Point { x: cosine * x + sine * y, y: cosine * y - sine * x }
    }

    /// Distance from the origin.
    pub(super) fn radius(self) -> f64 {
        self.x.hypot(self.y)
    }
}

/// One specimen of a category.
pub(super) trait Surface {
    /// Its colour at `at`.
    fn colour(&self, at: Point) -> Colour;

    /// What shows where a piece is missing.
    fn background(&self) -> Colour;

    /// Whether the thing covers `at`. Defects are on it, never beside it.
    fn covers(&self, _at: Point) -> bool {
        true
    }

    /// The centre of a defect.
    fn place(&self, stream: &mut Stream) -> Point {
        Point { x: stream.random_range(0.2..0.8), y: stream.random_range(0.2..0.8) }
    }
}

/// From `a` to `b` as `share` goes from 0 to 1.
pub(super) fn mix(a: Colour, b: Colour, share: f64) -> Colour {
    std::array::from_fn(|channel| a[channel] + (b[channel] - a[channel]) * share)
}

/// A colour `factor` times as bright.
pub(super) fn lit(colour: Colour, factor: f64) -> Colour {
    colour.map(|value| value * factor)
}

/// 0 well outside (negative `depth`), 1 well inside, smooth between: an edge about a pixel wide at
/// common sizes.
pub(super) fn edge(depth: f64) -> f64 {
    const WIDTH: f64 = 0.012;
    let share = (depth / WIDTH + 0.5).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

/// `sin` with period 1.
pub(super) fn wave(turns: f64) -> f64 {
    (turns * std::f64::consts::TAU).sin()
}
