//! Scores of normal and anomalous images as histograms, with the threshold set in distribution: where a
//! shift lifts the normal ones above it, a detector in use raises false alarms.

use super::axes::{Axis, Panel};
use super::caption;
use super::drawing::Figure;
use super::page::{Page, RIGHT, WIDTH};
use super::scene::{LETTER, Point, Scene, wrap};
use super::words::condition_label;
use crate::result::excerpt;
use crate::result::random_teacher;
use crate::{Comparison, Group, GroupScores, Row};
use harness::metrics::{false_positive_rate, threshold_at_fpr};
use harness::results::ScoredImage;
use plotters::prelude::{BLACK, Color, RGBColor};
use plotters::style::text_anchor::HPos;

/// Methods and conditions of a page.
const MOST_ROWS: usize = 6;
const MOST_COLUMNS: usize = 5;
const BINS: usize = 28;
/// Lengths, in units.
const LEFT: f64 = 52.0;
const GAP: f64 = 14.0;
const HEIGHT: f64 = 130.0;
const PITCH: f64 = HEIGHT + 46.0;
/// The share of normal ID images that exceed the threshold.
const RATE: f64 = 0.05;

const NORMAL: RGBColor = RGBColor(0x00, 0x72, 0xB2);
const ANOMALOUS: RGBColor = RGBColor(0xD5, 0x5E, 0x00);

/// A method's scores under each condition shown.
struct Line<'a> {
    row: &'a Row,
    threshold: f64,
    cells: Vec<Option<Cell>>,
}

/// Scores of one cell.
struct Cell {
    normal: Vec<f64>,
    anomalous: Vec<f64>,
}

/// The figure; `None` where no method has scores on normal ID images and under a shift.
pub(super) fn figure(comparison: &Comparison, group: &Group, scores: &GroupScores) -> Option<Figure> {
    if !group.has_id() {
        return None;
    }
    let category = *group.tested.first()?.first()?;
    let conditions: Vec<usize> = (0..group.conditions.len())
        .filter(|&condition| group.tested[condition].contains(&category))
        .collect();
    let (all, conditions) = (&conditions, &excerpt(group, &conditions, MOST_COLUMNS)[..]);
    let hidden = all.iter().filter(|condition| !conditions.contains(condition));
    let mut lines: Vec<Line> = group
        .methods()
        .filter_map(|(row, of)| line(group, scores, (row, of), category, conditions))
        .collect();
    if lines.is_empty() || conditions.len() < 2 {
        return None;
    }
    let others = lines.split_off(lines.len().min(MOST_ROWS));

    let of = &group.categories[category];
    let mut page = Page::new(&format!("{} ({}): scores on category {of}", group.dataset, comparison.suite));
    key(&mut page);
    heads(&mut page, group, conditions);
    for line in &lines {
        draw(&mut page, line);
    }
    let mut left_out = Vec::new();
    if !others.is_empty() {
        let labels: Vec<String> = others.iter().map(|line| line.row.label()).collect();
        left_out.push(caption::listed(&labels));
    }
    let hidden: Vec<String> = hidden.map(|&c| condition_label(&group.conditions[c])).collect();
    if !hidden.is_empty() {
        left_out.push(caption::listed(&hidden));
    }
    let left_out = if left_out.is_empty() {
        String::new()
    } else {
        format!(" Left out for want of room: {}.", left_out.join("; "))
    };
    Some(Figure {
        name: format!("{}-histogram", group.dataset),
        caption: format!(
            "Scores of the test images of category {of} of {}, first seed, first reference image. Height: share \
             of the images of a class; each method has its own range of scores, and what lies beyond it stands \
             in the outermost bin. Dashed: the threshold that 5 % of the normal ID images exceed; alarms: share \
             of normal images above it.{left_out}",
            group.dataset
        ),
        scene: page.finish(random_teacher(group)),
    })
}

fn line<'a>(
    group: &Group,
    scores: &GroupScores,
    (row, of): (usize, &'a Row),
    category: usize,
    conditions: &[usize],
) -> Option<Line<'a>> {
    let cell =
        |&condition: &usize| Some(Cell::new(scores.get(&group.first_place(row, condition, category)?)?));
    let cells: Vec<Option<Cell>> = conditions.iter().map(cell).collect();
    let threshold = threshold_at_fpr(&cells.first()?.as_ref()?.normal, RATE).ok()?;
    cells[1..].iter().any(Option::is_some).then_some(Line { row: of, threshold, cells })
}

impl Cell {
    fn new(lines: &[ScoredImage]) -> Self {
        let of_class = |anomalous: bool| {
            let lines = lines.iter().filter(move |line| (line.anomalous != 0) == anomalous);
            lines.map(|line| f64::from(line.score)).collect()
        };
        Self { normal: of_class(false), anomalous: of_class(true) }
    }
}

impl Line<'_> {
    /// From the 1st to the 99th percentile of all its scores, with the threshold inside.
    fn range(&self) -> (f64, f64) {
        let cells = self.cells.iter().flatten();
        let mut all: Vec<f64> =
            cells.flat_map(|cell| cell.normal.iter().chain(&cell.anomalous)).copied().collect();
        all.sort_by(f64::total_cmp);
        let at = |share: f64| all[(share * (all.len() - 1) as f64).round() as usize];
        let (low, high) = (at(0.01).min(self.threshold), at(0.99).max(self.threshold));
        // Equal scores still need a range.
        let edge = if high > low { 0.02 * (high - low) } else { low.abs().max(1.0) };
        (low - edge, high + edge)
    }
}

