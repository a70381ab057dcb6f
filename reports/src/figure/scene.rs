//! What a figure consists of, before it is PNG or SVG: lines, areas and text on a white page.

use super::font::{FONT, load_font};
use crate::ReportError;
use image::{ImageFormat, RgbImage, imageops};
use plotters::backend::{BitMapBackend, SVGBackend};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{PathElement, Polygon, Text};
use plotters::prelude::{BLACK, Color, DrawingBackend, IntoFont, RGBColor, WHITE};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontTransform, RGBAColor};
use std::f64::consts::TAU;
use std::io::Cursor;

/// Pixels that a length of 1 is drawn with. PNG pictures are then halved, which smooths every edge.
const UNIT: u32 = 4;

/// Height of ordinary type, in units.
pub(super) const TYPE: f64 = 27.0;

/// Mean width of a letter of ordinary type, in units.
pub(super) const LETTER: f64 = 0.55 * TYPE;

pub(super) type Point = (f64, f64);

/// A page. Lengths are in units, from the upper left corner; later shapes cover earlier ones.
#[derive(Clone)]
pub(super) struct Scene {
    pub width: f64,
    pub height: f64,
    shapes: Vec<Shape>,
}

#[derive(Clone)]
enum Shape {
    Line { points: Vec<Point>, colour: RGBAColor, width: f64 },
    Area { corners: Vec<Point>, colour: RGBAColor },
    Text { text: String, at: Point, anchor: HPos, scale: f64, colour: RGBColor, upwards: bool },
}

impl Scene {
    /// An empty page.
    pub fn new(width: f64, height: f64) -> Self {
        Self { width, height, shapes: Vec::new() }
    }

    /// A line through `points`, `width` units wide.
    pub fn line(&mut self, points: &[Point], colour: impl Color, width: f64) {
        self.shapes.push(Shape::Line { points: points.into(), colour: colour.to_rgba(), width });
    }

    /// A dashed line between two points.
    pub fn dashes(&mut self, (from, to): (Point, Point), colour: impl Color, width: f64) {
        const DASH: f64 = 14.0;
        const STEP: f64 = 24.0;
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        let at = |along: f64| {
            let share = (along / length).min(1.0);
            (from.0 + share * dx, from.1 + share * dy)
        };
        let mut along = 0.0;
        while along < length {
            self.line(&[at(along), at(along + DASH)], colour.to_rgba(), width);
            along += STEP;
        }
    }

    /// A circle round a point.
    pub fn circle(&mut self, (x, y): Point, radius: f64, colour: impl Color, width: f64) {
        let corner = |step: u32| {
            let (sin, cos) = (f64::from(step) * TAU / 32.0).sin_cos();
            (x + radius * cos, y + radius * sin)
        };
        self.line(&(0..=32).map(corner).collect::<Vec<_>>(), colour, width);
    }

    /// A filled polygon.
    pub fn area(&mut self, corners: &[Point], colour: impl Color) {
        self.shapes.push(Shape::Area { corners: corners.into(), colour: colour.to_rgba() });
    }

    /// A filled rectangle between two opposite corners.
    pub fn rectangle(&mut self, (a, b): (Point, Point), colour: impl Color) {
        self.area(&[a, (b.0, a.1), b, (a.0, b.1)], colour);
    }

    /// Text whose middle (in height) and left, centre or right is at a point, `scale` times as high as
    /// [`TYPE`].
    pub fn text(&mut self, text: &str, at: Point, anchor: HPos, scale: f64, colour: RGBColor) {
        let text = text.into();
        self.shapes.push(Shape::Text { text, at, anchor, scale, colour, upwards: false });
    }

    /// Text that reads upwards, centred at a point.
    pub fn text_upwards(&mut self, text: &str, at: Point, scale: f64) {
        let (text, anchor, colour) = (text.into(), HPos::Center, BLACK);
        self.shapes.push(Shape::Text { text, at, anchor, scale, colour, upwards: true });
    }

