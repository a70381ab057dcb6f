//! Colours and markers.

use super::scene::{Point, Scene};
use crate::{Comparison, Row};
use plotters::style::{RGBColor, WHITE};
use std::collections::BTreeMap;
use std::f64::consts::TAU;

/// Okabe and Ito's colours, told apart with any kind of colour vision; the palest last.
const COLOURS: [RGBColor; 8] = [
    RGBColor(0x00, 0x72, 0xB2),
    RGBColor(0xD5, 0x5E, 0x00),
    RGBColor(0x00, 0x9E, 0x73),
    RGBColor(0xCC, 0x79, 0xA7),
    RGBColor(0xE6, 0x9F, 0x00),
    RGBColor(0x56, 0xB4, 0xE9),
    RGBColor(0x00, 0x00, 0x00),
    RGBColor(0xF0, 0xE4, 0x42),
];

pub(super) const GREY: RGBColor = RGBColor(0x77, 0x77, 0x77);
/// Of grid lines.
pub(super) const PALE: RGBColor = RGBColor(0xE2, 0xE2, 0xE2);
/// Of warnings.
pub(super) const RED: RGBColor = RGBColor(0xA0, 0x00, 0x00);

/// Of a marker, in units.
pub(super) const MARKER: f64 = 8.5;

/// The same style for a method in every figure of a comparison.
pub(super) struct Styles(BTreeMap<String, Style>);

impl Styles {
    /// Methods take their styles in the order of the suite.
    pub fn new(comparison: &Comparison) -> Self {
        let mut styles: BTreeMap<String, Style> = BTreeMap::new();
        for (_, row) in comparison.groups.iter().flat_map(|group| group.rows_in_order()) {
            let rank = styles.values().filter(|style| style.baseline == row.baseline).count();
            styles.entry(row.method.clone()).or_insert_with(|| Style::new(rank, row.baseline));
        }
        Self(styles)
    }

    /// The style of a row: its method's.
    pub fn of(&self, row: &Row) -> Style {
        self.of_method(&row.method, row.baseline)
    }

    /// The style of a method.
    pub fn of_method(&self, label: &str, baseline: bool) -> Style {
        self.0.get(label).copied().unwrap_or_else(|| Style::new(0, baseline))
    }
}

/// How a method looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub colour: RGBColor,
    /// Trivial baselines are grey and hollow.
    pub baseline: bool,
    shape: usize,
}

impl Style {
    /// The style of the method at `rank` among the methods, or among the baselines. Colour and shape
    /// together repeat after 56 methods.
    pub fn new(rank: usize, baseline: bool) -> Self {
        let colour = if baseline { GREY } else { COLOURS[rank % COLOURS.len()] };
        Self { colour, baseline, shape: (rank + rank / COLOURS.len()) % 7 }
    }

    /// Puts the marker at a point, with a white edge, so that neighbours stay apart.
    pub fn mark(&self, scene: &mut Scene, (x, y): Point) {
        let corners = |radius: f64| -> Vec<Point> {
            self.marker().iter().map(|(dx, dy)| (x + radius * dx, y + radius * dy)).collect()
        };
        scene.area(&corners(MARKER + 1.6), WHITE);
        scene.area(&corners(MARKER), self.colour);
        if self.baseline {
            scene.area(&corners(MARKER - 3.2), WHITE);
        }
    }

    /// The corners of the marker round the origin, about 1 away from it.
    fn marker(&self) -> Vec<Point> {
        let star = |points: usize, inner: f64, turn: f64| {
            let corner = |i: usize| {
                let angle = TAU * (i as f64 / (2 * points) as f64 + turn);
                let radius = if i.is_multiple_of(2) { 1.0 } else { inner };
                (radius * angle.sin(), -radius * angle.cos())
            };
            (0..2 * points).map(corner).collect::<Vec<_>>()
        };
        let scaled = |scale: f64, corners: Vec<(f64, f64)>| {
            corners.into_iter().map(|(x, y)| (scale * x, scale * y)).collect()
        };
        match self.shape {
            0 => star(16, 1.0, 0.0),
            1 => scaled(1.2, star(2, 1.0, 0.125)),
            2 => scaled(1.3, star(3, 0.5, 0.0)),
            3 => scaled(1.25, star(2, 0.707, 0.0)),
            4 => scaled(1.3, star(3, 0.5, 0.5)),
            5 => scaled(1.45, star(5, 0.45, 0.0)),
            _ => scaled(1.35, star(4, 0.4, 0.125)),
        }
    }
}
