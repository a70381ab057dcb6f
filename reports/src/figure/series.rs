//! A method's line through a panel, with a marker and an error bar at each point.

use super::axes::Panel;
use super::scene::{Point, Scene};
use super::style::Style;
use crate::Estimate;
use plotters::prelude::{Color, RGBColor};

/// Points of one method.
pub(super) struct Series {
    pub style: Style,
    /// Positions along x and what was measured there, as shares.
    pub points: Vec<(f64, Estimate)>,
    /// Moves the line to the right by so many units, so that equal results do not hide each other.
    pub aside: f64,
}

impl Series {
    /// The lowest end of an error bar, in percent.
    pub fn lowest(&self) -> f64 {
        let ends = self.points.iter().map(|(_, score)| percent(*score));
        ends.map(|(mean, std)| mean - std.unwrap_or(0.0)).fold(100.0, f64::min)
    }

    /// Draws it; the panel's y axis is in percent.
    pub fn draw(&self, scene: &mut Scene, panel: &Panel) {
        let at = |x: f64, y: f64| {
            let (x, y) = panel.at(x, y);
            (x + self.aside, y)
        };
        let line: Vec<_> = self.points.iter().map(|(x, score)| at(*x, 100.0 * score.mean)).collect();
        scene.line(&line, self.style.colour.mix(0.55), 2.0);
        for &(x, score) in &self.points {
            let (mean, std) = percent(score);
            if let Some(std) = std {
                whisker(scene, at(x, mean - std), at(x, mean + std), self.style.colour);
            }
            self.style.mark(scene, at(x, mean));
        }
    }
}

/// How far each of `count` lines moves aside, within `room` units.
pub(super) fn aside(position: usize, count: usize, room: f64) -> f64 {
    (room / count as f64).min(9.0) * (position as f64 - (count as f64 - 1.0) / 2.0)
}

/// An error bar between two points, upright or level, with its ends across.
pub(super) fn whisker(scene: &mut Scene, from: Point, to: Point, colour: RGBColor) {
    scene.line(&[from, to], colour, 2.0);
    let (dx, dy) = if from.0 == to.0 { (5.0, 0.0) } else { (0.0, 5.0) };
    for (x, y) in [from, to] {
        scene.line(&[(x - dx, y - dy), (x + dx, y + dy)], colour, 2.0);
    }
}

/// Mean and deviation in percent.
pub(super) fn percent(score: Estimate) -> (f64, Option<f64>) {
    (100.0 * score.mean, score.std.map(|std| 100.0 * std))
}
