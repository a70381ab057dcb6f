//! What papers call our data sets, methods and metrics.

use super::citation::{Citation, Paper};
use super::rows::{ALL_CATEGORIES, Published, published};
use crate::{Average, Group, Scope};
use harness::metrics::Metric;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A method as one paper names it: paper and name.
type Named = (String, String);

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    /// How a paper is cited in a table.
    papers: BTreeMap<String, Paper>,
    /// Our metric of each of theirs.
    metrics: BTreeMap<String, String>,
    /// Their name of each of our data sets.
    datasets: BTreeMap<String, String>,
    /// Of each method, its sources; of each source, the finest numbers first.
    methods: BTreeMap<String, Vec<Vec<Named>>>,
}

fn names() -> &'static Names {
    // A test reads the file that is built in, so that it cannot fail here.
    static NAMES: LazyLock<Names> = LazyLock::new(|| read().unwrap_or_default());
    &NAMES
}

fn read() -> Result<Names, ron::error::SpannedError> {
    harness::contract::options::dialect().from_str(include_str!("../../assets/published-names.ron"))
}

/// What one paper says about a method on a data set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Source {
    /// Paper of the numbers.
    pub paper: String,
    /// Method in that paper, and the paper.
    pub citation: Citation,
    /// By condition, in %.
    pub cells: BTreeMap<String, f64>,
    /// The average over all of them that the paper, or one that quotes it, prints.
    pub average: Option<f64>,
}

/// Every source of `metric` of `method`, by the name of its plugin, on `dataset`.
pub(crate) fn sources(dataset: &str, method: &str, metric: &str) -> Vec<Source> {
    let names = names();
    let (Some(dataset), Some(sources)) = (names.datasets.get(dataset), names.methods.get(method)) else {
        return Vec::new();
    };
    let of_source = |named: &Vec<Named>| {
        let mut rows = named.iter().flat_map(|named| {
            published().iter().filter(move |row| {
                (&row.paper, &row.method) == (&named.0, &named.1)
                    && row.dataset == *dataset
                    && row.category == ALL_CATEGORIES
                    && names.metrics.get(&row.metric).is_some_and(|ours| ours == metric)
            })
        });
        let first = rows.next()?;
        let mut source = Source {
            paper: first.paper.clone(),
            citation: Citation::new(&first.method, names.papers.get(&first.paper)?),
            cells: BTreeMap::new(),
            average: None,
        };
        std::iter::once(first).chain(rows).for_each(|row| source.add(row));
        Some(source)
    };
    sources.iter().filter_map(of_source).collect()
}

impl Source {
    /// The finest number stands.
    fn add(&mut self, row: &Published) {
        match row.condition() {
            Some(condition) => {
                self.cells.entry(condition).or_insert(row.value);
            }
            None => self.average = self.average.or(Some(row.value)),
        }
    }
}

impl Source {
    /// Its number over `scope`, in %. What papers average is taken from print where the columns are the paper's, and
    /// otherwise computed if it has all of them.
    pub fn value(&self, scope: Scope, group: &Group, metric: &Metric) -> Option<f64> {
        let cell = |condition: usize| self.cells.get(&group.conditions[condition].label).copied();
        let shifted =
            || group.shifted().map(cell).collect::<Option<Vec<f64>>>().filter(|all| !all.is_empty());
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        match scope {
            Scope::Condition(condition) => cell(condition),
            Scope::Average(Average::All) => {
                let all: Vec<f64> = std::iter::once(cell(0)?).chain(shifted()?).collect();
                let printed = self.average.filter(|_| all.len() == self.cells.len());
                Some(printed.unwrap_or_else(|| mean(&all)))
            }
            Scope::Average(Average::Ood) => Some(mean(&shifted()?)),
            Scope::Average(Average::Worst) => {
                shifted()?.into_iter().reduce(|a, b| if metric.better(a, b) { b } else { a })
            }
            Scope::Average(Average::Drop) => Some(cell(0)? - mean(&shifted()?)),
        }
    }
}

/// The method that this one of this paper quotes with fewer decimals.
#[cfg(test)]
pub(super) fn quoted(paper: &str, method: &str) -> Option<(&'static String, &'static String)> {
    let sources = names().methods.values().flatten();
    let mut quoting = sources.filter(|named| {
        named.iter().skip(1).any(|(of, name)| (of.as_str(), name.as_str()) == (paper, method))
    });
    quoting.next().map(|named| (&named[0].0, &named[0].1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::registry::find;
    use std::collections::BTreeSet;

    #[test]
    fn every_name_of_the_file_is_mapped_and_every_mapping_has_numbers() {
        let names = read().unwrap();
        let mapped: BTreeSet<&Named> = names.methods.values().flatten().flatten().collect();
        let printed: BTreeSet<Named> =
            published().iter().map(|row| (row.paper.clone(), row.method.clone())).collect();
        assert_eq!(mapped, printed.iter().collect());
        for row in published() {
            assert!(names.papers.contains_key(&row.paper), "{row:?}");
            assert!(names.metrics.contains_key(&row.metric), "{row:?}");
            assert!(names.datasets.values().any(|name| *name == row.dataset), "{row:?}");
        }
        for metric in names.metrics.values() {
            assert!(find::<Metric>(metric).is_ok(), "{metric}");
        }
    }

    #[test]
    fn originals_and_reruns_are_sources_of_their_own() {
        let gnl = sources("mvtec", "gnl", "image_auroc");
        let labels: Vec<_> = gnl.iter().map(|source| source.citation.to_string()).collect();
        assert_eq!(labels, ["GNL ICCV 2023", "GNL (rerun), FiCo AAAI 2025"]);
        // Two decimals where there are two, and the average that only the quotation has.
        assert_eq!((gnl[0].cells["contrast-3"], gnl[0].average), (97.46, Some(97.0)));
        assert_eq!((gnl[1].cells["contrast-3"], gnl[1].average), (96.5, Some(96.4)));
        let rd = sources("pacs", "rd", "image_auroc");
        assert_eq!((rd.len(), rd[0].citation.to_string().as_str()), (1, "RD, FiCo AAAI 2025"));
        assert_eq!((rd[0].cells["id"], rd[0].cells["sketch"]), (81.5, 55.1));
        assert_eq!(sources("mvtec", "rd", "image_auroc").len(), 3);
        assert!(sources("mvtec", "rd-atta", "image_auroc").is_empty());
        assert!(sources("elpv", "rd", "image_auroc").is_empty());
        assert!(sources("mvtec", "rd", "mixed_auroc").is_empty());
    }
}