    /// As a scalable picture. `name` is for messages.
    pub fn svg(&self, name: &str) -> Result<String, ReportError> {
        let (width, height) = self.size();
        let mut text = String::new();
        let root = SVGBackend::with_string(&mut text, (width * UNIT, height * UNIT)).into_drawing_area();
        self.draw(&root, 0.03).map_err(|reason| draw_error(name, reason))?;
        drop(root);
        let size = |unit: u32| format!("width=\"{}\" height=\"{}\"", width * unit, height * unit);
        Ok(text.replacen(&size(UNIT), &size(1), 1))
    }

    /// As a PNG file, two pixels per unit.
    pub fn png(&self, name: &str) -> Result<Vec<u8>, ReportError> {
        let (width, height) = self.size();
        let mut canvas = RgbImage::new(width * UNIT, height * UNIT);
        let root = BitMapBackend::with_buffer(&mut canvas, (width * UNIT, height * UNIT)).into_drawing_area();
        self.draw(&root, 0.15).map_err(|reason| draw_error(name, reason))?;
        drop(root);
        let mut bytes = Cursor::new(Vec::new());
        let smooth = imageops::thumbnail(&canvas, width * UNIT / 2, height * UNIT / 2);
        smooth.write_to(&mut bytes, ImageFormat::Png).map_err(|reason| draw_error(name, reason))?;
        Ok(bytes.into_inner())
    }

    fn size(&self) -> (u32, u32) {
        (self.width as u32, self.height as u32)
    }

    /// Text is lowered by `sink` times its size: the library centres it differently on pixels and in SVG.
    fn draw<B: DrawingBackend>(
        &self,
        root: &DrawingArea<B, Shift>,
        sink: f64,
    ) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
        load_font();
        root.fill(&WHITE)?;
        let pixels = |points: &[Point]| points.iter().copied().map(pixel).collect::<Vec<_>>();
        for shape in &self.shapes {
            match shape {
                Shape::Line { points, colour, width } => {
                    let width = (width * f64::from(UNIT)).round().max(1.0) as u32;
                    root.draw(&PathElement::new(pixels(points), colour.stroke_width(width)))?;
                }
                Shape::Area { corners, colour } => {
                    root.draw(&Polygon::new(pixels(corners), colour.filled()))?
                }
                Shape::Text { text, at: (x, y), anchor, scale, colour, upwards } => {
                    let font = (FONT, scale * TYPE * f64::from(UNIT)).into_font();
                    let turn = if *upwards { FontTransform::Rotate270 } else { FontTransform::None };
                    let lower = sink * scale * TYPE;
                    let at = if *upwards { (x + lower, *y) } else { (*x, y + lower) };
                    let style = font.transform(turn).color(colour).pos(Pos::new(*anchor, VPos::Center));
                    root.draw(&Text::new(text.as_str(), pixel(at), style))?;
                }
            }
        }
        root.present()
    }
}

/// Words of ordinary type in lines that fit into a band, whose width is in units. A severity stays with its shift if the two fit.
pub(super) fn wrap(label: &str, band: f64) -> Vec<String> {
    let most = (band / LETTER) as usize;
    let length = |text: &str| text.chars().count();
    let words = label.split(' ').flat_map(|word| {
        let apart = if length(word) > most { '\u{a0}' } else { ' ' };
        word.split(apart)
    });
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if length(line) + 1 + length(word) <= most => *line += &format!(" {word}"),
            _ => lines.push(word.into()),
        }
    }
    lines
}

fn pixel((x, y): Point) -> (i32, i32) {
    let unit = f64::from(UNIT);
    ((x * unit).round() as i32, (y * unit).round() as i32)
}

fn draw_error(name: &str, reason: impl ToString) -> ReportError {
    ReportError::Draw { figure: name.into(), reason: reason.to_string() }
}
