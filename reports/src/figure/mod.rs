//! The figure of a data set: image AUROC of every method under every condition.

mod draw;
mod style;

pub(crate) use style::{FONT, load_font};

use crate::{Comparison, Estimate, Group, Metric, ReportError, notes};
use image::{ImageFormat, RgbImage, imageops};
use plotters::backend::{BitMapBackend, SVGBackend};
use plotters::drawing::IntoDrawingArea;
use std::io::Cursor;
use style::Style;

/// Pixels that a length of 1 is drawn with. PNG pictures are then halved, which smooths every edge.
const UNIT: u32 = 4;

/// What is drawn. All numbers are percent.
struct Picture {
    title: String,
    warning: Option<&'static str>,
    conditions: Vec<String>,
    series: Vec<Series>,
}

/// A method.
struct Series {
    label: String,
    style: Style,
    /// Mean and, over several seeds, standard deviation; `None` where there is no number.
    points: Vec<Option<(f64, Option<f64>)>>,
}

/// Whether there is anything to draw.
pub fn has_points(group: &Group) -> bool {
    let scores = |row| (0..group.conditions.len()).map(move |c| group.score(Metric::DEFAULT, row, c));
    group.rows.iter().enumerate().any(|(row, of)| of.setting.is_empty() && scores(row).any(|s| s.is_ok()))
}

/// The figure as a scalable picture.
pub fn svg(comparison: &Comparison, group: &Group) -> Result<String, ReportError> {
    let picture = Picture::new(comparison, group);
    let (width, height) = draw::size(&picture);
    let mut text = String::new();
    let root = SVGBackend::with_string(&mut text, (width * UNIT, height * UNIT)).into_drawing_area();
    draw::draw(&root, &picture, 0.03).map_err(|reason| draw_error(group, reason))?;
    drop(root);
    let size = |unit: u32| format!("width=\"{}\" height=\"{}\"", width * unit, height * unit);
    Ok(text.replacen(&size(UNIT), &size(1), 1))
}

/// The figure as a PNG file.
pub fn png(comparison: &Comparison, group: &Group) -> Result<Vec<u8>, ReportError> {
    let picture = Picture::new(comparison, group);
    let (width, height) = draw::size(&picture);
    let mut canvas = RgbImage::new(width * UNIT, height * UNIT);
    let root = BitMapBackend::with_buffer(&mut canvas, (width * UNIT, height * UNIT)).into_drawing_area();
    draw::draw(&root, &picture, 0.15).map_err(|reason| draw_error(group, reason))?;
    drop(root);
    let mut bytes = Cursor::new(Vec::new());
    let smooth = imageops::thumbnail(&canvas, width * UNIT / 2, height * UNIT / 2);
    smooth.write_to(&mut bytes, ImageFormat::Png).map_err(|reason| draw_error(group, reason))?;
    Ok(bytes.into_inner())
}

fn draw_error(group: &Group, reason: impl ToString) -> ReportError {
    ReportError::Draw { dataset: group.dataset.clone(), reason: reason.to_string() }
}

impl Picture {
    /// Methods with their own settings; sweeps over test-time options stay in the tables.
    fn new(comparison: &Comparison, group: &Group) -> Self {
        let mut series: Vec<Series> = Vec::new();
        for (row, of) in group.rows_in_order().filter(|(_, row)| row.setting.is_empty()) {
            let rank = series.iter().filter(|other| other.style.baseline == of.baseline).count();
            let point = |estimate: Estimate| (100.0 * estimate.mean, estimate.std.map(|std| 100.0 * std));
            let score = |condition| group.score(Metric::DEFAULT, row, condition).ok().map(point);
            series.push(Series {
                label: of.label(),
                style: Style::new(rank, of.baseline),
                points: (0..group.conditions.len()).map(score).collect(),
            });
        }
        // A severity stays on the line of its shift.
        let label = |name: &String| match name.as_str() {
            "id" => "ID".into(),
            name => name.replace('_', " ").replace('-', "\u{a0}").replace('+', " + "),
        };
        let spread = series.iter().flat_map(|s| s.points.iter().flatten()).any(|(_, std)| std.is_some());
        let bars = if spread { ", bars: ± standard deviation over seeds" } else { "" };
        Self {
            title: format!("{} ({}): image AUROC in %{bars}", group.dataset, comparison.suite),
            warning: notes::random_teacher(group),
            conditions: group.conditions.iter().map(label).collect(),
            series,
        }
    }
}
