//! What makes numbers less than they seem, said wherever they are shown.

use crate::{Comparison, Group};
use std::collections::BTreeSet;

/// Said under everything made with teachers that were never trained; which methods it concerns, where it does not
/// concern all that have a teacher.
pub(crate) fn random_teacher(group: &Group) -> Option<String> {
    let with_teacher = group.records().filter(|(_, record)| record.teacher.is_some());
    let taught: BTreeSet<usize> = with_teacher.map(|(place, _)| place.row).collect();
    let random: Vec<String> =
        group.rows_in_order().filter(|(_, row)| row.random_teacher).map(|(_, row)| row.label()).collect();
    let which = match (random.is_empty(), random.len() < taught.len()) {
        (true, _) => return None,
        (false, false) => {
            return Some(
                "Random teacher weights: these numbers say nothing about the published methods.".into(),
            );
        }
        // A figure has one line for this.
        (false, true) if random.len() > 4 => format!("{} methods", random.len()),
        (false, true) => random.join(", "),
    };
    Some(format!("Random teacher weights of {which}: their numbers say nothing about the published methods."))
}

/// Equal terms ask for a spread that few seeds cannot give.
pub(crate) fn few_seeds(comparison: &Comparison, group: &Group) -> Option<String> {
    let wanted = comparison.protocol.default_seeds().len();
    let seeds = group.rows.iter().map(|row| row.seeds.len()).min().filter(|seeds| *seeds < wanted)?;
    Some(match seeds {
        1 => format!(
            "1 seed: how far results vary with the seed is unknown, so small differences say nothing; the \
             protocol's default is {wanted} seeds."
        ),
        _ => format!(
            "{seeds} seeds: too few to know how far results vary with the seed; the protocol's default is \
             {wanted}."
        ),
    })
}
