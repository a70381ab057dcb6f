//! Image AUROC of every method under every condition: conditions from left to right, methods side by side
//! in each, a faint line along each method.

use super::axes::below;
use super::drawing::Figure;
use super::legend::Legend;
use super::scene::{Point, Scene, wrap};
use super::series::{percent, whisker};
use super::style::{PALE, RED, Style, Styles};
use super::words::condition_label;
use crate::result::random_teacher;
use crate::{Comparison, Group};
use harness::metrics::Metric;
use plotters::prelude::{BLACK, Color};
use plotters::style::text_anchor::HPos;

/// Lengths, in units.
const BAND: f64 = 205.0;
const NARROW_BAND: f64 = 130.0; // for more than six conditions
const MARGIN: (f64, f64, f64) = (80.0, 90.0, 60.0); // left, right, top
const PLOT_HEIGHT: f64 = 520.0;
const LABEL_LINE: f64 = 30.0;

/// A method.
struct Series {
    label: String,
    style: Style,
    /// Mean and, over several seeds, standard deviation, in percent; `None` where there is no number.
    points: Vec<Option<(f64, Option<f64>)>>,
}

/// Whether there is anything to draw.
pub(super) fn has_points(group: &Group) -> bool {
    let scores = |row| (0..group.conditions.len()).map(move |c| group.score(Metric::DEFAULT, row, c));
    group.methods().any(|(row, _)| scores(row).any(|score| score.is_ok()))
}

/// The figure of a data set.
pub(super) fn figure(comparison: &Comparison, group: &Group, styles: &Styles) -> Figure {
    let series: Vec<Series> = group
        .methods()
        .map(|(row, of)| {
            let score = |condition| group.score(Metric::DEFAULT, row, condition).ok().map(percent);
            let points = (0..group.conditions.len()).map(score).collect();
            Series { label: of.label(), style: styles.of(of), points }
        })
        .collect();
    let labels: Vec<String> = group.conditions.iter().map(condition_label).collect();
    let spread = series.iter().flat_map(|s| s.points.iter().flatten()).any(|(_, std)| std.is_some());
    let bars = if spread { ", bars: ± standard deviation over seeds" } else { "" };
    let title = format!("{} ({}): image AUROC in %{bars}", group.dataset, comparison.suite);
    Figure {
        name: format!("{}-auroc", group.dataset),
        caption: "Image AUROC of every method under every condition.".into(),
        scene: Frame::new(&labels, &series).draw(&title, random_teacher(group)),
    }
}

struct Frame<'a> {
    labels: &'a [String],
    series: &'a [Series],
    band: f64,
    lowest: f64,
}

impl<'a> Frame<'a> {
    fn new(labels: &'a [String], series: &'a [Series]) -> Self {
        let points = series.iter().flat_map(|series| series.points.iter().flatten());
        let lowest = points.map(|(mean, std)| mean - std.unwrap_or(0.0)).fold(100.0, f64::min);
        // Few conditions get wider bands, so that title and legend find their place.
        let band = match labels.len() {
            few @ ..5 => 5.0 * BAND / few.max(1) as f64,
            5..=6 => BAND,
            _ => NARROW_BAND,
        };
        Self { labels, series, band, lowest: below(lowest) }
    }

    fn draw(&self, title: &str, warning: Option<String>) -> Scene {
        let lines = self.labels.iter().map(|label| wrap(label, self.band).len()).max().unwrap_or(1);
        let legend_top = MARGIN.2 + PLOT_HEIGHT + LABEL_LINE * lines as f64 + 30.0;
        let entries = self.series.iter().map(|series| (series.style, series.label.clone()));
        let legend = Legend::new(entries, 5.0 * BAND);
        let bottom = legend_top + legend.height();
        let width = MARGIN.0 + self.band * self.labels.len() as f64 + MARGIN.1;
        let mut scene = Scene::new(width, bottom + if warning.is_some() { 53.0 } else { 15.0 });
        scene.text(title, (MARGIN.0, MARGIN.2 / 2.0), HPos::Left, 1.1, BLACK);
        self.axes(&mut scene);
        self.lines(&mut scene);
        self.points(&mut scene);
        legend.draw(&mut scene, MARGIN.0, legend_top);
        if let Some(warning) = warning {
            scene.text(&warning, (MARGIN.0, bottom + 19.0), HPos::Left, 0.8, RED);
        }
        scene
    }

    fn at(&self, condition: usize, method: usize, percent: f64) -> Point {
        // Methods stand side by side, so that equal results do not hide each other.
        let step = (0.82 * self.band / self.series.len() as f64).min(34.0);
        let offset = step * (method as f64 - (self.series.len() as f64 - 1.0) / 2.0);
        (MARGIN.0 + self.band * (condition as f64 + 0.5) + offset, self.y(percent))
    }

    fn y(&self, percent: f64) -> f64 {
        let share = (percent - self.lowest) / (101.0 - self.lowest);
        MARGIN.2 + PLOT_HEIGHT * (1.0 - share)
    }

    fn axes(&self, scene: &mut Scene) {
        let (left, right) = (MARGIN.0, scene.width - MARGIN.1);
        let step = if self.lowest < 60.0 { 10 } else { 5 };
        for tick in (self.lowest as i32..=100).step_by(step) {
            let y = self.y(f64::from(tick));
            scene.line(&[(left, y), (right, y)], PALE, 1.0);
            scene.text(&tick.to_string(), (left - 10.0, y), HPos::Right, 0.9, BLACK);
        }
        for (condition, label) in self.labels.iter().enumerate() {
            if condition % 2 == 0 {
                let from = left + self.band * condition as f64;
                let corners = ((from, MARGIN.2), (from + self.band, MARGIN.2 + PLOT_HEIGHT));
                scene.rectangle(corners, BLACK.mix(0.04));
            }
            let x = left + self.band * (condition as f64 + 0.5);
            for (line, words) in wrap(label, self.band).iter().enumerate() {
                let y = MARGIN.2 + PLOT_HEIGHT + 22.0 + LABEL_LINE * line as f64;
                scene.text(words, (x, y), HPos::Center, 1.0, BLACK);
            }
        }
        if self.lowest < 50.0 {
            let y = self.y(50.0);
            scene.dashes(((left, y), (right, y)), BLACK, 1.5);
            scene.text("chance", (right + 8.0, y), HPos::Left, 0.8, BLACK);
        }
    }

    /// A faint line per method, broken where there is no number.
    fn lines(&self, scene: &mut Scene) {
        for (method, series) in self.series.iter().enumerate() {
            for condition in 1..series.points.len() {
                if let (Some((from, _)), Some((to, _))) =
                    (series.points[condition - 1], series.points[condition])
                {
                    let ends = [self.at(condition - 1, method, from), self.at(condition, method, to)];
                    scene.line(&ends, series.style.colour.mix(0.35), 1.5);
                }
            }
        }
    }

    fn points(&self, scene: &mut Scene) {
        for (method, series) in self.series.iter().enumerate() {
            for (condition, point) in series.points.iter().enumerate() {
                let Some((mean, std)) = *point else { continue };
                if let Some(std) = std {
                    let ends = [(mean + std).min(101.0), mean - std];
                    let [from, to] = ends.map(|percent| self.at(condition, method, percent));
                    whisker(scene, from, to, series.style.colour);
                }
                series.style.mark(scene, self.at(condition, method, mean));
            }
        }
    }
}
