//! In what a run differs from how a published number was measured.

use crate::{Comparison, Group};
use harness::contract::backbone::Weights;
use harness::contract::dataset::ImageCounts;
use harness::contract::options::Resolved;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Images for training, for the test, and of natural shifts.
type Counts = (usize, usize, usize);

/// Options by method.
type Recipes = BTreeMap<String, Resolved>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setups {
    setups: Vec<Setup>,
    counts: BTreeMap<String, BTreeMap<String, Counts>>,
    recipes: Recipes,
    adapted: BTreeMap<String, Recipes>,
}

/// How some papers measured on some data sets. What is not given is not compared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setup {
    papers: Vec<String>,
    datasets: Vec<String>,
    protocol: String,
    #[serde(default)]
    teacher: Option<String>,
    /// Stem of the teacher's weight file.
    #[serde(default)]
    weights: Option<String>,
    #[serde(default)]
    image_size: Option<u32>,
    #[serde(default)]
    seeds: Option<BTreeSet<u64>>,
    /// What neither paper nor code tell.
    #[serde(default)]
    unknown: Option<String>,
}

fn setups() -> &'static Setups {
    // A test reads the file that is built in, so that it cannot fail here.
    static SETUPS: LazyLock<Setups> = LazyLock::new(|| read().unwrap_or_default());
    &SETUPS
}

fn read() -> Result<Setups, ron::error::SpannedError> {
    harness::contract::options::dialect().from_str(include_str!("../../assets/published-setups.ron"))
}

/// Every way in which the numbers of `row` were measured otherwise than those of `paper`, in words.
pub(crate) fn deviations(comparison: &Comparison, group: &Group, row: usize, paper: &str) -> Vec<String> {
    let setups = setups();
    let dataset = comparison.dataset(group);
    let covers = |setup: &&Setup| {
        setup.papers.iter().any(|name| name == paper) && setup.datasets.iter().any(|name| name == dataset)
    };
    let Some(setup) = setups.setups.iter().find(covers) else {
        return vec!["how the published numbers were measured is not known".into()];
    };
    let mut found = vec![
        instead("protocol ", &comparison.protocol.to_string(), Some(&setup.protocol)),
        teacher(comparison, group, row, setup),
        instead(
            "",
            &format!("{} px", comparison.image_size),
            setup.image_size.map(|size| format!("{size} px")),
        ),
        seeds(&group.rows[row].seeds, setup),
    ];
    match setups.counts.get(dataset) {
        Some(counts) => found.extend([categories(group, counts), images(comparison, group, row, counts)]),
        None => found.push(Some("the published numbers of images are not at hand".into())),
    }
    found.extend(options(comparison, group, row));
    found.push(setup.unknown.as_ref().map(|what| format!("not published: {what}")));
    found.into_iter().flatten().collect()
}

fn instead(what: &str, measured: &str, published: Option<impl AsRef<str>>) -> Option<String> {
    let published = published?;
    (measured != published.as_ref()).then(|| format!("{what}{measured} instead of {}", published.as_ref()))
}

/// A method without a teacher has none in papers either.
fn teacher(comparison: &Comparison, group: &Group, row: usize, setup: &Setup) -> Option<String> {
    let records = group.records().filter(|(place, _)| place.row == row);
    let teachers: BTreeSet<&str> = records.filter_map(|(_, record)| record.teacher.as_deref()).collect();
    let published = setup.teacher.as_deref().filter(|_| !teachers.is_empty())?;
    let measured = teachers.into_iter().collect::<Vec<_>>().join(", ");
    instead("teacher ", &measured, Some(published)).or_else(|| {
        let expected = setup.weights.as_ref()?;
        let other = comparison.jobs_of(group, row).any(|(_, job)| match &job.teacher {
            Some(teacher) => match &teacher.choice.weights {
                Weights::File(path) => path.file_stem().is_none_or(|stem| stem != expected.as_str()),
                Weights::Pretrained | Weights::Random(_) => false,
            },
            None => false,
        });
        other.then(|| format!("weights of {published} from another file than {expected}"))
    })
}

fn seeds(measured: &BTreeSet<u64>, setup: &Setup) -> Option<String> {
    let list = |seeds: &BTreeSet<u64>| {
        let word = if seeds.len() == 1 { "seed" } else { "seeds" };
        format!("{word} {}", seeds.iter().map(u64::to_string).collect::<Vec<_>>().join(", "))
    };
    instead("", &list(measured), setup.seeds.as_ref().map(list))
}

