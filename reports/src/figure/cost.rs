//! What accuracy under shift costs: training time, and time per image.

use super::axes::Axis;
use super::caption;
use super::drawing::Figure;
use super::page::Page;
use super::scatter::{self, Dot};
use super::series::percent;
use super::style::Styles;
use crate::result::random_teacher;
use crate::{Average, Comparison, Group};
use harness::metrics::Metric;
use std::collections::BTreeSet;

/// Times below these stand at the left edge: seconds of a training, milliseconds of an image.
const SHORTEST: [f64; 2] = [0.1, 0.01];

/// A method with both times, in the units of [`SHORTEST`].
struct Costed {
    times: [f64; 2],
    dot: Dot,
}

/// The figure; `None` where no method has results under every shift together with its training's record.
pub(super) fn figure(comparison: &Comparison, group: &Group, styles: &Styles) -> Option<Figure> {
    if group.shifted().is_empty() {
        return None;
    }
    let costed: Vec<Costed> = group
        .methods()
        .filter_map(|(row, of)| {
            let ood = percent(group.average(Metric::DEFAULT, row, Average::Ood).ok()?);
            let times = [training(comparison, group, row)?, scoring(group, row)?];
            let dot =
                Dot { label: of.label(), style: styles.of(of), x: 0.0, y: ood.0, x_std: None, y_std: ood.1 };
            Some(Costed { times, dot })
        })
        .collect();
    if costed.is_empty() {
        return None;
    }
    let lowest = costed.iter().map(|c| c.dot.y - c.dot.y_std.unwrap_or(0.0)).fold(100.0, f64::min);
    let y = Axis::auroc("mean OOD AUROC in %", lowest);
    let axes = [axis("seconds of one training", &costed, 0), axis("milliseconds per image", &costed, 1)];
    let mut page = Page::new(&format!(
        "{} ({}): cost against image AUROC{}",
        group.dataset,
        comparison.suite,
        y.dashed()
    ));
    let mut panels = page.grid(2, 2, 520.0, &axes[0], &y);
    panels[1].x = axes[1].clone();
    let mut dots: Vec<Dot> = Vec::new();
    let mut times: Vec<[f64; 2]> = Vec::new();
    for Costed { times: of, dot } in costed {
        times.push(of);
        dots.push(dot);
    }
    let mut nameless = BTreeSet::new();
    for (kind, panel) in panels.iter().enumerate() {
        panel.frame(&mut page.scene, ["Training", "Scoring"][kind]);
        panel.chance(&mut page.scene);
        for (dot, times) in dots.iter_mut().zip(&times) {
            dot.x = times[kind].max(SHORTEST[kind]);
        }
        let named = scatter::draw(
            &mut page.scene,
            panel,
            &dots,
            (panel.at(panel.x.from, 50.0), panel.at(panel.x.to, 50.0)),
        );
        nameless.extend((0..dots.len()).filter(|dot| !named[*dot]));
    }
    page.legend(nameless.iter().map(|&dot| (dots[dot].style, dots[dot].label.clone())));
    let short = times.iter().any(|times| times[0] < SHORTEST[0] || times[1] < SHORTEST[1]);
    let edge = if short {
        format!(" What takes less than {} s or {} ms stands at those values.", SHORTEST[0], SHORTEST[1])
    } else {
        String::new()
    };
    Some(Figure {
        name: format!("{}-cost", group.dataset),
        caption: format!(
            "Mean image AUROC under the shifts of {} against the time of one training and of scoring one \
             image, in wall-clock time on {}, with other jobs beside.{edge} {}",
            group.dataset,
            devices(group),
            caption::means(group)
        ),
        scene: page.finish(random_teacher(group)),
    })
}

/// Mean seconds of a row's trainings.
fn training(comparison: &Comparison, group: &Group, row: usize) -> Option<f64> {
    let files = group.files.iter().filter(|(place, _)| place.row == row);
    let jobs: BTreeSet<&String> = files.map(|(_, file)| &file.job).collect();
    let seconds: Vec<f64> =
        jobs.into_iter().filter_map(|job| Some(comparison.jobs.get(job)?.training.seconds)).collect();
    (!seconds.is_empty()).then(|| seconds.iter().sum::<f64>() / seconds.len() as f64)
}

/// Milliseconds that a row takes to score an image, over all its cells.
fn scoring(group: &Group, row: usize) -> Option<f64> {
    let records = || group.records().filter(|(place, _)| place.row == row).map(|(_, record)| record);
    let images: usize = records().map(|record| record.images).sum();
    let seconds: f64 = records().map(|record| record.scoring.seconds).sum();
    (images > 0).then(|| 1000.0 * seconds / images as f64)
}

/// Device and processor of every record.
fn devices(group: &Group) -> String {
    let device = |record: &harness::results::CellRecord| {
        let made = &record.provenance;
        format!("{} ({}, {} threads)", made.device, made.cpu, made.threads)
    };
    let devices: BTreeSet<String> = group.records().map(|(_, record)| device(record)).collect();
    caption::listed(&devices.into_iter().collect::<Vec<_>>())
}

/// A logarithmic axis with room for the times of one kind.
fn axis(label: &str, costed: &[Costed], kind: usize) -> Axis {
    let times = || costed.iter().map(|costed| costed.times[kind].max(SHORTEST[kind]));
    let (least, most) = (times().fold(f64::INFINITY, f64::min), times().fold(0.0, f64::max));
    // At least a decade, so that there are ticks.
    let room = (10f64.sqrt() / (most / least).sqrt()).max(1.5);
    Axis::log(label, least / room, most * room)
}
