//! `grid`: a woven wire mesh.

use super::surface::{Colour, Point, Surface, lit};
use harness::prelude::*;
use rand::RngExt;

const STEEL: Colour = [0.74, 0.77, 0.80];
const BELOW: Colour = [0.09, 0.10, 0.12];

/// Half the width of a wire, as a share of the distance between wires.
const WIRE: f64 = 0.2;

struct Grid {
    tilt: f64,
    period: f64,
    phase: Point,
}

/// Tilt, distance between wires and phase vary.
pub(super) fn specimen(stream: &mut Stream) -> Box<dyn Surface> {
    Box::new(Grid {
        tilt: stream.random_range(-0.06..0.06),
        period: stream.random_range(0.122..0.128),
        phase: Point { x: stream.random(), y: stream.random() },
    })
}

impl Surface for Grid {
    fn colour(&self, at: Point) -> Colour {
        let at = at.seen_from(Point { x: 0.5, y: 0.5 }, self.tilt);
        let (x, y) = (at.x / self.period + self.phase.x, at.y / self.period + self.phase.y);
        // Each wire passes over every other one it meets, alternating with its neighbours.
        let parity = (x.floor() + y.floor()).rem_euclid(2.0) == 0.0;
        let (upright, level) = (roundness(x), roundness(y));
        let (above, below) = if parity { (upright, level) } else { (level, upright) };
        let shade = if above > 0.0 {
            0.3 + 0.7 * above
        } else if below > 0.0 {
            0.25 + 0.55 * below
        } else {
            0.0
        };
        if shade > 0.0 { lit(STEEL, shade) } else { BELOW }
    }

    fn background(&self) -> Colour {
        BELOW
    }
}

/// Height of the wire in the middle of a unit interval: 1 on its axis, 0 beside it.
fn roundness(position: f64) -> f64 {
    let offset = (position.rem_euclid(1.0) - 0.5) / WIRE;
    (1.0 - offset * offset).max(0.0).sqrt()
}