fn categories(group: &Group, published: &BTreeMap<String, Counts>) -> Option<String> {
    let known = group.categories.iter().filter(|name| published.contains_key(*name)).count();
    let foreign: Vec<&str> =
        group.categories.iter().map(String::as_str).filter(|name| !published.contains_key(*name)).collect();
    match (known == published.len(), foreign.is_empty()) {
        (true, true) => None,
        (_, true) => Some(format!("{known} of {} categories", published.len())),
        _ => Some(format!(
            "{known} of {} categories and {}, unknown to papers",
            published.len(),
            foreign.join(", ")
        )),
    }
}

/// The published data have the published numbers of images; a miniature or a part of them has others.
fn images(
    comparison: &Comparison,
    group: &Group,
    row: usize,
    published: &BTreeMap<String, Counts>,
) -> Option<String> {
    let sum = |counts: Counts| match counts {
        (train, test, 0) => format!("{train} + {test}"),
        (train, test, domains) => format!("{train} + {test} + {domains}"),
    };
    let mut measured: BTreeMap<usize, ImageCounts> = BTreeMap::new();
    for (place, job) in comparison.jobs_of(group, row) {
        measured.insert(place.category, job.images);
    }
    let mut shifted = false;
    let of_category = |(position, name): (usize, &String)| {
        let published = *published.get(name)?;
        shifted |= published.2 > 0;
        match measured.get(&position) {
            None => Some(format!("{name} unknown ({})", sum(published))),
            Some(&ImageCounts { train, test, domains }) => {
                let measured = (train, test, domains);
                (measured != published).then(|| format!("{name} {} ({})", sum(measured), sum(published)))
            }
        }
    };
    let different: Vec<String> = group.categories.iter().enumerate().filter_map(of_category).collect();
    let kinds = if shifted { "training + test + natural shifts" } else { "training + test" };
    (!different.is_empty()).then(|| {
        format!(
            "other images than the published data set has ({kinds}, published in brackets): {}",
            different.join(", ")
        )
    })
}

/// Options that are not those of the released code, as far as that is at hand.
fn options(comparison: &Comparison, group: &Group, row: usize) -> Vec<Option<String>> {
    let setups = setups();
    let Some((_, job)) = comparison.jobs_of(group, row).next() else {
        return vec![Some("options of the training unknown".into())];
    };
    let method = &job.method;
    let adapted = setups.adapted.get(comparison.dataset(group)).and_then(|recipes| recipes.get(&method.name));
    let Some(recipe) = setups.recipes.get(&method.name) else {
        return vec![Some("options not compared with the published ones".into())];
    };
    let expected = |(name, value): (&String, &Value)| {
        let published = adapted.and_then(|adapted| adapted.get(name)).unwrap_or(value);
        let measured = method.options.get(name)?;
        (!same(measured, published))
            .then(|| format!("{name} {} instead of {}", shown(measured), shown(published)))
    };
    recipe.iter().map(expected).collect()
}

/// `5` is `5.0`.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "none".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".into(),
        Value::Object(entries) if entries.is_empty() => "none".into(),
        Value::Object(entries) => entries
            .iter()
            .map(|(name, value)| format!("{name}: {}", shown(value)))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_covers_every_paper_and_data_set_with_numbers() {
        let setups = read().unwrap();
        assert_eq!(setups.counts["mvtec"].len(), 15);
        let total = |of: fn(&Counts) -> usize| setups.counts["mvtec"].values().map(of).sum::<usize>();
        assert_eq!((total(|counts| counts.0), total(|counts| counts.1)), (3629, 1725));
        assert_eq!(setups.counts["pacs"].values().map(|counts| counts.0).sum::<usize>(), 1499);
        assert_eq!(setups.counts["cifar10"].len(), 10);
        assert_eq!(setups.recipes["rd"]["alpha"], Value::Null);
        assert_eq!(setups.recipes["fico"]["longer"]["screw"], 40);
        for (ours, paper) in [
            ("mvtec", "GNL-ICCV2023"),
            ("pacs", "FiCo-AAAI2025"),
            ("cifar10", "FiCo-AAAI2025"),
            ("mvtec", "anomalib-README"),
            ("fashion-mnist", "RD4AD-CVPR2022"),
        ] {
            let covers = |setup: &&Setup| {
                setup.papers.contains(&paper.to_owned()) && setup.datasets.contains(&ours.to_owned())
            };
            assert_eq!(setups.setups.iter().filter(covers).count(), 1, "{ours} {paper}");
        }
    }

    #[test]
    fn numbers_are_equal_however_they_are_written() {
        assert!(same(&Value::from(5), &Value::from(5.0)) && !same(&Value::Null, &Value::from(0)));
        assert_eq!(shown(&serde_json::json!({"screw": 40})), "screw: 40");
        assert_eq!(shown(&serde_json::json!({})), "none");
    }
}
