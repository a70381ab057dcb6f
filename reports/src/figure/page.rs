//! A page of panels: a title, rows of panels, a legend, a warning. All pages are equally wide, so that type
//! has one size in every figure of a paper.

use super::axes::{Axis, Panel};
use super::legend::Legend;
use super::scene::{LETTER, Scene, TYPE, wrap};
use super::style::{RED, Style};
use plotters::prelude::BLACK;
use plotters::style::text_anchor::HPos;

/// Of every page, in units.
pub(super) const WIDTH: f64 = 1195.0;
/// Margin on the right.
pub(super) const RIGHT: f64 = 22.0;
/// Between panels side by side: room for tick labels.
const GAP: f64 = 64.0;
/// Between a panel and the title of the one below it: room for tick labels.
const TICKS: f64 = 44.0;

/// A page that grows from top to bottom.
pub(super) struct Page {
    pub scene: Scene,
    /// Where the next thing goes, in units from the top.
    pub bottom: f64,
}

impl Page {
    /// A page with a title, in as many lines as it takes.
    pub fn new(title: &str) -> Self {
        const LINE: f64 = 1.3 * TYPE;
        let mut page = Self { scene: Scene::new(WIDTH, 0.0), bottom: 12.0 };
        for words in wrap(title, (WIDTH - 2.0 * RIGHT) / 1.1) {
            page.scene.text(&words, (RIGHT, page.bottom + LINE / 2.0), HPos::Left, 1.1, BLACK);
            page.bottom += LINE;
        }
        page
    }

    /// Places for `count` panels of equal axes, row by row. Only the first of a row names the y axis, and
    /// only the lowest of a column the x axis.
    pub fn grid(&mut self, count: usize, columns: usize, height: f64, x: &Axis, y: &Axis) -> Vec<Panel> {
        let across = columns as f64;
        let width = (WIDTH - Panel::LEFT - RIGHT - GAP * (across - 1.0)) / across;
        let pitch = height + TICKS + Panel::ABOVE;
        let panel = |position: usize| {
            let (row, column) = (position / columns, position % columns);
            let mut panel = Panel {
                left: Panel::LEFT + (width + GAP) * column as f64,
                top: self.bottom + Panel::ABOVE + pitch * row as f64,
                width,
                height,
                x: x.clone(),
                y: y.clone(),
            };
            if column > 0 {
                panel.y.label.clear();
            }
            if position + columns < count {
                panel.x.label.clear();
            }
            panel
        };
        let panels = (0..count).map(panel).collect();
        let below = if x.label.is_empty() { TICKS } else { Panel::BELOW };
        self.bottom += pitch * count.div_ceil(columns) as f64 - TICKS + below;
        panels
    }

    /// Which marker is which method.
    pub fn legend(&mut self, entries: impl IntoIterator<Item = (Style, String)>) {
        let legend = Legend::new(entries, WIDTH - 2.0 * RIGHT);
        legend.draw(&mut self.scene, RIGHT, self.bottom + 8.0);
        self.bottom += 8.0 + legend.height();
    }

    /// The page, with a warning in red at its foot.
    pub fn finish(mut self, warning: Option<String>) -> Scene {
        if let Some(warning) = warning {
            self.scene.text(&warning, (RIGHT, self.bottom + 19.0), HPos::Left, 0.8, RED);
            self.bottom += 2.0 * LETTER;
        }
        self.scene.height = self.bottom + 15.0;
        self.scene
    }
}
