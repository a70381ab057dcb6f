//! Drawing: conditions from left to right, methods side by side in each, a faint line along each method.

use super::style::{FONT, Style, load_font};
use super::{Picture, UNIT};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{PathElement, Polygon, Text};
use plotters::prelude::{BLACK, Color, DrawingBackend, IntoFont, RGBColor, ShapeStyle, WHITE};
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Lengths, in units.
const BAND: f64 = 205.0;
const NARROW_BAND: f64 = 130.0; // for more than six conditions
const MARGIN: (f64, f64, f64) = (80.0, 90.0, 60.0); // left, right, top
const PLOT_HEIGHT: f64 = 520.0;
const LABEL_LINE: f64 = 30.0;
const LEGEND_LINE: f64 = 38.0;
const TYPE: f64 = 27.0;
const LETTER: f64 = 0.55 * TYPE; // mean width
const MARKER: f64 = 8.5;

/// Width and height in units.
pub(super) fn size(picture: &Picture) -> (u32, u32) {
    let conditions = picture.conditions.len() as f64;
    let warning = if picture.warning.is_some() { LEGEND_LINE } else { 0.0 };
    let legend = LEGEND_LINE * picture.series.len().div_ceil(legend_columns(picture)) as f64 + 15.0;
    let width = MARGIN.0 + band(picture) * conditions + MARGIN.1;
    (width as u32, (legend_top(picture) + legend + warning) as u32)
}

/// Width of a condition. Few get wider bands, so that title and legend find their place.
fn band(picture: &Picture) -> f64 {
    match picture.conditions.len() {
        few @ ..5 => 5.0 * BAND / few.max(1) as f64,
        5..=6 => BAND,
        _ => NARROW_BAND,
    }
}

fn legend_top(picture: &Picture) -> f64 {
    let lines = picture.conditions.iter().map(|label| wrap(label, band(picture)).len()).max();
    MARGIN.2 + PLOT_HEIGHT + LABEL_LINE * lines.unwrap_or(1) as f64 + 30.0
}

/// Words in lines that fit into a band. A severity stays with its shift if the two fit.
fn wrap(label: &str, band: f64) -> Vec<String> {
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

/// As many as the longest label allows.
fn legend_columns(picture: &Picture) -> usize {
    let longest = picture.series.iter().map(|series| series.label.chars().count()).max().unwrap_or(1);
    ((5.0 * BAND) as usize / (45 + LETTER as usize * longest)).clamp(1, 4)
}

/// Draws and finishes the picture. Text is lowered by `sink` times its size: the library centres it
/// differently on pixels and in SVG.
pub(super) fn draw<B: DrawingBackend>(
    root: &DrawingArea<B, Shift>,
    picture: &Picture,
    sink: f64,
) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
    load_font();
    root.fill(&WHITE)?;
    let frame = Frame::new(root, picture, sink);
    frame.axes(picture)?;
    frame.lines(picture)?;
    frame.points(picture)?;
    frame.legend(picture)?;
    root.present()
}

struct Frame<'a, B: DrawingBackend> {
    root: &'a DrawingArea<B, Shift>,
    width: f64,
    band: f64,
    lowest: f64,
    methods: usize,
    sink: f64,
}

type Drawn<B> = Result<(), DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

impl<'a, B: DrawingBackend> Frame<'a, B> {
    fn new(root: &'a DrawingArea<B, Shift>, picture: &Picture, sink: f64) -> Self {
        let width = f64::from(size(picture).0);
        let points = picture.series.iter().flat_map(|series| series.points.iter().flatten());
        let lowest = points.map(|(mean, std)| mean - std.unwrap_or(0.0)).fold(100.0, f64::min);
        Self {
            root,
            width,
            band: band(picture),
            // A round number below every point, with chance in sight if it is near.
            lowest: (((lowest - 2.0) / 10.0).floor() * 10.0).clamp(0.0, 90.0),
            methods: picture.series.len(),
            sink,
        }
    }

    fn y(&self, percent: f64) -> f64 {
        let share = (percent - self.lowest) / (101.0 - self.lowest);
        MARGIN.2 + PLOT_HEIGHT * (1.0 - share)
    }

    /// Methods stand side by side, so that equal results do not hide each other.
    fn x(&self, condition: usize, method: usize) -> f64 {
        let step = (0.82 * self.band / self.methods as f64).min(34.0);
        let offset = step * (method as f64 - (self.methods as f64 - 1.0) / 2.0);
        MARGIN.0 + self.band * (condition as f64 + 0.5) + offset
    }

