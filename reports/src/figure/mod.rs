//! Figures: one file each, all in one house style, drawn as PNG and SVG from the same `scene`.

mod axes;
mod bars;
mod caption;
mod conditions;
mod cost;
mod critical_difference;
mod drawing;
mod font;
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
mod words;

pub(crate) use font::{FONT, load_font};
pub(crate) use words::condition_label;

pub use critical_difference::critical_difference;
pub use drawing::Figure;

use crate::{Comparison, Group, GroupScores};
use style::Styles;

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
