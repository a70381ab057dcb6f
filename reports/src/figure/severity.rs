//! Image AUROC against the severity of a shift: a panel per shift, a line per method.

use super::axes::Axis;
use super::caption;
use super::drawing::Figure;
use super::page::Page;
use super::series::{Series, aside};
use super::style::Styles;
use super::words::plain_words;
use crate::result::random_teacher;
use crate::result::severity;
use crate::{Comparison, Group};
use harness::metrics::Metric;

/// A shift at several severities: the condition of each, weakest first. Severity 0 is ID.
struct Ladder {
    shift: String,
    rungs: Vec<(u8, usize)>,
}

/// The figure; `None` where no shift has results at two severities.
pub(super) fn figure(comparison: &Comparison, group: &Group, styles: &Styles) -> Option<Figure> {
    let score = |row, condition| group.score(Metric::DEFAULT, row, condition).ok();
    let rows: Vec<_> = group.methods().collect();
    let series = |ladder: &Ladder| -> Vec<Series> {
        let of_row = |(position, (row, of)): (usize, &(usize, &crate::Row))| Series {
            style: styles.of(of),
            points: (ladder.rungs.iter())
                .filter_map(|&(severity, condition)| Some((f64::from(severity), score(*row, condition)?)))
                .collect(),
            aside: aside(position, rows.len(), 60.0),
        };
        rows.iter().enumerate().map(of_row).filter(|series| !series.points.is_empty()).collect()
    };
    let shown: Vec<_> = (ladders(group).into_iter())
        .map(|ladder| (series(&ladder), ladder))
        .filter(|(series, _)| {
            let shifted =
                |series: &Series| series.points.iter().filter(|(severity, _)| *severity > 0.0).count();
            series.iter().any(|series| shifted(series) > 1)
        })
        .collect();
    let strongest = shown.iter().filter_map(|(_, ladder)| ladder.rungs.last()).map(|(s, _)| *s).max()?;
    let lowest = shown.iter().flat_map(|(series, _)| series.iter().map(Series::lowest)).fold(100.0, f64::min);

    let y = Axis::auroc("image AUROC in %", lowest);
    let from = if group.has_id() { 0 } else { 1 };
    let mut x = Axis::linear("severity", f64::from(from) - 0.5, f64::from(strongest) + 0.5);
    let tick = |severity: u8| if severity == 0 { "ID".into() } else { severity.to_string() };
    x.ticks = (from..=strongest).map(|severity| (f64::from(severity), tick(severity))).collect();
    let mut page = Page::new(&format!(
        "{} ({}): image AUROC in % against severity{}",
        group.dataset,
        comparison.suite,
        y.dashed()
    ));
    let columns = if shown.len() > 6 { 3 } else { shown.len().min(2) };
    let panels = page.grid(shown.len(), columns, 330.0, &x, &y);
    for ((series, ladder), panel) in shown.iter().zip(&panels) {
        panel.frame(&mut page.scene, &plain_words(&ladder.shift));
        panel.chance(&mut page.scene);
        series.iter().for_each(|series| series.draw(&mut page.scene, panel));
    }
    page.legend(rows.iter().map(|(_, of)| (styles.of(of), of.label())));
    let id = if group.has_id() { " Severity 0 is ID, the same in every panel." } else { "" };
    Some(Figure {
        name: format!("{}-severity", group.dataset),
        caption: format!(
            "Image AUROC of every method against the severity of each shift on {}.{id} {} Methods stand \
             slightly aside of each other.",
            group.dataset,
            caption::means(group)
        ),
        scene: page.finish(random_teacher(group)),
    })
}

/// Every shift with at least two severities, in the suite's order.
fn ladders(group: &Group) -> Vec<Ladder> {
    let id = group.has_id().then_some((0, 0));
    let mut ladders: Vec<Ladder> = Vec::new();
    for condition in group.shifted() {
        let Some((shift, severity)) = severity(group, condition) else { continue };
        let rung = (severity, condition);
        match ladders.iter_mut().find(|ladder| ladder.shift == shift) {
            Some(ladder) => ladder.rungs.push(rung),
            None => {
                ladders.push(Ladder { shift: shift.into(), rungs: id.into_iter().chain([rung]).collect() })
            }
        }
    }
    ladders.iter_mut().for_each(|ladder| ladder.rungs.sort());
    ladders
}
