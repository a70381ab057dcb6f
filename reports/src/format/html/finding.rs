//! What a reader takes home from a data set, in plain words. Every number is image AUROC in %, compared as
//! it is printed.

use crate::result::tenths;
use crate::{Average, Estimate, Group, Row, Score};
use harness::metrics::Metric;
use std::cmp::Reverse;

/// A method with its number.
type Ranked<'a> = (&'a Row, Estimate);

/// The finding of a data set.
pub(super) struct Finding {
    /// The best method and its number, as far as any has all its results.
    pub best: Option<(String, String)>,
    /// Sentences.
    pub sentences: Vec<String>,
}

impl Finding {
    /// Of `group`. Sweeps over test-time options take no part.
    pub fn of(group: &Group) -> Self {
        let (column, words) = main_column(group);
        let (ranked, unranked) = ranking(group, &column);
        let trivial = ranked.iter().filter(|(row, _)| row.baseline).copied().collect::<Vec<_>>();
        let methods = ranked.into_iter().filter(|(row, _)| !row.baseline).collect::<Vec<_>>();
        let mut sentences = Vec::new();
        if methods.is_empty() {
            sentences.push("No method has all its results yet, so none is ranked.".into());
        } else if !unranked.is_empty() {
            sentences
                .push(format!("Not ranked, because results are missing or undefined: {}.", list(&unranked)));
        }
        sentences.extend(lead(&methods, words));
        sentences.extend(under_shift(group, &methods));
        sentences.extend(against_trivial(&methods, &trivial));
        sentences.extend(hardest(group));
        let best = methods.first().map(|(row, estimate)| (row.label(), percent(estimate.mean)));
        Self { best, sentences }
    }
}

/// The number that methods are ranked by, and what it is a mean of.
fn main_column(group: &Group) -> (impl Fn(usize) -> Score + '_, &'static str) {
    let average = match (group.has_id(), group.shifted().is_empty()) {
        (_, true) => None,
        (true, false) => Some(Average::All),
        (false, false) => Some(Average::Ood),
    };
    let words = match average {
        None => "In distribution",
        Some(Average::All) => "On average over ID and all shifts",
        Some(_) => "On average over all shifts",
    };
    let column = move |row| match average {
        Some(average) => group.average(Metric::DEFAULT, row, average),
        None => group.score(Metric::DEFAULT, row, 0),
    };
    (column, words)
}

/// Rows with a number, best first, equal ones in table order; and the methods without one.
fn ranking<'a>(group: &'a Group, column: &impl Fn(usize) -> Score) -> (Vec<Ranked<'a>>, Vec<String>) {
    let (mut ranked, mut unranked) = (Vec::new(), Vec::new());
    for (position, row) in group.methods() {
        match column(position) {
            Ok(estimate) => ranked.push((row, estimate)),
            Err(_) if !row.baseline => unranked.push(row.label()),
            Err(_) => {}
        }
    }
    ranked.sort_by_key(|(_, estimate)| Reverse(tenths(estimate.mean)));
    (ranked, unranked)
}

/// Who leads, by how much, and whether that is more than the spread over seeds.
fn lead(methods: &[Ranked<'_>], words: &str) -> Option<String> {
    let (first, best) = methods.first()?;
    let Some((second, next)) = methods.get(1) else {
        return Some(format!("{words}, {} reaches {} %.", first.label(), percent(best.mean)));
    };
    let ahead = tenths(best.mean) - tenths(next.mean);
    if ahead == 0 {
        let equal = methods.iter().filter(|(_, of)| tenths(of.mean) == tenths(best.mean));
        let equal: Vec<String> = equal.map(|(row, _)| row.label()).collect();
        return Some(format!("{words}, {} share the lead with {} %.", list(&equal), percent(best.mean)));
    }
    let spread = best.std.into_iter().chain(next.std).reduce(f64::max);
    let noise = match spread {
        None => "with a single seed, nobody knows whether that is more than chance".into(),
        Some(std) if ahead > tenths(std) => {
            format!("more than their standard deviation over seeds, {} points", percent(std))
        }
        Some(std) => format!(
            "no more than their standard deviation over seeds, {} points, so the order may be chance",
            percent(std)
        ),
    };
    let (first, second, points) = (first.label(), second.label(), ahead as f64 / 10.0);
    Some(format!(
        "{words}, {first} leads with {} %, {points:.1} points before {second}: {noise}.",
        percent(best.mean)
    ))
}

/// Who is best under shift, and what shift costs.
fn under_shift(group: &Group, methods: &[Ranked<'_>]) -> Option<String> {
    if group.shifted().is_empty() || !group.has_id() {
        return None;
    }
    let position = |row: &Row| group.rows.iter().position(|of| of == row);
    let average = |row: &Row, average| group.average(Metric::DEFAULT, position(row)?, average).ok();
    let numbers = methods.iter().filter_map(|(row, _)| {
        Some((row, average(row, Average::Ood)?.mean, average(row, Average::Drop)?.mean))
    });
    let numbers: Vec<_> = numbers.collect();
    let (best, ood, drop) = numbers.iter().copied().rev().max_by_key(|(_, ood, _)| tenths(*ood))?;
    let (most, _, fall) = numbers.iter().copied().rev().max_by_key(|(_, _, drop)| tenths(*drop))?;
    let side = if tenths(drop) < 0 { "above" } else { "below" };
    let best = format!(
        "Under shift alone, {} is best: {} %, {} points {side} its ID result",
        best.label(),
        percent(ood),
        percent(drop.abs())
    );
    if numbers.len() < 2 || tenths(fall) <= 0 {
        return Some(best + ".");
    }
    Some(format!("{best}; {} loses most, {} points.", most.label(), percent(fall)))
}

/// Whether trivial scores do as well.
fn against_trivial(methods: &[Ranked<'_>], trivial: &[Ranked<'_>]) -> Option<String> {
    let (row, score) = trivial.first().filter(|_| !methods.is_empty())?;
    let (label, score_text) = (row.label(), percent(score.mean));
    let beaten = methods.iter().filter(|(_, of)| tenths(of.mean) <= tenths(score.mean));
    let beaten: Vec<String> = beaten.map(|(row, _)| row.label()).collect();
    Some(if beaten.is_empty() {
        format!("Every method is above the best trivial baseline, {label} ({score_text} %).")
    } else {
        format!(
            "The trivial baseline {label} ({score_text} %) is as good as or better than {}.",
            list(&beaten)
        )
    })
}

/// The shift under which the best method is worst.
fn hardest(group: &Group) -> Option<String> {
    let best = |condition: usize| {
        let rows = group.rows_in_order().filter(|(_, row)| row.settings.is_empty() && !row.baseline);
        let scores = rows.filter_map(|(row, _)| group.score(Metric::DEFAULT, row, condition).ok());
        scores.map(|score| score.mean).reduce(f64::max)
    };
    let found = group.shifted().filter_map(|condition| Some((condition, best(condition)?)));
    let (condition, score) = found.min_by_key(|(_, score)| tenths(*score))?;
    let name = group.conditions[condition].heading();
    (group.shifted().len() > 1)
        .then(|| format!("Hardest is {name}, where the best method reaches {} %.", percent(score)))
}

/// A share in percent.
fn percent(share: f64) -> String {
    format!("{:.1}", tenths(share) as f64 / 10.0)
}

/// `a`, `a and b`, `a, b and c`.
fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
