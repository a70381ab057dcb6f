//! The critical-difference diagram (Demšar 2006): methods along a line of mean ranks, and bars below those
//! that do not differ.

use super::drawing::Figure;
use super::scene::{LETTER, Scene};
use super::style::{GREY, RED, Styles};
use crate::Comparison;
use crate::result::random_teacher;
use crate::statistics::{RankedMethod, Ranking};
use plotters::prelude::BLACK;
use plotters::style::text_anchor::HPos;

/// Lengths, in units.
const WIDTH: f64 = 1195.0;
const MARGIN: f64 = 30.0;
const AXIS: f64 = 175.0; // from the top
const BAR: f64 = 15.0; // between bars
const LABEL: f64 = 37.0; // between names
const MARKER_ROOM: f64 = 36.0; // from a leader's end to the name

/// Most ticks along the line of ranks.
const MOST_TICKS: usize = 13;

/// The diagram of a ranking with enough blocks for a test; `None` for others.
pub fn critical_difference(comparison: &Comparison, ranking: &Ranking) -> Option<Figure> {
    let critical = ranking.tests.as_ref()?.critical_difference;
    let warning = comparison.groups.iter().find_map(random_teacher);
    let diagram = Diagram::new(ranking);
    Some(Figure {
        name: "critical-difference".into(),
        caption: format!(
            "Mean ranks of the methods by image AUROC over {} blocks, 1 is best. Bars join methods that \
             Nemenyi's test at 5 % does not tell apart: their mean ranks are at most {critical:.2} apart.",
            ranking.blocks.len()
        ),
        scene: diagram.draw(comparison, critical, warning),
    })
}

struct Diagram<'a> {
    ranking: &'a Ranking,
    /// Bars, and the level each lies on.
    bars: Vec<(f64, f64, usize)>,
    left: f64,
    right: f64,
}

impl<'a> Diagram<'a> {
    fn new(ranking: &'a Ranking) -> Self {
        let longest = ranking.methods.iter().map(|method| name(method).chars().count()).max().unwrap_or(0);
        let side = MARGIN + LETTER * longest as f64 + MARKER_ROOM + 20.0;
        let mut diagram =
            Self { ranking, bars: Vec::new(), left: side, right: (WIDTH - side).max(side + 500.0) };
        let mut ends: Vec<f64> = Vec::new();
        for clique in ranking.cliques() {
            let at = |position: usize| diagram.x(ranking.methods[position].mean_rank);
            let (from, to) = (at(clique.start) - 6.0, at(clique.end - 1) + 6.0);
            let free = ends.iter().position(|end| end + 12.0 < from);
            let level = free.unwrap_or(ends.len());
            if free.is_none() {
                ends.push(to);
            }
            ends[level] = to;
            diagram.bars.push((from, to, level));
        }
        diagram
    }

    /// Where a mean rank lies.
    fn x(&self, rank: f64) -> f64 {
        let last = self.ranking.methods.len() as f64;
        self.left + (self.right - self.left) * (rank - 1.0) / (last - 1.0)
    }

    fn draw(&self, comparison: &Comparison, critical: f64, warning: Option<String>) -> Scene {
        let methods = &self.ranking.methods;
        let levels = self.bars.iter().map(|(_, _, level)| level + 1).max().unwrap_or(0);
        let names = AXIS + 25.0 + BAR * levels as f64 + LABEL / 2.0;
        let half = methods.len().div_ceil(2);
        let bottom = names + LABEL * half as f64;
        let mut scene =
            Scene::new(self.right + self.left, bottom + if warning.is_some() { 40.0 } else { 0.0 });
        let blocks = self.ranking.blocks.len();
        let title =
            format!("{}: mean ranks by image AUROC over {blocks} blocks, 1 is best", comparison.suite);
        scene.text(&title, (MARGIN, 30.0), HPos::Left, 1.1, BLACK);
        self.ruler(&mut scene, critical);
        self.axis(&mut scene);
        let styles = Styles::new(comparison);
        for (position, method) in methods.iter().enumerate() {
            // Names go down from both ends of the line towards its middle, so that no two leaders cross.
            let to_the_left = position < half;
            let place = if to_the_left { position } else { methods.len() - 1 - position };
            let (x, y) = (self.x(method.mean_rank), names + LABEL * place as f64);
            let (end, anchor, out) = if to_the_left {
                (self.left - 20.0, HPos::Right, -1.0)
            } else {
                (self.right + 20.0, HPos::Left, 1.0)
            };
            scene.line(&[(x, AXIS), (x, y), (end, y)], GREY, 1.2);
            styles.of_method(&method.label, method.baseline).mark(&mut scene, (end + 10.0 * out, y));
            scene.text(&name(method), (end + (MARKER_ROOM - 8.0) * out, y), anchor, 1.0, BLACK);
        }
        for &(from, to, level) in &self.bars {
            let y = AXIS + 22.0 + BAR * level as f64;
            scene.line(&[(from, y), (to, y)], BLACK, 5.0);
        }
        if let Some(warning) = warning {
            scene.text(&warning, (MARGIN, bottom + 12.0), HPos::Left, 0.8, RED);
        }
        scene
    }

    /// How long the critical difference is.
    fn ruler(&self, scene: &mut Scene, critical: f64) {
        let y = AXIS - 75.0;
        let (from, to) = (self.left, self.x(1.0 + critical).min(self.right));
        scene.line(&[(from, y), (to, y)], BLACK, 2.0);
        for x in [from, to] {
            scene.line(&[(x, y - 7.0), (x, y + 7.0)], BLACK, 2.0);
        }
        // A difference that is longer than the line is cut off, as it tells nothing apart.
        let beyond = if self.x(1.0 + critical) > self.right { " (longer than the line)" } else { "" };
        let text = format!("critical difference {critical:.2}{beyond}");
        scene.text(&text, (from, y - 25.0), HPos::Left, 0.85, BLACK);
    }

    fn axis(&self, scene: &mut Scene) {
        let last = self.ranking.methods.len();
        scene.line(&[(self.left, AXIS), (self.right, AXIS)], BLACK, 2.0);
        let step = last.div_ceil(MOST_TICKS);
        for rank in (1..=last).step_by(step) {
            let x = self.x(rank as f64);
            scene.line(&[(x, AXIS), (x, AXIS - 9.0)], BLACK, 2.0);
            scene.text(&rank.to_string(), (x, AXIS - 26.0), HPos::Center, 0.85, BLACK);
        }
    }
}

fn name(method: &RankedMethod) -> String {
    format!("{} {:.2}", method.label, method.mean_rank)
}
