//! What stands above and below a table.

use crate::result::{few_seeds, random_teacher};
use crate::{Comparison, Group, Hole, Outcome, Row, Scope};
use harness::contract::condition::Condition;
use harness::metrics::{Direction, Metric};
use harness::results::MetricValue;
use std::collections::{BTreeMap, BTreeSet};

/// The line above a table: everything its numbers depend on.
pub(super) fn title(comparison: &Comparison, group: &Group) -> String {
    let seeds: BTreeSet<u64> = group.rows.iter().flat_map(|row| row.seeds.iter().copied()).collect();
    let teachers = teachers(group);
    let versions: BTreeSet<u32> = group.records().map(|(_, record)| record.metrics_version).collect();
    let devices: BTreeSet<String> =
        group.records().map(|(_, record)| record.provenance.device.to_string()).collect();
    let facts = [
        format!("suite {}", comparison.suite),
        format!("{}, {}", group.dataset, categories(group)),
        format!("protocol {}", comparison.protocol),
        if teachers.is_empty() { "no teacher".into() } else { format!("teacher {}", join(&teachers)) },
        format!("{} px", comparison.image_size),
        format!("{} {}", if seeds.len() == 1 { "seed" } else { "seeds" }, join(&seeds)),
        images(group),
        if devices.len() > 1 { format!("mixed devices: {}", join(&devices)) } else { join(&devices) },
        format!("metrics v{}", join(&versions)),
    ];
    if versions.is_empty() { facts[..5].join(" · ") + " · no results yet" } else { facts.join(" · ") }
}

fn categories(group: &Group) -> String {
    match group.categories.len() {
        1 => format!("1 category ({})", group.categories[0]),
        n @ 2..=4 => format!("{n} categories ({})", group.categories.join(", ")),
        n => format!("{n} categories"),
    }
}

/// Images tested per condition, all categories together, as far as records tell.
fn images(group: &Group) -> String {
    let tested: BTreeMap<_, _> =
        group.records().map(|(place, record)| ((place.condition, place.category), record.images)).collect();
    let of_condition = |(condition, categories): (usize, &BTreeSet<usize>)| {
        categories.iter().map(|&category| tested.get(&(condition, category))).sum::<Option<usize>>()
    };
    let counts: BTreeSet<usize> = group.tested.iter().enumerate().filter_map(of_condition).collect();
    match (counts.first(), counts.last()) {
        (Some(least), Some(most)) if least < most => format!("{least} to {most} images per condition"),
        (Some(count), _) => format!("{count} images per condition"),
        _ => "no condition tested in full".into(),
    }
}

fn teachers(group: &Group) -> BTreeSet<&String> {
    group.records().filter_map(|(_, record)| record.teacher.as_ref()).collect()
}

/// The sentences below a table.
pub(super) fn notes(comparison: &Comparison, group: &Group, metric: &Metric, partial: bool) -> Vec<String> {
    let mut notes: Vec<String> = random_teacher(group).into_iter().collect();
    notes.push(format!("{}: {}.", metric.heading, metric.explanation));
    notes.extend(averages(group, metric));
    if group.rows.iter().any(|row| row.seeds.len() > 1) {
        notes.push("±: standard deviation over seeds.".into());
    }
    notes.extend(few_seeds(comparison, group));
    notes.extend(references(group));
    notes.extend(outside(comparison, group));
    if partial {
        notes.push("(n/m): mean over n of m seeds; the others are incomplete.".into());
    }
    notes.extend(holes(group));
    notes.extend(undefined(group, metric));
    if !group.failures.is_empty() {
        let jobs = if group.failures.len() == 1 { "job" } else { "jobs" };
        notes.push(format!("failed: {} {jobs}. The next run tries again.", group.failures.len()));
        notes.extend(group.failures.iter().map(|failed| format!("{}: {}", failed.job, failed.reason)));
    }
    notes
}

