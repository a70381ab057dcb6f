//! Which marker is which method.

use super::scene::{LETTER, Scene};
use super::style::Style;
use plotters::prelude::BLACK;
use plotters::style::text_anchor::HPos;

const LINE: f64 = 38.0;

/// Markers and names, in as many columns as fit.
pub(super) struct Legend {
    entries: Vec<(Style, String)>,
    columns: usize,
    width: f64,
}

impl Legend {
    /// For a page with `width` units between its margins.
    pub fn new(entries: impl IntoIterator<Item = (Style, String)>, width: f64) -> Self {
        let entries: Vec<_> = entries.into_iter().collect();
        let longest = entries.iter().map(|(_, label)| label.chars().count()).max().unwrap_or(1);
        let columns = ((width / (50.0 + LETTER * longest as f64)) as usize).clamp(1, 5);
        Self { entries, columns, width }
    }

    /// Its height in units.
    pub fn height(&self) -> f64 {
        LINE * self.entries.len().div_ceil(self.columns) as f64
    }

    /// Puts it on the page.
    pub fn draw(&self, scene: &mut Scene, left: f64, top: f64) {
        let column = self.width / self.columns as f64;
        for (position, (style, label)) in self.entries.iter().enumerate() {
            let x = left + column * (position % self.columns) as f64;
            let y = top + LINE * ((position / self.columns) as f64 + 0.5);
            style.mark(scene, (x + 12.0, y));
            scene.text(label, (x + 32.0, y), HPos::Left, 1.0, BLACK);
        }
    }
}