    fn axes(&self, picture: &Picture) -> Drawn<B> {
        self.text(&picture.title, (MARGIN.0, MARGIN.2 / 2.0), HPos::Left, 1.1, BLACK)?;
        let (left, right) = (MARGIN.0, self.width - MARGIN.1);
        let step = if self.lowest < 60.0 { 10 } else { 5 };
        for tick in (self.lowest as i32..=100).step_by(step) {
            let y = self.y(f64::from(tick));
            self.line(&[(left, y), (right, y)], RGBColor(0xE2, 0xE2, 0xE2).stroke_width(UNIT))?;
            self.text(&tick.to_string(), (left - 10.0, y), HPos::Right, 0.9, BLACK)?;
        }
        for condition in 0..picture.conditions.len() {
            if condition % 2 == 0 {
                let from = left + self.band * condition as f64;
                let (top, bottom) = (MARGIN.2, MARGIN.2 + PLOT_HEIGHT);
                let corners =
                    [(from, top), (from + self.band, top), (from + self.band, bottom), (from, bottom)];
                self.fill(&corners, BLACK.mix(0.04).filled())?;
            }
            let x = left + self.band * (condition as f64 + 0.5);
            for (line, words) in wrap(&picture.conditions[condition], self.band).iter().enumerate() {
                let y = MARGIN.2 + PLOT_HEIGHT + 22.0 + LABEL_LINE * line as f64;
                self.text(words, (x, y), HPos::Center, 1.0, BLACK)?;
            }
        }
        if self.lowest < 50.0 {
            let y = self.y(50.0);
            let mut x = left;
            while x < right {
                self.line(&[(x, y), ((x + 14.0).min(right), y)], BLACK.stroke_width(UNIT * 3 / 2))?;
                x += 24.0;
            }
            self.text("chance", (right + 8.0, y), HPos::Left, 0.8, BLACK)?;
        }
        Ok(())
    }

    /// A faint line per method, broken where there is no number.
    fn lines(&self, picture: &Picture) -> Drawn<B> {
        for (method, series) in picture.series.iter().enumerate() {
            for condition in 1..series.points.len() {
                if let (Some((from, _)), Some((to, _))) =
                    (series.points[condition - 1], series.points[condition])
                {
                    let ends = [
                        (self.x(condition - 1, method), self.y(from)),
                        (self.x(condition, method), self.y(to)),
                    ];
                    self.line(&ends, series.style.colour.mix(0.35).stroke_width(UNIT * 3 / 2))?;
                }
            }
        }
        Ok(())
    }

    fn points(&self, picture: &Picture) -> Drawn<B> {
        for (method, series) in picture.series.iter().enumerate() {
            for (condition, point) in series.points.iter().enumerate() {
                let Some((mean, std)) = *point else { continue };
                let x = self.x(condition, method);
                if let Some(std) = std {
                    let style = series.style.colour.stroke_width(UNIT * 2);
                    let (top, bottom) = (self.y((mean + std).min(101.0)), self.y(mean - std));
                    self.line(&[(x, top), (x, bottom)], style)?;
                    for y in [top, bottom] {
                        self.line(&[(x - 5.0, y), (x + 5.0, y)], style)?;
                    }
                }
                self.marker((x, self.y(mean)), series.style)?;
            }
        }
        Ok(())
    }

    fn legend(&self, picture: &Picture) -> Drawn<B> {
        let top = legend_top(picture);
        let columns = legend_columns(picture);
        let column = 5.0 * BAND / columns as f64;
        let lines = picture.series.len().div_ceil(columns);
        for (position, series) in picture.series.iter().enumerate() {
            let x = MARGIN.0 + column * (position % columns) as f64;
            let y = top + LEGEND_LINE * ((position / columns) as f64 + 0.5);
            self.marker((x + 12.0, y), series.style)?;
            self.text(&series.label, (x + 32.0, y), HPos::Left, 1.0, BLACK)?;
        }
        let y = top + LEGEND_LINE * (lines as f64 + 0.5);
        let red = RGBColor(0xA0, 0x00, 0x00);
        picture.warning.map_or(Ok(()), |text| self.text(text, (MARGIN.0, y), HPos::Left, 0.8, red))
    }

    /// With a white edge, so that neighbours stay apart.
    fn marker(&self, (x, y): (f64, f64), style: Style) -> Drawn<B> {
        let corners = |radius: f64| -> Vec<(f64, f64)> {
            style.marker().iter().map(|(dx, dy)| (x + radius * dx, y + radius * dy)).collect()
        };
        self.fill(&corners(MARKER + 1.6), WHITE.filled())?;
        self.fill(&corners(MARKER), style.colour.filled())?;
        if style.baseline { self.fill(&corners(MARKER - 3.2), WHITE.filled()) } else { Ok(()) }
    }

    fn line(&self, ends: &[(f64, f64)], style: ShapeStyle) -> Drawn<B> {
        self.root.draw(&PathElement::new(ends.iter().copied().map(pixel).collect::<Vec<_>>(), style))
    }

    fn fill(&self, corners: &[(f64, f64)], style: ShapeStyle) -> Drawn<B> {
        self.root.draw(&Polygon::new(corners.iter().copied().map(pixel).collect::<Vec<_>>(), style))
    }

    fn text(&self, text: &str, (x, y): (f64, f64), anchor: HPos, scale: f64, colour: RGBColor) -> Drawn<B> {
        let font = (FONT, scale * TYPE * f64::from(UNIT)).into_font().color(&colour);
        self.root.draw(&Text::new(
            text,
            pixel((x, y + self.sink * scale * TYPE)),
            font.pos(Pos::new(anchor, VPos::Center)),
        ))
    }
}

fn pixel((x, y): (f64, f64)) -> (i32, i32) {
    let unit = f64::from(UNIT);
    ((x * unit).round() as i32, (y * unit).round() as i32)
}
