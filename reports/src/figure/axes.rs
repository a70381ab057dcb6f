//! Panels: a frame with two axes, into which figures draw.

use super::scene::{LETTER, Point, Scene, TYPE};
use super::style::PALE;
use plotters::prelude::{BLACK, RGBColor};
use plotters::style::text_anchor::HPos;

/// An axis of a panel.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub label: String,
    /// Value at its lower end.
    pub from: f64,
    /// And at its upper end.
    pub to: f64,
    log: bool,
    /// Values with a tick, and what stands there.
    pub ticks: Vec<(f64, String)>,
}

impl Axis {
    /// From `from` to `to`, with ticks at round numbers.
    pub fn linear(label: &str, from: f64, to: f64) -> Self {
        let step = round_step((to - from) / 6.0);
        let first = (from / step - 1e-9).ceil() as i64;
        let last = (to / step + 1e-9).floor() as i64;
        let decimals = (-step.log10().floor()).max(0.0) as usize;
        let ticks = (first..=last).map(|tick| {
            let value = tick as f64 * step;
            (value, format!("{value:.decimals$}"))
        });
        Self { label: label.into(), from, to, log: false, ticks: ticks.collect() }
    }

    /// For AUROC in percent: to 101, from a round number below `lowest`.
    pub fn auroc(label: &str, lowest: f64) -> Self {
        Self::linear(label, below(lowest), 101.0)
    }

    /// Whether 50 lies between its ends, which is chance for AUROC in percent.
    fn shows_chance(&self) -> bool {
        self.from < 50.0 && self.to > 50.0
    }

    /// What a title says of the line that [`Panel::chance`] draws.
    pub fn dashed(&self) -> &'static str {
        if self.shows_chance() { " (dashed: chance)" } else { "" }
    }

    /// Logarithmic, for values above 0, with ticks at 1, 2 and 5 times powers of ten.
    pub fn log(label: &str, from: f64, to: f64) -> Self {
        let decades = from.log10().floor() as i32..=to.log10().ceil() as i32;
        let of_decade = |decade: i32| [1.0, 2.0, 5.0].map(|first| (first, first * 10f64.powi(decade)));
        let few = to / from > 500.0;
        let ticks = decades.flat_map(of_decade).filter(|(first, _)| !few || *first == 1.0);
        let inside = ticks.filter(|(_, tick)| (from..=to).contains(tick));
        let ticks = inside.map(|(_, tick)| (tick, format!("{tick}"))).collect();
        Self { label: label.into(), from, to, log: true, ticks }
    }

    /// Which share of the axis lies below `value`; beyond 0 to 1 for values beyond its ends.
    pub fn share(&self, value: f64) -> f64 {
        if self.log {
            (value / self.from).ln() / (self.to / self.from).ln()
        } else {
            (value - self.from) / (self.to - self.from)
        }
    }
}

/// A round number of percent below every point.
pub(super) fn below(lowest: f64) -> f64 {
    (((lowest - 2.0) / 10.0).floor() * 10.0).clamp(0.0, 90.0)
}

/// The round number (1, 2 or 5 times a power of ten) at or above `step`.
fn round_step(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    let first = [1.0, 2.0, 5.0, 10.0].into_iter().find(|first| first * power >= step * (1.0 - 1e-9));
    first.unwrap_or(10.0) * power
}

/// A frame with axes.
#[derive(Clone, Debug)]
pub(super) struct Panel {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
    pub x: Axis,
    pub y: Axis,
}

impl Panel {
    /// Room that tick labels and the axis' label take on the left of a panel.
    pub const LEFT: f64 = 95.0;
    /// The same below.
    pub const BELOW: f64 = 75.0;
    /// Room that a title takes above.
    pub const ABOVE: f64 = 40.0;

    /// Grid, ticks, labels and `title`.
    pub fn frame(&self, scene: &mut Scene, title: &str) {
        let (right, bottom) = (self.left + self.width, self.top + self.height);
        for (value, text) in &self.y.ticks {
            let y = self.at(0.0, *value).1;
            scene.line(&[(self.left, y), (right, y)], PALE, 1.0);
            scene.text(text, (self.left - 10.0, y), HPos::Right, 0.85, BLACK);
        }
        for (value, text) in &self.x.ticks {
            let x = self.left + self.width * self.x.share(*value);
            scene.line(&[(x, self.top), (x, bottom)], PALE, 1.0);
            scene.text(text, (x, bottom + 18.0), HPos::Center, 0.85, BLACK);
        }
        let frame = [
            (self.left, self.top),
            (right, self.top),
            (right, bottom),
            (self.left, bottom),
            (self.left, self.top),
        ];
        scene.line(&frame, RGBColor(0x99, 0x99, 0x99), 1.0);
        let middle = self.left + self.width / 2.0;
        scene.text(&self.x.label, (middle, bottom + 52.0), HPos::Center, 0.9, BLACK);
        let widest = self.y.ticks.iter().map(|(_, text)| text.chars().count()).max().unwrap_or(0);
        let from_axis = 10.0 + 0.85 * LETTER * widest as f64 + 22.0;
        scene.text_upwards(&self.y.label, (self.left - from_axis, self.top + self.height / 2.0), 0.9);
        scene.text(title, (self.left, self.top - 0.8 * TYPE), HPos::Left, 1.0, BLACK);
    }

    /// A dashed line at an AUROC of 50 %, if that is in sight.
    pub fn chance(&self, scene: &mut Scene) {
        if self.y.shows_chance() {
            scene.dashes((self.at(self.x.from, 50.0), self.at(self.x.to, 50.0)), BLACK, 1.5);
        }
    }

    /// Where a value stands on the page; values beyond an axis stand at its end.
    pub fn at(&self, x: f64, y: f64) -> Point {
        let x = self.left + self.width * self.x.share(x).clamp(0.0, 1.0);
        (x, self.top + self.height * (1.0 - self.y.share(y).clamp(0.0, 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        let texts = |axis: Axis| axis.ticks.into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        assert_eq!(texts(Axis::linear("", 70.0, 101.0)), ["70", "80", "90", "100"]);
        assert_eq!(texts(Axis::linear("", 0.0, 1.0)), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(texts(Axis::log("", 0.3, 30.0)), ["0.5", "1", "2", "5", "10", "20"]);
        assert_eq!(texts(Axis::log("", 0.05, 1000.0)), ["0.1", "1", "10", "100", "1000"]);
        let axis = Axis::log("", 1.0, 100.0);
        assert!((axis.share(10.0) - 0.5).abs() < 1e-12);
    }
}
