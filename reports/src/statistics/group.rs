//! Intervals of the numbers of one data set's image AUROC table, and of the differences between them.

use super::bootstrap::{Distribution, Sample, bootstrap};
use super::interval::Interval;
use crate::{Average, Score};
use crate::{Group, GroupScores, Outcome, Place, Scope};
use harness::metrics::Metric;
use std::collections::BTreeMap;

/// The bootstrap of one data set.
#[derive(Clone, Debug)]
pub struct GroupStatistics {
    /// The columns with intervals: every condition, then the averages over them.
    pub(super) columns: Vec<Scope>,
    /// By row and position of the column.
    numbers: BTreeMap<(usize, usize), Number>,
    /// Rows with the methods' own settings, as tables show them.
    pub(crate) methods: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Number {
    estimate: f64,
    distribution: Distribution,
}

/// The difference between two methods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Of their image AUROC, as a share of 1.
    pub estimate: f64,
    /// The paired bootstrap's.
    pub interval: Interval,
}

impl Difference {
    /// Whether other test images might as well have given none.
    pub fn within_noise(&self) -> bool {
        self.interval.contains(0.0)
    }
}

/// A row under a condition, trained with a seed.
type Trial = (usize, usize, u64);

impl GroupStatistics {
    /// From the scores of the cells that count in the table: those of complete seeds.
    pub(super) fn new(group: &Group, scores: &GroupScores) -> Self {
        let distributions = bootstrap(&group.dataset, &samples(group, scores));
        let columns = columns(group);
        let mut numbers = BTreeMap::new();
        for row in 0..group.rows.len() {
            for (position, column) in columns.iter().enumerate() {
                if let Some(number) = number(group, &distributions, row, *column) {
                    numbers.insert((row, position), number);
                }
            }
        }
        let methods = group.methods();
        Self { columns, numbers, methods: methods.map(|(row, _)| row).collect() }
    }

    /// How many columns have intervals: one per condition, then Avg. and OOD mean as far as the table has
    /// them.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Of what they are.
    pub(crate) fn scopes(&self) -> &[Scope] {
        &self.columns
    }

    /// The column that sums up a row: Avg., or what there is instead.
    pub fn summary(&self) -> usize {
        let is_all = |column: &Scope| matches!(column, Scope::Average(Average::All));
        let is_average = |column: &Scope| matches!(column, Scope::Average(_));
        let position = |wanted: &dyn Fn(&Scope) -> bool| self.columns.iter().position(wanted);
        position(&is_all).or_else(|| position(&is_average)).unwrap_or(0)
    }

    /// The number of a row in a column, as in the table; `None` where the table has none or its scores are
    /// not there.
    pub fn estimate(&self, row: usize, column: usize) -> Option<f64> {
        self.numbers.get(&(row, column)).map(|number| number.estimate)
    }

    /// Its 95 % interval over test images.
    pub fn interval(&self, row: usize, column: usize) -> Option<Interval> {
        let number = self.numbers.get(&(row, column))?;
        Some(Interval::new(number.distribution.replicates.clone()))
    }

    /// The number of `row` less that of `other`; `None` where one of them has none, or they were not
    /// measured on the same images.
    pub fn difference(&self, row: usize, other: usize, column: usize) -> Option<Difference> {
        let (number, other) = (self.numbers.get(&(row, column))?, self.numbers.get(&(other, column))?);
        Some(Difference {
            estimate: number.estimate - other.estimate,
            interval: Interval::new(number.distribution.less(&other.distribution)?),
        })
    }

    /// The method with the highest number in a column, trivial baselines included; of equals, the first.
    pub fn best(&self, column: usize) -> Option<usize> {
        let known = self.methods.iter().filter_map(|&row| Some((row, self.estimate(row, column)?)));
        known.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(row, _)| row)
    }
}

fn columns(group: &Group) -> Vec<Scope> {
    let averages: &[Average] = match (group.has_id(), group.shifted().is_empty()) {
        (_, true) => &[],
        (true, false) => &[Average::All, Average::Ood],
        (false, false) => &[Average::Ood],
    };
    let conditions = (0..group.conditions.len()).map(Scope::Condition);
    conditions.chain(averages.iter().copied().map(Scope::Average)).collect()
}

/// The cells of every trial that has all of its places.
fn samples<'a>(group: &'a Group, scores: &'a GroupScores) -> Vec<Sample<'a, Trial>> {
    let mut samples = Vec::new();
    for (row, of) in group.rows.iter().enumerate() {
        for condition in 0..group.conditions.len() {
            for &seed in &of.seeds {
                let cell = |place: Place| Some((place, defined(group, place).then(|| scores.get(&place))??));
                let cells: Option<Vec<_>> = group.places_of(row, condition, seed).map(cell).collect();
                samples.extend(cells.into_iter().flatten().map(|(place, images)| Sample {
                    number: (row, condition, seed),
                    category: &group.categories[place.category],
                    condition: &group.conditions[condition].label,
                    images,
                }));
            }
        }
    }
    samples
}

fn defined(group: &Group, place: Place) -> bool {
    let Some(Outcome::Done(record)) = group.cells.get(&place) else { return false };
    record.metrics.get(Metric::DEFAULT.name).is_some_and(|value| value.value().is_some())
}

/// What [`Group::score`] and [`Group::average`] compute, of every resample.
fn number(
    group: &Group,
    distributions: &BTreeMap<Trial, Distribution>,
    row: usize,
    column: Scope,
) -> Option<Number> {
    let score: Score = column.score(group, Metric::DEFAULT, row);
    let conditions = match column {
        Scope::Condition(condition) => condition..condition + 1,
        Scope::Average(Average::All) => 0..group.conditions.len(),
        Scope::Average(_) => group.shifted(),
    };
    let of_seed = |seed: &u64| {
        let trials = conditions.clone().map(|condition| distributions.get(&(row, condition, *seed)));
        Distribution::mean(trials.collect::<Option<Vec<_>>>()?)
    };
    let seeds: Vec<Distribution> = group.rows[row].seeds.iter().filter_map(of_seed).collect();
    let estimate = score.ok().filter(|estimate| estimate.seeds == seeds.len())?;
    Some(Number { estimate: estimate.mean, distribution: Distribution::mean(&seeds)? })
}
