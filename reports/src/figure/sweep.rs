//! Image AUROC against the value of a test-time option, such as ATTA's alpha: a line per method that was
//! tested at other values than its own.

use super::axes::Axis;
use super::caption;
use super::drawing::Figure;
use super::page::Page;
use super::series::{Series, aside};
use super::style::Styles;
use super::words::condition_label;
use crate::result::random_teacher;
use crate::{Average, Comparison, Estimate, Group, Row};
use harness::contract::detector::REFERENCE;
use harness::metrics::Metric;
use harness::results::JobRecord;
use std::collections::BTreeSet;

/// More conditions than this are summed up as ID and OOD mean.
const MOST_CONDITIONS: usize = 6;

/// What a panel shows.
#[derive(Clone, Copy)]
enum Shown {
    Condition(usize),
    OodMean,
}

/// A method at several values of an option.
struct Swept<'a> {
    own: &'a Row,
    /// Row of each value, the lowest first.
    rows: Vec<(f64, usize)>,
    own_value: Option<f64>,
}

/// A figure per option that was swept over numbers.
pub(super) fn figures(comparison: &Comparison, group: &Group, styles: &Styles) -> Vec<Figure> {
    let options: BTreeSet<&str> =
        group.rows.iter().filter_map(|row| numeric(row)).map(|(option, _)| option).collect();
    options.into_iter().filter_map(|option| figure(comparison, group, styles, option)).collect()
}

fn figure(comparison: &Comparison, group: &Group, styles: &Styles, option: &str) -> Option<Figure> {
    let group = &with_one_reference(comparison, group);
    let all = swept(comparison, group, option);
    let score = |shown, row| -> Option<Estimate> {
        match shown {
            Shown::Condition(condition) => group.score(Metric::DEFAULT, row, condition).ok(),
            Shown::OodMean => group.average(Metric::DEFAULT, row, Average::Ood).ok(),
        }
    };
    let most = all.iter().map(|swept| swept.rows.len()).max().unwrap_or(1);
    let room = (240.0 / most as f64).min(40.0);
    let series = |shown: Shown| -> Vec<Series> {
        let of = |(position, swept): (usize, &Swept)| Series {
            style: styles.of(swept.own),
            points: (swept.rows.iter())
                .filter_map(|&(value, row)| Some((value, score(shown, row)?)))
                .collect(),
            aside: aside(position, all.len(), room),
        };
        all.iter().enumerate().map(of).collect()
    };
    let panels: Vec<_> = contents(group).into_iter().map(|shown| (shown, series(shown))).collect();
    let drawn = || panels.iter().flat_map(|(_, series)| series);
    let values = || drawn().flat_map(|series| series.points.iter().map(|(value, _)| *value));
    let (from, to) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    if from >= to || from.is_infinite() {
        return None;
    }
    let edge = 0.12 * (to - from);
    let x = Axis::linear(option, from - edge, to + edge);
    let y = Axis::auroc("image AUROC in %", drawn().map(Series::lowest).fold(100.0, f64::min));
    let mut page = Page::new(&format!(
        "{} ({}): image AUROC in % against {option}{}",
        group.dataset,
        comparison.suite,
        y.dashed()
    ));
    let columns = match panels.len() {
        1..=2 => panels.len(),
        4 => 2,
        _ => 3,
    };
    let places = page.grid(panels.len(), columns, 330.0, &x, &y);
    for ((shown, series), panel) in panels.iter().zip(&places) {
        let title = match shown {
            Shown::Condition(condition) => condition_label(&group.conditions[*condition]),
            Shown::OodMean => "OOD mean".into(),
        };
        panel.frame(&mut page.scene, &title);
        panel.chance(&mut page.scene);
        for (series, swept) in series.iter().zip(&all) {
            series.draw(&mut page.scene, panel);
            let own = series.points.iter().find(|(value, _)| Some(*value) == swept.own_value);
            if let Some((value, score)) = own {
                let (x, y) = panel.at(*value, 100.0 * score.mean);
                page.scene.circle((x + series.aside, y), 14.0, series.style.colour, 2.0);
            }
        }
    }
    page.legend(all.iter().map(|swept| (styles.of(swept.own), swept.own.label())));
    let several = group.methods().any(|(_, row)| row.references != BTreeSet::from([None]));
    let reference =
        if several { " Methods that use a reference image are scored with their own one." } else { "" };
    let strange = all.iter().any(|swept| swept.own_value.is_none());
    let without = if strange { " Methods without one do not use the option by themselves." } else { "" };
    Some(Figure {
        name: format!("{}-{option}", group.dataset),
        caption: format!(
            "Image AUROC on {} against the test-time option {option}, nothing trained again; a circle marks \
             the value that a method has by itself.{without}{reference} {}",
            group.dataset,
            caption::means(group)
        ),
        scene: page.finish(random_teacher(group)),
    })
}

fn contents(group: &Group) -> Vec<Shown> {
    if group.conditions.len() <= MOST_CONDITIONS {
        return (0..group.conditions.len()).map(Shown::Condition).collect();
    }
    let id = group.has_id().then_some(Shown::Condition(0));
    id.into_iter().chain([Shown::OodMean]).collect()
}

/// The option and value of a row that differs from its method in one numeric option alone.
fn numeric(row: &Row) -> Option<(&str, f64)> {
    let (option, value) = row.settings.iter().next().filter(|_| row.settings.len() == 1)?;
    value.as_f64().map(|value| (option.as_str(), value))
}

fn swept<'a>(comparison: &Comparison, group: &'a Group, option: &str) -> Vec<Swept<'a>> {
    let of_method = |(position, own): (usize, &'a Row)| {
        let others = group.rows.iter().enumerate().filter(|(_, row)| row.method == own.method);
        let other = |(position, row): (usize, &Row)| {
            numeric(row).filter(|(name, _)| *name == option).map(|(_, value)| (value, position))
        };
        let mut rows: Vec<(f64, usize)> = others.filter_map(other).collect();
        let training = trainings(comparison, group, position).next();
        let own_value = training.and_then(|training| training.method.options.get(option)?.as_f64());
        if rows.is_empty() {
            return None;
        }
        rows.extend(own_value.map(|value| (value, position)));
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        Some(Swept { own, rows, own_value })
    };
    group.methods().filter_map(of_method).collect()
}

/// The trainings behind a row.
fn trainings<'a>(
    comparison: &'a Comparison,
    group: &'a Group,
    row: usize,
) -> impl Iterator<Item = &'a JobRecord> {
    let files = group.files.iter().filter(move |(place, _)| place.row == row);
    files.filter_map(|(_, file)| comparison.jobs.get(&file.job))
}

/// The data set as it would be if methods had been scored with their own reference image alone, like
/// rows of a sweep.
fn with_one_reference(comparison: &Comparison, group: &Group) -> Group {
    let mut narrow = group.clone();
    for position in 0..group.rows.len() {
        let own = trainings(comparison, group, position)
            .find_map(|training| training.method.options.get(REFERENCE)?.as_u64())
            .map(|reference| reference as usize);
        let references = &mut narrow.rows[position].references;
        if references.len() > 1 && references.contains(&own) {
            *references = BTreeSet::from([own]);
        }
    }
    narrow
}
