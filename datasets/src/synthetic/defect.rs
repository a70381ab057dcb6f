//! What goes wrong: each kind of defect draws one specimen on a surface and recolours it there. To add
//! a kind, write its function and name it in [`KINDS`].

use super::surface::{Colour, Point, Surface, edge, mix};
use harness::prelude::*;
use rand::RngExt;
use std::f64::consts::{PI, TAU};

/// The colour of a damaged place, given its position and undamaged colour.
pub(super) type Defect = Box<dyn Fn(Point, Colour) -> Colour>;

/// Draws a defect.
type Planter = fn(&dyn Surface, &mut Stream) -> Defect;

/// Names, which are part of image identifiers, and their defects.
pub(super) const KINDS: [(&str, Planter); 3] = [("cut", cut), ("scratch", scratch), ("spot", spot)];

/// A rectangle through which the background shows.
fn cut(surface: &dyn Surface, stream: &mut Stream) -> Defect {
    let (centre, angle) = (surface.place(stream), stream.random_range(0.0..PI));
    let (length, width) = (stream.random_range(0.08..0.13), stream.random_range(0.04..0.07));
    let background = surface.background();
    Box::new(move |at, colour| {
        let at = at.seen_from(centre, angle);
        mix(colour, background, edge(length - at.x.abs()) * edge(width - at.y.abs()))
    })
}

/// A thin bent line, brighter or darker than anything around it.
fn scratch(surface: &dyn Surface, stream: &mut Stream) -> Defect {
    let (centre, angle) = (surface.place(stream), stream.random_range(0.0..PI));
    let (length, width) = (stream.random_range(0.14..0.24), stream.random_range(0.009..0.013));
    let bend = stream.random_range(-0.8..0.8);
    let line = if stream.random() { [0.97, 0.96, 0.94] } else { [0.04, 0.04, 0.05] };
    Box::new(move |at, colour| {
        let at = at.seen_from(centre, angle);
        let off = (at.y - bend * at.x * at.x).abs();
        mix(colour, line, 0.9 * edge(length - at.x.abs()) * edge(width - off))
    })
}

/// A stain with an uneven outline.
fn spot(surface: &dyn Surface, stream: &mut Stream) -> Defect {
    let centre = surface.place(stream);
    let radius = stream.random_range(0.04..0.075);
    let (three, five) = (stream.random_range(0.0..TAU), stream.random_range(0.0..TAU));
    let stain = if stream.random() { [0.20, 0.09, 0.05] } else { [0.93, 0.90, 0.80] };
    Box::new(move |at, colour| {
        let at = at.seen_from(centre, 0.0);
        let angle = at.y.atan2(at.x);
        let outline = radius * (1.0 + 0.18 * (3.0 * angle + three).sin() + 0.1 * (5.0 * angle + five).sin());
        mix(colour, stain, 0.8 * edge(outline - at.radius()))
    })
}