/// What stands behind the numbers of methods that keep reference images.
fn references(group: &Group) -> Option<String> {
    let most = group.rows.iter().map(|row| row.references.len()).max().filter(|most| *most > 1)?;
    let rows = group.rows_in_order().map(|(_, row)| row).filter(|row| row.references.len() > 1);
    let labels = join(rows.map(|row| row.label()));
    let single = |row: &Row| !row.settings.is_empty() && row.references.len() == 1;
    let swept = if group.rows.iter().any(single) { "; rows with a setting (@) are of one" } else { "" };
    Some(format!("Numbers of {labels} are means over {most} reference images{swept}."))
}

/// Which rows other programs computed.
fn outside(comparison: &Comparison, group: &Group) -> Option<String> {
    let foreign = |row: usize| comparison.jobs_of(group, row).any(|(_, job)| job.identity.outside.is_some());
    let rows = group.rows_in_order().filter(|(position, _)| foreign(*position));
    let labels: Vec<String> = rows
        .map(|(position, row)| format!("{} ({})", row.label(), comparison.plugin(group, position)))
        .collect();
    (!labels.is_empty()).then(|| format!("Computed by other programs: {}.", labels.join(", ")))
}

fn averages(group: &Group, metric: &Metric) -> Option<String> {
    let worst = match metric.direction {
        Direction::HigherIsBetter => "lowest",
        Direction::LowerIsBetter => "highest",
    };
    (!group.shifted().is_empty()).then(|| {
        let ood = format!("OOD mean: of the shifted columns; worst: the {worst} of them");
        let all = "Avg.: mean of ID and all shifted columns, as in papers";
        if Scope::with_id(group, metric) {
            format!("{all}; {ood}; drop: ID less OOD mean.")
        } else {
            format!("{ood}.")
        }
    })
}

fn holes(group: &Group) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut planned = 0;
    for place in group.places() {
        planned += 1;
        let why = match group.cells.get(&place) {
            None => "not in the suite that was run",
            Some(Outcome::Hole(Hole::Missing)) => "not run yet",
            Some(Outcome::Hole(Hole::Outdated)) => "computed from other inputs",
            Some(Outcome::Hole(Hole::Damaged(_))) => "damaged",
            Some(Outcome::Done(_) | Outcome::Failed(_)) => continue,
        };
        *counts.entry(why).or_default() += 1;
    }
    let missing: usize = counts.values().sum();
    let reasons: Vec<_> = counts.iter().map(|(why, count)| format!("{count} {why}")).collect();
    (missing > 0).then(|| format!("—: {missing} of {planned} results are missing ({}).", reasons.join(", ")))
}

/// One sentence per reason: which methods, conditions and categories it concerns.
fn undefined(group: &Group, metric: &Metric) -> Vec<String> {
    let mut reasons: BTreeMap<&str, [BTreeSet<usize>; 3]> = BTreeMap::new();
    for (place, record) in group.records() {
        let reason = match record.metrics.get(metric.name) {
            Some(MetricValue::Value(_)) => continue,
            _ if metric.across_conditions()
                && group.conditions[place.condition].condition == Condition::Id =>
            {
                continue;
            }
            Some(MetricValue::Undefined(reason)) => reason,
            None => "not recorded",
        };
        let [rows, conditions, categories] = reasons.entry(reason).or_default();
        rows.insert(place.row);
        conditions.insert(place.condition);
        categories.insert(place.category);
    }
    let labels: Vec<String> = group.rows.iter().map(|row| row.label()).collect();
    let conditions: Vec<String> = group.conditions.iter().map(|tested| tested.label.clone()).collect();
    let tested = if metric.across_conditions() { group.shifted() } else { 0..conditions.len() };
    let sentence = |(reason, [rows, of, categories]): (&str, [BTreeSet<usize>; 3])| {
        format!(
            "undef.: {reason} ({}; {}; {}).",
            which("methods", &rows, &labels, labels.len()),
            which("conditions", &of, &conditions, tested.len()),
            which("categories", &categories, &group.categories, group.categories.len()),
        )
    };
    reasons.into_iter().map(sentence).collect()
}

fn which(kind: &str, chosen: &BTreeSet<usize>, names: &[String], all: usize) -> String {
    if chosen.len() == all { format!("all {kind}") } else { join(chosen.iter().map(|&i| &names[i])) }
}

fn join(items: impl IntoIterator<Item = impl ToString>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
