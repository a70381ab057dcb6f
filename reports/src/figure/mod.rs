//! Figures: one file each, all in one house style, drawn as PNG and SVG from the same [`scene`].

mod axes;
mod conditions;
mod critical_difference;
mod legend;
mod scene;
mod style;

pub(crate) use style::{FONT, load_font};

pub use critical_difference::critical_difference;

use crate::{Comparison, Group, GroupScores, ReportError, Row};
use scene::Scene;
use style::Styles;

/// A figure, not yet PNG or SVG.
#[derive(Clone)]
pub struct Figure {
    /// Stem of its file name.
    pub name: String,
    /// What it shows, in a sentence or two.
    pub caption: String,
    scene: Scene,
}

impl Figure {
    /// As a scalable picture.
    pub fn svg(&self) -> Result<String, ReportError> {
        self.scene.svg(&self.name)
    }

    /// As a PNG file.
    pub fn png(&self) -> Result<Vec<u8>, ReportError> {
        self.scene.png(&self.name)
    }
}

/// Every figure of a data set.
pub fn of_group(comparison: &Comparison, group: &Group, _scores: &GroupScores) -> Vec<Figure> {
    let styles = Styles::new(comparison);
    let overview = conditions::has_points(group).then(|| conditions::figure(comparison, group, &styles));
    overview.into_iter().collect()
}

/// The figure of every data set with a result: image AUROC under every condition.
pub fn overview(comparison: &Comparison) -> Vec<Figure> {
    let styles = Styles::new(comparison);
    let groups = comparison.groups.iter().filter(|group| conditions::has_points(group));
    groups.map(|group| conditions::figure(comparison, group, &styles)).collect()
}

/// Whether a data set is in the [`overview`].
pub(crate) fn in_overview(group: &Group) -> bool {
    conditions::has_points(group)
}

/// Methods with their own settings, and their position among the rows; sweeps over test-time options have
/// a figure of their own.
fn methods(group: &Group) -> impl Iterator<Item = (usize, &Row)> {
    group.rows_in_order().filter(|(_, row)| row.setting.is_empty())
}

/// A condition in words; a severity stays on the line of its shift.
pub(crate) fn condition_label(name: &str) -> String {
    match name {
        "id" => "ID".into(),
        name => name.replace('_', " ").replace('-', "\u{a0}").replace('+', " + "),
    }
}
