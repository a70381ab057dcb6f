//! `stripes`: a striped cloth, a little tilted and wavy.

use super::surface::{Colour, Point, Surface, edge, lit, mix, wave};
use harness::prelude::*;
use rand::RngExt;

const LIGHT: Colour = [0.80, 0.76, 0.66];
const DARK: Colour = [0.20, 0.40, 0.47];
const BELOW: Colour = [0.16, 0.13, 0.12];

struct Stripes {
    tilt: f64,
    period: f64,
    phase: f64,
    sway: f64,
}

/// Tilt, period and phase vary.
pub(super) fn specimen(stream: &mut Stream) -> Box<dyn Surface> {
    Box::new(Stripes {
        tilt: stream.random_range(-0.07..0.07),
        period: stream.random_range(0.105..0.115),
        phase: stream.random(),
        sway: stream.random(),
    })
}

impl Surface for Stripes {
    fn colour(&self, at: Point) -> Colour {
        let at = at.seen_from(Point { x: 0.5, y: 0.5 }, self.tilt);
        let across = at.x / self.period + self.phase + 0.06 * wave(1.5 * at.y + self.sway);
        // From the middle of a dark stripe (-0.25) to that of a light one (0.25), in lengths.
        let depth = ((across.rem_euclid(1.0) - 0.5).abs() - 0.25) * self.period;
        let thread = 1.0 + 0.05 * wave(22.0 * at.y + 0.5 * (2.0 * across).floor());
        lit(mix(DARK, LIGHT, edge(depth)), thread)
    }

    fn background(&self) -> Colour {
        BELOW
    }
}
