//! Image AUROC as bars: a group per condition, a bar per method. Bars start at chance, so that their
//! lengths can be compared.

use super::axes::{Axis, Panel};
use super::caption;
use super::drawing::Figure;
use super::page::Page;
use super::scene::{Scene, wrap};
use super::series::{percent, whisker};
use super::style::{PALE, Style, Styles};
use super::words::condition_label;
use crate::result::random_teacher;
use crate::{Comparison, Group};
use harness::metrics::Metric;
use plotters::prelude::{BLACK, Color};
use plotters::style::text_anchor::HPos;

/// More bars than this are split into several panels.
const MOST_BARS: usize = 60;
/// More conditions than this as well.
const MOST_CONDITIONS: usize = 5;
/// Chance, in percent.
const CHANCE: f64 = 50.0;
/// From one line of a condition's name to the next, in units.
const LINE: f64 = 30.0;

/// A method: mean and deviation in percent of every condition.
struct Bars {
    style: Style,
    label: String,
    values: Vec<Option<(f64, Option<f64>)>>,
}

/// The figure; `None` without a result.
pub(super) fn figure(comparison: &Comparison, group: &Group, styles: &Styles) -> Option<Figure> {
    let bars: Vec<Bars> = group
        .methods()
        .map(|(row, of)| {
            let value = |condition| group.score(Metric::DEFAULT, row, condition).ok().map(percent);
            let values = (0..group.conditions.len()).map(value).collect();
            Bars { style: styles.of(of), label: of.label(), values }
        })
        .collect();
    let values = || bars.iter().flat_map(|bars| bars.values.iter().flatten());
    values().next()?;
    let lowest = values().map(|(mean, std)| mean - std.unwrap_or(0.0)).fold(CHANCE, f64::min);

    let most = (MOST_BARS / bars.len()).clamp(1, MOST_CONDITIONS);
    let panels = group.conditions.len().div_ceil(most);
    let per_panel = group.conditions.len().div_ceil(panels);
    let y = Axis::linear("image AUROC in %", ((lowest / 10.0).floor() * 10.0).max(0.0), 101.0);
    let mut page = Page::new(&format!(
        "{} ({}): image AUROC in %, bars start at chance (50 %)",
        group.dataset, comparison.suite
    ));
    let conditions: Vec<usize> = (0..group.conditions.len()).collect();
    for conditions in conditions.chunks(per_panel) {
        page.bottom -= 20.0; // a panel without a title needs no room for one
        let mut x = Axis::linear("", 0.0, conditions.len() as f64);
        x.ticks.clear();
        for mut panel in page.grid(1, 1, 330.0, &x, &y) {
            panel.width *= conditions.len() as f64 / per_panel as f64;
            panel.frame(&mut page.scene, "");
            let lines = names(&mut page.scene, &panel, group, conditions);
            draw(&mut page.scene, &panel, &bars, conditions);
            page.bottom = panel.top + panel.height + 30.0 + LINE * lines as f64 + 12.0;
        }
    }
    page.legend(bars.iter().map(|bars| (bars.style, bars.label.clone())));
    Some(Figure {
        name: format!("{}-bars", group.dataset),
        caption: format!(
            "Image AUROC of every method under every condition of {}. Columns start at chance, 50 %: what \
             hangs below is worse than guessing. The markers below the columns name the methods. {}",
            group.dataset,
            caption::means(group)
        ),
        scene: page.finish(random_teacher(group)),
    })
}

/// Names of conditions below their groups; says how many lines they take.
fn names(scene: &mut Scene, panel: &Panel, group: &Group, conditions: &[usize]) -> usize {
    let band = panel.width * panel.x.share(1.0);
    let mut most = 1;
    for (position, &condition) in conditions.iter().enumerate() {
        let left = panel.at(position as f64, 0.0).0;
        if position > 0 {
            scene.line(&[(left, panel.top), (left, panel.top + panel.height)], PALE, 2.0);
        }
        let lines = wrap(&condition_label(&group.conditions[condition]), band);
        most = most.max(lines.len());
        for (line, words) in lines.iter().enumerate() {
            let y = panel.top + panel.height + 46.0 + LINE * line as f64;
            scene.text(words, (left + band / 2.0, y), HPos::Center, 1.0, BLACK);
        }
    }
    most
}

fn draw(scene: &mut Scene, panel: &Panel, bars: &[Bars], conditions: &[usize]) {
    let band = panel.width * panel.x.share(1.0);
    let step = (0.92 * band / bars.len() as f64).min(60.0);
    for (position, &condition) in conditions.iter().enumerate() {
        let first = panel.at(position as f64 + 0.5, 0.0).0 - step * (bars.len() as f64 - 1.0) / 2.0;
        for (place, bars) in bars.iter().enumerate() {
            let x = first + step * place as f64;
            bars.style.mark(scene, (x, panel.top + panel.height + 16.0));
            let Some((mean, std)) = bars.values[condition] else { continue };
            let y = |value: f64| panel.at(0.0, value).1;
            let (left, right) = (x - 0.42 * step, x + 0.42 * step);
            scene.rectangle(((left, y(mean)), (right, y(CHANCE))), bars.style.colour.mix(0.85));
            if let Some(std) = std {
                whisker(scene, (x, y(mean + std)), (x, y(mean - std)), BLACK);
            }
        }
    }
    let y = panel.at(0.0, CHANCE).1;
    scene.line(&[(panel.left, y), (panel.left + panel.width, y)], BLACK, 1.5);
}
