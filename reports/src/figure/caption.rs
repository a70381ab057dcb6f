//! Sentences that captions share.

use crate::{Group, Row};

/// What the numbers of a data set are means over, and what error bars are.
pub(super) fn means(group: &Group) -> String {
    let over = listed(&over(group));
    match (over.as_str(), seeds(group) > 1) {
        (over, true) => format!("Means over {over}; bars: ± standard deviation over seeds."),
        ("", false) => "One category and one seed, so there are no error bars.".into(),
        (over, false) => format!("Means over {over}; one seed, so there are no error bars."),
    }
}

/// The same for a figure without error bars.
pub(super) fn counts(group: &Group) -> String {
    match listed(&over(group)).as_str() {
        "" => "One category, one seed.".into(),
        over => format!("Means over {over}."),
    }
}

fn over(group: &Group) -> Vec<String> {
    let counts = [
        (group.categories.len(), "categories"),
        (most(group, |row| row.references.len()), "reference images where a method uses them"),
        (seeds(group), "seeds"),
    ];
    counts.iter().filter(|(n, _)| *n > 1).map(|(n, what)| format!("{n} {what}")).collect()
}

fn seeds(group: &Group) -> usize {
    most(group, |row| row.seeds.len())
}

fn most(group: &Group, count: fn(&Row) -> usize) -> usize {
    group.rows.iter().map(count).max().unwrap_or(0)
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(items: &[String]) -> String {
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}
