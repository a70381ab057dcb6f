//! ROC curves of every method: a panel for ID and for shifted conditions.
//!
//! A curve is the mean of its cells' curves at equal false-positive rate (vertical averaging: Fawcett, "An
//! introduction to ROC analysis", 2006, section 8.1), so the area below it is the mean of their AUROCs.

use super::axes::Axis;
use super::caption;
use super::drawing::Figure;
use super::page::Page;
use super::scene::Point;
use super::style::{GREY, Styles};
use super::words::condition_label;
use crate::result::random_teacher;
use crate::{Comparison, Group, GroupScores};
use harness::metrics::Metric;
use harness::results::ScoredImage;

/// Panels of a page, ID included.
const MOST_PANELS: usize = 6;
/// False-positive rates of a curve; up to two points at each.
const MOST_RATES: usize = 96;

/// The figure; `None` without scores of both classes.
pub(super) fn figure(
    comparison: &Comparison,
    group: &Group,
    scores: &GroupScores,
    styles: &Styles,
) -> Option<Figure> {
    let shown = shown(group);
    let rows: Vec<_> = group.methods().collect();
    let curve = |row, condition| mean_curve(&cells(group, scores, row, condition)?);
    let panels: Vec<(usize, Vec<Option<Vec<Point>>>)> = (shown.iter())
        .map(|&condition| (condition, rows.iter().map(|(row, _)| curve(*row, condition)).collect()))
        .filter(|(_, curves): &(_, Vec<Option<_>>)| curves.iter().any(Option::is_some))
        .collect();
    if panels.is_empty() {
        return None;
    }
    let mut page = Page::new(&format!("{} ({}): ROC curves", group.dataset, comparison.suite));
    let columns = match panels.len() {
        few @ 1..=2 => few,
        4 => 2,
        _ => 3,
    };
    let height = [560.0, 460.0, 310.0][columns - 1];
    let x = Axis::linear("false-positive rate", 0.0, 1.0);
    let y = Axis::linear("true-positive rate", 0.0, 1.0);
    for (panel, (condition, curves)) in page.grid(panels.len(), columns, height, &x, &y).iter().zip(&panels) {
        panel.frame(&mut page.scene, &condition_label(&group.conditions[*condition]));
        page.scene.dashes((panel.at(0.0, 0.0), panel.at(1.0, 1.0)), GREY, 1.5);
        for (position, ((_, of), curve)) in rows.iter().zip(curves).enumerate() {
            let Some(curve) = curve else { continue };
            let style = styles.of(of);
            let line: Vec<Point> = curve.iter().map(|(x, y)| panel.at(*x, *y)).collect();
            page.scene.line(&line, style.colour, 2.0);
            // Each method's marker has a rate of its own, so that markers of near curves stay apart.
            let rate = 0.08 + 0.84 * (position as f64 + 0.5) / rows.len() as f64;
            style.mark(&mut page.scene, panel.at(rate, around(curve, rate).1));
        }
    }
    page.legend(rows.iter().map(|(_, of)| (styles.of(of), of.label())));
    let left_out = group.conditions.len() - shown.len();
    let left_out = match left_out {
        0 => String::new(),
        _ => format!(" The {left_out} shifted conditions with the highest mean AUROC are left out."),
    };
    Some(Figure {
        name: format!("{}-roc", group.dataset),
        caption: format!(
            "ROC curves on {}: the mean true-positive rate at each false-positive rate, over categories, \
             reference images and seeds, so that the area below a curve is the AUROC of the tables. The \
             dashed line is chance; each curve has its marker somewhere.{left_out} {}",
            group.dataset,
            caption::counts(group)
        ),
        scene: page.finish(random_teacher(group)),
    })
}

/// ID and the shifted conditions; the worst of these, in the suite's order, if they are too many.
fn shown(group: &Group) -> Vec<usize> {
    let id = group.has_id().then_some(0);
    let room = MOST_PANELS - usize::from(group.has_id());
    let mean = |condition: usize| {
        let scores: Vec<f64> = group
            .methods()
            .filter_map(|(row, _)| Some(group.score(Metric::DEFAULT, row, condition).ok()?.mean))
            .collect();
        if scores.is_empty() { f64::INFINITY } else { scores.iter().sum::<f64>() / scores.len() as f64 }
    };
    let mut shifted: Vec<(f64, usize)> =
        group.shifted().map(|condition| (mean(condition), condition)).collect();
    shifted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut worst: Vec<usize> = shifted.into_iter().take(room).map(|(_, condition)| condition).collect();
    worst.sort();
    id.into_iter().chain(worst).collect()
}

/// The curves of a row's cells under a condition: those of every seed that has all of them, as in tables.
fn cells(group: &Group, scores: &GroupScores, row: usize, condition: usize) -> Option<Vec<Vec<Point>>> {
    let of_seed = |&seed: &u64| -> Option<Vec<Vec<Point>>> {
        group.places_of(row, condition, seed).map(|place| corners(scores.get(&place)?)).collect()
    };
    let curves: Vec<_> = group.rows[row].seeds.iter().filter_map(of_seed).flatten().collect();
    (!curves.is_empty()).then_some(curves)
}

