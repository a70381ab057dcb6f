//! What a method can do as trained against what is left of it under shift: a point per method.

use super::axes::Axis;
use super::caption;
use super::drawing::Figure;
use super::page::Page;
use super::scatter::{self, Dot};
use super::series::percent;
use super::style::{GREY, Styles};
use crate::result::random_teacher;
use crate::{Average, Comparison, Group};
use harness::metrics::Metric;

/// The figure; `None` where no method has a result on both sides.
pub(super) fn figure(comparison: &Comparison, group: &Group, styles: &Styles) -> Option<Figure> {
    if !group.has_id() || group.shifted().is_empty() {
        return None;
    }
    let dots: Vec<Dot> = group
        .methods()
        .filter_map(|(row, of)| {
            let id = percent(group.score(Metric::DEFAULT, row, 0).ok()?);
            let ood = percent(group.average(Metric::DEFAULT, row, Average::Ood).ok()?);
            let (label, style) = (of.label(), styles.of(of));
            Some(Dot { label, style, x: id.0, y: ood.0, x_std: id.1, y_std: ood.1 })
        })
        .collect();
    if dots.is_empty() {
        return None;
    }
    let lowest = |values: &dyn Fn(&Dot) -> f64| dots.iter().map(values).fold(100.0, f64::min);
    let x = Axis::auroc("image AUROC on ID in %", lowest(&|dot| dot.x - dot.x_std.unwrap_or(0.0)));
    let y = Axis::auroc("mean OOD AUROC in %", lowest(&|dot| dot.y - dot.y_std.unwrap_or(0.0)));
    // Both axes end at 101; the diagonal begins where the higher one does.
    let corner = x.from.max(y.from);
    let mut page = Page::new(&format!(
        "{} ({}): image AUROC, ID against OOD (dashed: no loss)",
        group.dataset, comparison.suite
    ));
    page.bottom -= 20.0; // a panel without a title needs no room for one
    for panel in page.grid(1, 1, 620.0, &x, &y) {
        panel.frame(&mut page.scene, "");
        let (from, to) = (panel.at(corner, corner), panel.at(101.0, 101.0));
        page.scene.dashes((from, to), GREY, 1.5);
        let named = scatter::draw(&mut page.scene, &panel, &dots, (from, to));
        let nameless = dots.iter().zip(named).filter(|(_, named)| !named);
        page.legend(nameless.map(|(dot, _)| (dot.style, dot.label.clone())));
    }
    Some(Figure {
        name: format!("{}-id-ood", group.dataset),
        caption: format!(
            "Image AUROC in distribution against the mean over the {} shifted conditions of {}; on the dashed \
             line a shift costs nothing. {}",
            group.shifted().len(),
            group.dataset,
            caption::means(group)
        ),
        scene: page.finish(random_teacher(group)),
    })
}
