//! Figures: one file each, all in one house style, drawn as PNG and SVG from the same [`scene`].

mod axes;
mod bars;
mod caption;
mod conditions;
mod cost;
mod critical_difference;
mod histogram;
mod id_ood;
mod legend;
mod page;
mod roc;
mod scatter;
mod scene;
mod series;
mod severity;
mod style;
mod sweep;

pub(crate) use style::{FONT, load_font};

pub use critical_difference::critical_difference;

use crate::{Comparison, Group, GroupScores, ReportError, Row, Tested};
use harness::contract::condition::Condition;
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

/// Every figure of a data set, each only if the run has what it shows.
pub fn of_group(comparison: &Comparison, group: &Group, scores: &GroupScores) -> Vec<Figure> {
    let styles = &Styles::new(comparison);
    let results = [
        overview(comparison, group),
        bars::figure(comparison, group, styles),
        id_ood::figure(comparison, group, styles),
    ];
    let figures = results.into_iter().flatten();
    let figures = figures.chain(severity::figure(comparison, group, styles));
    let figures = figures.chain(sweep::figures(comparison, group, styles));
    let figures = figures.chain(roc::figure(comparison, group, scores, styles));
    let figures = figures.chain(histogram::figure(comparison, group, scores));
    figures.chain(cost::figure(comparison, group, styles)).collect()
}

/// Image AUROC under every condition; `None` for a data set without a result.
pub fn overview(comparison: &Comparison, group: &Group) -> Option<Figure> {
    conditions::has_points(group).then(|| conditions::figure(comparison, group, &Styles::new(comparison)))
}

/// Methods with their own settings, and their position among the rows; sweeps over test-time options have
/// a figure of their own.
fn methods(group: &Group) -> impl Iterator<Item = (usize, &Row)> {
    group.rows_in_order().filter(|(_, row)| row.settings.is_empty())
}

/// A condition in words; a severity stays on the line of its shift.
pub(crate) fn condition_label(tested: &Tested) -> String {
    match tested.condition {
        Condition::Id => "ID".into(),
        _ => plain_words(&tested.label).replace('-', "\u{a0}").replace('+', " + "),
    }
}

/// A name of several words without underscores.
fn plain_words(name: &str) -> String {
    name.replace('_', " ")
}