/// The corners of a ROC curve from (0, 0) to (1, 1), as (false-positive rate, true-positive rate). Images
/// of equal score share a straight piece. `None` where a class is missing.
fn corners(lines: &[ScoredImage]) -> Option<Vec<Point>> {
    let mut ranked: Vec<(f32, bool)> = lines.iter().map(|line| (line.score, line.anomalous != 0)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let anomalous = ranked.iter().filter(|(_, anomalous)| *anomalous).count();
    let normal = ranked.len() - anomalous;
    if anomalous == 0 || normal == 0 {
        return None;
    }
    let (mut hits, mut alarms) = (0, 0);
    let mut corners = vec![(0.0, 0.0)];
    for equal in ranked.chunk_by(|a, b| a.0 == b.0) {
        let found = equal.iter().filter(|(_, anomalous)| *anomalous).count();
        hits += found;
        alarms += equal.len() - found;
        corners.push((alarms as f64 / normal as f64, hits as f64 / anomalous as f64));
    }
    Some(corners)
}

/// The mean of several curves: at every rate where one has a corner, or at evenly spaced ones if those
/// would be too many.
fn mean_curve(curves: &[Vec<Point>]) -> Option<Vec<Point>> {
    let mut rates: Vec<f64> = curves.iter().flatten().map(|(rate, _)| *rate).collect();
    rates.sort_by(f64::total_cmp);
    rates.dedup();
    if rates.len() > MOST_RATES {
        rates = (0..MOST_RATES).map(|step| step as f64 / (MOST_RATES - 1) as f64).collect();
    }
    let count = curves.len() as f64;
    let mut mean: Vec<Point> = Vec::new();
    for rate in rates {
        let ends = curves.iter().map(|curve| around(curve, rate));
        let (low, high) = ends.fold((0.0, 0.0), |sum, (low, high)| (sum.0 + low, sum.1 + high));
        mean.push((rate, low / count));
        if high > low {
            mean.push((rate, high / count));
        }
    }
    (!curves.is_empty()).then_some(mean)
}

/// The true-positive rates of a curve on either side of its jump at `rate`; equal where it has none.
fn around(curve: &[Point], rate: f64) -> (f64, f64) {
    let first = curve.partition_point(|(x, _)| *x < rate);
    let after = curve.partition_point(|(x, _)| *x <= rate);
    match (curve.get(first), after.checked_sub(1).and_then(|last| curve.get(last))) {
        (Some(&(x, low)), Some(&(_, high))) if x == rate => (low, high),
        (Some(&(right, high)), Some(&(left, low))) => {
            let y = low + (high - low) * (rate - left) / (right - left);
            (y, y)
        }
        _ => (1.0, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::metrics::auroc;

    fn lines(images: usize, step: usize, ties: usize) -> Vec<ScoredImage> {
        let line = |i: usize| {
            let anomalous = u8::from(i.is_multiple_of(3));
            let score = ((i * step) % ties) as f32 + 2.0 * f32::from(anomalous);
            ScoredImage { image: i.to_string(), anomalous, score }
        };
        (0..images).map(line).collect()
    }

    fn area(curve: &[Point]) -> f64 {
        curve.windows(2).map(|pair| (pair[1].0 - pair[0].0) * (pair[0].1 + pair[1].1) / 2.0).sum()
    }

    fn auroc_of(lines: &[ScoredImage]) -> f64 {
        let scores: Vec<f64> = lines.iter().map(|line| f64::from(line.score)).collect();
        let labels: Vec<bool> = lines.iter().map(|line| line.anomalous != 0).collect();
        auroc(&scores, &labels).unwrap()
    }

    #[test]
    fn the_area_below_a_mean_curve_is_the_mean_auroc() {
        let cells = [lines(30, 7, 11), lines(45, 5, 13), lines(24, 11, 3)];
        let curves: Vec<_> = cells.iter().map(|lines| corners(lines).unwrap()).collect();
        for (curve, lines) in curves.iter().zip(&cells) {
            assert!((area(curve) - auroc_of(lines)).abs() < 1e-12);
        }
        let mean = cells.iter().map(|lines| auroc_of(lines)).sum::<f64>() / 3.0;
        assert!((area(&mean_curve(&curves).unwrap()) - mean).abs() < 1e-12);
    }

    #[test]
    fn many_images_make_no_more_points() {
        let cells = [lines(900, 7, 211), lines(1000, 11, 307)];
        let curves: Vec<_> = cells.iter().map(|lines| corners(lines).unwrap()).collect();
        let curve = mean_curve(&curves).unwrap();
        assert!(curve.len() <= 200, "{}", curve.len());
        let mean = (auroc_of(&cells[0]) + auroc_of(&cells[1])) / 2.0;
        assert!((area(&curve) - mean).abs() < 2e-3, "{} {mean}", area(&curve));
    }

    #[test]
    fn one_class_has_no_curve() {
        let mut lines = lines(9, 1, 5);
        lines.retain(|line| line.anomalous == 0);
        assert_eq!(corners(&lines), None);
    }
}
