//! Methods ranked over many data sets, as Demšar (2006) compares classifiers.

use super::footnote::listed;
use super::friedman::{Friedman, ranks};
use super::nemenyi::critical_difference;
use super::wilcoxon::{holm, round, signed_rank};
use crate::Comparison;
use harness::metrics::Metric;
use std::ops::Range;

/// With fewer blocks nothing is tested: of five differences, even if all have one sign, the signed-rank
/// test's p is 0.0625.
pub const MIN_BLOCKS: usize = 6;

/// More names than this are counted.
const MOST_NAMES: usize = 12;

/// Methods over blocks.
///
/// A block is a category of a data set, and its value for a method the image AUROC, a mean over the shifted
/// conditions (or ID where there are none), reference images and seeds: the shifted copies of one test set
/// are not independent, and so are one block together. Categories that share their test images, one class
/// against the rest, still count as blocks of their own.
#[derive(Clone, Debug)]
pub struct Ranking {
    /// The best mean rank first.
    pub methods: Vec<RankedMethod>,
    /// The blocks used, as `data set/category`.
    pub blocks: Vec<String>,
    /// Blocks that not every method has finished.
    pub incomplete: Vec<String>,
    /// Methods that some data set was not to be tested with.
    pub elsewhere: Vec<String>,
    /// `None` with fewer than [`MIN_BLOCKS`] blocks.
    pub tests: Option<Tests>,
}

/// A method of a [`Ranking`].
#[derive(Clone, Debug)]
pub struct RankedMethod {
    /// Method label.
    pub label: String,
    /// Whether it is a trivial baseline.
    pub baseline: bool,
    /// Mean rank over blocks; 1 is best, equals share theirs.
    pub mean_rank: f64,
    /// Mean value over blocks, as a share of 1.
    pub mean: f64,
}

/// What is tested of a [`Ranking`].
#[derive(Clone, Debug)]
pub struct Tests {
    /// Whether methods differ at all; `None` for two methods.
    pub friedman: Option<Friedman>,
    /// Nemenyi's, at 5 %: mean ranks further apart differ.
    pub critical_difference: f64,
    /// Two-sided p of Wilcoxon's signed-rank test between methods in their order, with Holm's correction for
    /// all pairs; 1 on the diagonal.
    pub p: Vec<Vec<f64>>,
}

