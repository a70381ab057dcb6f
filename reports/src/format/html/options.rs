//! Options of methods and plugins, as the records hold them.

use crate::{Comparison, Group};
use harness::contract::plugin::Plugin;
use harness::results::JobRecord;
use maud::{Markup, html};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A method as it was run: under one label, with one set of options.
pub(super) struct Variant<'a> {
    /// Plugin, revision and options.
    pub method: &'a Plugin,
    /// Optimisation steps of its trainings; none for methods that take none.
    pub steps: BTreeSet<usize>,
    /// Where it was run, as `data set/category`.
    pub places: BTreeSet<String>,
}

/// The variants of every method, by label, in the order of the tables.
pub(super) fn variants(comparison: &Comparison) -> Vec<(&str, Vec<Variant<'_>>)> {
    let mut found: Vec<(&str, Vec<Variant<'_>>)> = Vec::new();
    for group in &comparison.groups {
        for (position, row) in group.rows_in_order() {
            let label = row.method.as_str();
            let at = found.iter().position(|(known, _)| *known == label).unwrap_or_else(|| {
                found.push((label, Vec::new()));
                found.len() - 1
            });
            jobs(comparison, group, position).for_each(|(place, job)| add(&mut found[at].1, place, job));
        }
    }
    found
}

fn jobs<'a>(
    comparison: &'a Comparison,
    group: &'a Group,
    row: usize,
) -> impl Iterator<Item = (String, &'a JobRecord)> {
    let files = group.files.iter().filter(move |(place, _)| place.row == row);
    files.filter_map(|(place, file)| {
        let of = format!("{}/{}", group.dataset, group.categories[place.category]);
        Some((of, comparison.jobs.get(&file.job)?))
    })
}

fn add<'a>(variants: &mut Vec<Variant<'a>>, place: String, job: &'a JobRecord) {
    let at = variants.iter().position(|variant| *variant.method == job.method).unwrap_or_else(|| {
        variants.push(Variant { method: &job.method, steps: BTreeSet::new(), places: BTreeSet::new() });
        variants.len() - 1
    });
    variants[at].steps.extend(job.steps);
    variants[at].places.insert(place);
}

/// Options as a list of names and values.
pub(super) fn list<'a>(options: impl IntoIterator<Item = (&'a String, &'a Value)>) -> Markup {
    let sorted: BTreeMap<&String, &Value> = options.into_iter().collect();
    html! {
        @if sorted.is_empty() { p { "No options." } }
        @else {
            dl.options { @for (name, value) in sorted { dt { code { (name) } } dd { code { (text(value)) } } } }
        }
    }
}

/// `(size: 48, seed: 0)` without the brackets.
pub(super) fn line<'a>(options: impl IntoIterator<Item = (&'a String, &'a Value)>) -> String {
    let sorted: BTreeMap<&String, &Value> = options.into_iter().collect();
    sorted.iter().map(|(name, value)| format!("{name}: {}", text(value))).collect::<Vec<_>>().join(", ")
}

/// A value without quotes. Where a folder lies on somebody's machine is nobody's concern.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "(none)".into(),
        Value::String(text) if text.contains(['/', '\\']) => "(a path)".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn options_are_sorted_and_show_no_path() {
        let options =
            json!({"size": 48, "note": "", "path": "/data/my-parts", "ops": "pacs", "longer": {"screw": 2}});
        let options = options.as_object().unwrap();
        assert_eq!(
            line(options),
            r#"longer: {"screw":2}, note: (none), ops: pacs, path: (a path), size: 48"#
        );
        let page = list(options).into_string();
        assert!(page.contains("pacs") && !page.contains("/home"), "{page}");
    }
}
