//! `disk`: a turned brass disk with four holes, on a dark table.

use super::surface::{Colour, Point, Surface, edge, lit, mix, wave};
use harness::prelude::*;
use rand::RngExt;
use std::f64::consts::TAU;

const BRASS: Colour = [0.78, 0.64, 0.36];
const TABLE: Colour = [0.17, 0.19, 0.23];

const HOLES: usize = 4;
/// Distance of the holes from the centre, and their radius, as shares of the radius of the disk.
const HOLE: (f64, f64) = (0.42, 0.12);

struct Disk {
    centre: Point,
    radius: f64,
    turn: f64,
}

/// Position, radius and rotation vary.
pub(super) fn specimen(stream: &mut Stream) -> Box<dyn Surface> {
    Box::new(Disk {
        centre: Point { x: stream.random_range(0.48..0.52), y: stream.random_range(0.48..0.52) },
        radius: stream.random_range(0.37..0.39),
        turn: stream.random_range(-0.12..0.12),
    })
}

impl Disk {
    /// How deep inside the brass a point is, negative outside and in the holes. Takes a point seen from
    /// the centre.
    fn depth(&self, at: Point) -> f64 {
        let hole = |index: usize| {
            let (sine, cosine) = (TAU * (index as f64 + 0.5) / HOLES as f64).sin_cos();
            let (distance, radius) = (HOLE.0 * self.radius, HOLE.1 * self.radius);
            at.seen_from(Point { x: distance * cosine, y: distance * sine }, 0.0).radius() - radius
        };
        (0..HOLES).map(hole).fold(self.radius - at.radius(), f64::min)
    }
}

impl Surface for Disk {
    fn colour(&self, at: Point) -> Colour {
        let at = at.seen_from(self.centre, self.turn);
        let depth = self.depth(at);
        // Turning leaves grooves, which catch the light in two opposite sectors. The sheen stays with
        // the lamp, not with the disk.
        let grooves = 1.0 + 0.05 * wave(at.radius() / 0.05);
        let angle = at.y.atan2(at.x) + self.turn;
        let sheen = 1.0 + 0.1 * (2.0 * angle + 1.0).cos() * edge(at.radius() - 0.02);
        let bevel = 1.0 + 0.22 * (1.0 - (depth / 0.03).clamp(0.0, 1.0));
        mix(TABLE, lit(BRASS, grooves * sheen * bevel), edge(depth))
    }

    fn background(&self) -> Colour {
        TABLE
    }

    fn covers(&self, at: Point) -> bool {
        self.depth(at.seen_from(self.centre, self.turn)) > 0.0
    }

    fn place(&self, stream: &mut Stream) -> Point {
        // Between holes and rim, so that no defect vanishes in a hole.
        let (sine, cosine) = stream.random_range(0.0..TAU).sin_cos();
        let distance = self.radius * stream.random_range(0.62..0.86);
        Point { x: self.centre.x + distance * cosine, y: self.centre.y + distance * sine }
    }
}