/// The share of `scores` in each bin between two ends; those beyond count to the outermost bins.
fn shares(scores: &[f64], (from, to): (f64, f64)) -> [f64; BINS] {
    let mut shares = [0.0; BINS];
    for score in scores {
        let place = (score - from) / (to - from) * BINS as f64;
        shares[place.clamp(0.0, BINS as f64 - 1.0) as usize] += 1.0 / scores.len() as f64;
    }
    shares
}

/// What the colours mean.
fn key(page: &mut Page) {
    let y = page.bottom + 16.0;
    let mut x = RIGHT;
    for (name, colour) in [("normal", NORMAL), ("anomalous", ANOMALOUS)] {
        page.scene.rectangle(((x, y - 9.0), (x + 26.0, y + 9.0)), colour.mix(0.45));
        page.scene.text(name, (x + 36.0, y), HPos::Left, 0.9, BLACK);
        x += 70.0 + LETTER * name.len() as f64;
    }
    page.scene.dashes(((x, y), (x + 38.0, y)), BLACK, 2.0);
    page.scene.text("threshold (5 % of normal ID images above)", (x + 48.0, y), HPos::Left, 0.9, BLACK);
    page.bottom += 40.0;
}

/// Width of a panel where there are so many side by side.
fn width(columns: usize) -> f64 {
    (WIDTH - LEFT - RIGHT - GAP * (columns as f64 - 1.0)) / columns as f64
}

/// Names of the conditions above their columns.
fn heads(page: &mut Page, group: &Group, conditions: &[usize]) {
    const LINE: f64 = 28.0;
    let width = width(conditions.len());
    let names = conditions.iter().map(|&c| wrap(&condition_label(&group.conditions[c]), width));
    let names: Vec<Vec<String>> = names.collect();
    let most = names.iter().map(Vec::len).max().unwrap_or(1);
    for (column, lines) in names.iter().enumerate() {
        let x = LEFT + (width + GAP) * column as f64 + width / 2.0;
        for (line, words) in lines.iter().enumerate() {
            let y = page.bottom + LINE * ((most - lines.len() + line) as f64 + 0.5);
            page.scene.text(words, (x, y), HPos::Center, 0.95, BLACK);
        }
    }
    page.bottom += LINE * most as f64;
}

/// A row of panels.
fn draw(page: &mut Page, line: &Line) {
    let range = line.range();
    let highest = line.cells.iter().flatten().flat_map(|cell| {
        [&cell.normal, &cell.anomalous].map(|scores| shares(scores, range).into_iter().fold(0.0, f64::max))
    });
    let mut x = Axis::linear("", range.0, range.1);
    let mut y = Axis::linear("", 0.0, 1.08 * highest.fold(0.0, f64::max));
    x.ticks.clear();
    y.ticks.clear();
    let width = width(line.cells.len());
    let top = page.bottom + 34.0;
    page.scene.text_upwards(&line.row.label(), (LEFT / 2.0, top + HEIGHT / 2.0), 0.9);
    for (column, cell) in line.cells.iter().enumerate() {
        let left = LEFT + (width + GAP) * column as f64;
        let panel = Panel { left, top, width, height: HEIGHT, x: x.clone(), y: y.clone() };
        let alarms = cell.as_ref().and_then(|cell| false_positive_rate(&cell.normal, line.threshold).ok());
        panel.frame(&mut page.scene, "");
        let title = alarms.map_or_else(|| "no result".into(), |rate| format!("alarms {:.1} %", 100.0 * rate));
        page.scene.text(&title, (left + width, top - 14.0), HPos::Right, 0.8, BLACK);
        let Some(cell) = cell else { continue };
        for (scores, colour) in [(&cell.normal, NORMAL), (&cell.anomalous, ANOMALOUS)] {
            steps(&mut page.scene, &panel, &shares(scores, range), range, colour);
        }
        let at = panel.at(line.threshold, 0.0).0;
        page.scene.dashes(((at, top), (at, top + HEIGHT)), BLACK, 2.0);
    }
    page.bottom += PITCH;
}

/// A histogram as one outline with its area.
fn steps(scene: &mut Scene, panel: &Panel, shares: &[f64], (from, to): (f64, f64), colour: RGBColor) {
    if shares.iter().all(|share| *share == 0.0) {
        return;
    }
    let edge = |bin: usize| from + (to - from) * bin as f64 / shares.len() as f64;
    let tops = shares.iter().enumerate();
    let outline =
        tops.flat_map(|(bin, share)| [panel.at(edge(bin), *share), panel.at(edge(bin + 1), *share)]);
    let ends = [panel.at(from, 0.0), panel.at(to, 0.0)];
    let outline: Vec<Point> = std::iter::once(ends[0]).chain(outline).chain([ends[1]]).collect();
    scene.area(&outline, colour.mix(0.35));
    scene.line(&outline, colour, 1.5);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_score_is_in_a_bin() {
        let shares = shares(&[-9.0, 0.1, 0.5, 1.0, 7.0], (0.0, 1.0));
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((shares[0] - 0.2).abs() < 1e-12 || (shares[0] - 0.4).abs() < 1e-12, "{shares:?}");
        assert!((shares[BINS - 1] - 0.4).abs() < 1e-12, "{shares:?}");
    }
}