impl Ranking {
    /// Of every method that was to be tested on every data set, over the blocks where all of them are done;
    /// `None` for fewer than two methods or no such block.
    pub(super) fn new(comparison: &Comparison) -> Option<Self> {
        let (labels, elsewhere) = contestants(comparison);
        let (mut blocks, mut incomplete, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for group in &comparison.groups {
            for (category, name) in group.categories.iter().enumerate() {
                let value = |(label, _): &(String, bool)| {
                    let plain = |row: &crate::Row| row.settings.is_empty() && row.method == *label;
                    let row = group.rows.iter().position(plain)?;
                    group.of_category(Metric::DEFAULT, row, category).ok().map(|score| round(score.mean))
                };
                let name = format!("{}/{name}", group.dataset);
                match labels.iter().map(value).collect::<Option<Vec<f64>>>() {
                    Some(of_block) => {
                        blocks.push(name);
                        values.push(of_block);
                    }
                    None => incomplete.push(name),
                }
            }
        }
        if labels.len() < 2 || blocks.is_empty() {
            return None;
        }
        let ranked: Vec<Vec<f64>> = values.iter().map(|of_block| ranks(of_block)).collect();
        let mean = |of: &[Vec<f64>], method: usize| {
            of.iter().map(|block| block[method]).sum::<f64>() / of.len() as f64
        };
        let mut order: Vec<usize> = (0..labels.len()).collect();
        order.sort_by(|&a, &b| mean(&ranked, a).total_cmp(&mean(&ranked, b)));
        let method = |&method: &usize| RankedMethod {
            label: labels[method].0.clone(),
            baseline: labels[method].1,
            mean_rank: mean(&ranked, method),
            mean: mean(&values, method),
        };
        Some(Self {
            methods: order.iter().map(method).collect(),
            tests: (blocks.len() >= MIN_BLOCKS).then(|| Tests::new(&values, &ranked, &order)),
            blocks,
            incomplete,
            elsewhere,
        })
    }

    /// The largest sets of methods, in their order, whose mean ranks are within the critical difference;
    /// sets of one are left out.
    pub fn cliques(&self) -> Vec<Range<usize>> {
        let Some(tests) = &self.tests else { return Vec::new() };
        let mut cliques: Vec<Range<usize>> = Vec::new();
        for start in 0..self.methods.len() {
            let near = |method: &&RankedMethod| {
                method.mean_rank - self.methods[start].mean_rank <= tests.critical_difference
            };
            let end = start + self.methods[start..].iter().take_while(near).count();
            let inside = cliques.last().is_some_and(|last| end <= last.end);
            if end > start + 1 && !inside {
                cliques.push(start..end);
            }
        }
        cliques
    }

    /// Said where there are too few blocks for a test.
    pub(crate) fn too_few(&self) -> Option<String> {
        let count = self.blocks.len();
        let blocks = if count == 1 { "category" } else { "categories" };
        self.tests.is_none().then(|| {
            format!(
                "No test over data sets and categories: {count} {blocks} with all methods done, and below \
                 {MIN_BLOCKS} none can tell anything."
            )
        })
    }

    /// Which blocks count, in sentences.
    pub(crate) fn selection(&self) -> Vec<String> {
        let mut sentences = vec![format!(
            "{} blocks: {}. A block is a category of a data set; its value is the image AUROC, a mean over \
             the shifted conditions, or under ID where there are none. Blocks count as independent, also \
             where categories share test images (one class against the rest).",
            self.blocks.len(),
            listed(&self.blocks, MOST_NAMES)
        )];
        if !self.incomplete.is_empty() {
            let names = listed(&self.incomplete, MOST_NAMES);
            sentences.push(format!("Left out, because not every method has a result: {names}."));
        }
        if !self.elsewhere.is_empty() {
            let names = listed(&self.elsewhere, MOST_NAMES);
            sentences.push(format!("Not ranked, because not tested on every data set: {names}."));
        }
        sentences
    }
}

/// Methods of every data set, with whether they are trivial baselines; and those of only some.
fn contestants(comparison: &Comparison) -> (Vec<(String, bool)>, Vec<String>) {
    let mut all: Vec<(String, bool)> = Vec::new();
    for (_, row) in comparison.groups.iter().flat_map(|group| group.rows_in_order()) {
        if row.settings.is_empty() && all.iter().all(|(label, _)| *label != row.method) {
            all.push((row.method.clone(), row.baseline));
        }
    }
    let everywhere = |(label, _): &(String, bool)| {
        let here = |group: &crate::Group| {
            group.rows.iter().any(|row| row.settings.is_empty() && row.method == *label)
        };
        comparison.groups.iter().all(here)
    };
    let (everywhere, elsewhere): (Vec<_>, Vec<_>) = all.into_iter().partition(everywhere);
    (everywhere, elsewhere.into_iter().map(|(label, _)| label).collect())
}

impl Tests {
    /// Of values and ranks by block and method, for methods in `order`.
    fn new(values: &[Vec<f64>], ranked: &[Vec<f64>], order: &[usize]) -> Self {
        let pairs: Vec<(usize, usize)> =
            (0..order.len()).flat_map(|a| (a + 1..order.len()).map(move |b| (a, b))).collect();
        let of_pair = |&(a, b): &(usize, usize)| {
            let differences = values.iter().map(|block| block[order[a]] - block[order[b]]);
            signed_rank(&differences.collect::<Vec<_>>())
        };
        let corrected = holm(&pairs.iter().map(of_pair).collect::<Vec<_>>());
        let mut p = vec![vec![1.0; order.len()]; order.len()];
        for ((a, b), value) in pairs.into_iter().zip(corrected) {
            p[a][b] = value;
            p[b][a] = value;
        }
        Self {
            friedman: Friedman::new(ranked),
            critical_difference: critical_difference(order.len(), values.len()),
            p,
        }
    }
}
