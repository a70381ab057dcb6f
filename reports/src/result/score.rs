//! From cells to the numbers of a table: means over categories and reference images, then over seeds,
//! then over conditions.

use crate::{Group, Outcome, Place};
use harness::metrics::Metric;
use harness::results::MetricValue;
use std::ops::Range;

/// Why there is no number. Where several apply, the greatest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// A record is missing or out of date.
    Missing,
    /// A job failed.
    Failed,
    /// The metric is undefined on these images.
    Undefined,
}

/// A mean over seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean over complete seeds.
    pub mean: f64,
    /// Sample standard deviation over seeds; `None` for a single one.
    pub std: Option<f64>,
    /// How many seeds are complete.
    pub seeds: usize,
    /// How many there should be.
    pub planned: usize,
}

/// A number of a table, or why there is none.
pub type Score = Result<Estimate, Gap>;

/// A standard deviation over reference images, or why there is none.
pub type Spread = Result<f64, Gap>;

/// A column that sums up a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Average {
    /// What papers print as "Avg.": the unweighted mean of the ID column and all OOD columns.
    All,
    /// The unweighted mean of the OOD columns.
    Ood,
    /// The worst OOD column.
    Worst,
    /// ID less the OOD mean.
    Drop,
}

impl Group {
    /// Mean over all categories, reference images and seeds.
    pub fn score(&self, metric: &Metric, row: usize, condition: usize) -> Score {
        Estimate::over_seeds(self.per_seed(metric, row, condition))
    }

    /// An average over conditions, taken seed by seed.
    pub fn average(&self, metric: &Metric, row: usize, average: Average) -> Score {
        let shifted = self.shifted();
        if average == Average::Worst {
            let columns = complete(shifted.map(|condition| self.score(metric, row, condition)))?;
            let worse = |a: Estimate, b: Estimate| if metric.better(a.mean, b.mean) { b } else { a };
            return columns.into_iter().reduce(worse).ok_or(Gap::Missing);
        }
        let columns: Vec<_> = (0..self.conditions.len()).map(|c| self.per_seed(metric, row, c)).collect();
        let seeds = 0..self.rows[row].seeds.len();
        Estimate::over_seeds(seeds.map(|seed| {
            let first = if average == Average::Ood { self.shifted().start } else { 0 };
            let values = complete(columns[first..].iter().map(|column| column[seed]))?;
            match (average, values.split_first()) {
                (Average::Drop, Some((id, shifted))) => Ok(id - mean(shifted)),
                _ => Ok(mean(&values)),
            }
        }))
    }

    /// The mean of one category over those of `conditions` that it was tested under.
    pub fn category(&self, metric: &Metric, row: usize, category: usize, conditions: Range<usize>) -> Score {
        let tested: Vec<usize> = conditions.filter(|&c| self.tested[c].contains(&category)).collect();
        if tested.is_empty() {
            return Err(Gap::Missing);
        }
        Estimate::over_seeds(self.rows[row].seeds.iter().map(|&seed| {
            let of_condition = |&condition: &usize| {
                let places = self.places_of(row, condition, seed).filter(|place| place.category == category);
                complete(places.map(|place| self.value(metric, place))).map(|values| mean(&values))
            };
            complete(tested.iter().map(of_condition)).map(|values| mean(&values))
        }))
    }

    /// How far the mean over categories varies with the reference image: the standard deviation within a
    /// seed, as a root mean square over seeds.
    pub fn spread(&self, metric: &Metric, row: usize, condition: usize) -> Spread {
        let variance = |&seed: &u64| {
            let of_reference = |&reference: &Option<usize>| {
                let places =
                    self.places_of(row, condition, seed).filter(|place| place.reference == reference);
                complete(places.map(|place| self.value(metric, place))).map(|values| mean(&values))
            };
            let means = complete(self.rows[row].references.iter().map(of_reference))?;
            deviation(&means).map(|std| std.powi(2)).ok_or(Gap::Missing)
        };
        let variances = complete(self.rows[row].seeds.iter().map(variance))?;
        Ok(mean(&variances).sqrt())
    }

    /// Mean over the shifted conditions and reference images of one category, or over those of ID where
    /// nothing shifted is tested, then over seeds.
    pub fn of_category(&self, metric: &Metric, row: usize, category: usize) -> Score {
        let tested = |condition: &usize| self.tested[*condition].contains(&category);
        let shifted: Vec<usize> = self.shifted().filter(tested).collect();
        let conditions = if shifted.is_empty() { vec![0] } else { shifted };
        let of_seed = |&seed: &u64| {
            let places = conditions.iter().flat_map(|&condition| self.places_of(row, condition, seed));
            let places = places.filter(|place| place.category == category);
            complete(places.map(|place| self.value(metric, place))).map(|values| mean(&values))
        };
        Estimate::over_seeds(self.rows[row].seeds.iter().map(of_seed))
    }

    /// One mean per seed: a seed counts if every category and reference image is there.
    fn per_seed(&self, metric: &Metric, row: usize, condition: usize) -> Vec<Result<f64, Gap>> {
        let of_seed = |&seed: &u64| {
            let places = self.places_of(row, condition, seed);
            complete(places.map(|place| self.value(metric, place))).map(|values| mean(&values))
        };
        self.rows[row].seeds.iter().map(of_seed).collect()
    }

    fn value(&self, metric: &Metric, place: Place) -> Result<f64, Gap> {
        match self.cells.get(&place) {
            Some(Outcome::Done(record)) => {
                record.metrics.get(metric.name).and_then(MetricValue::value).ok_or(Gap::Undefined)
            }
            Some(Outcome::Failed(_)) => Err(Gap::Failed),
            Some(Outcome::Hole(_)) | None => Err(Gap::Missing),
        }
    }
}

/// A share in tenths of a percent, which tables print and rank by.
pub(crate) fn tenths(share: f64) -> i64 {
    (share * 1000.0).round() as i64
}

impl Estimate {
    /// Its mean in tenths of a percent.
    pub(crate) fn tenths(&self) -> i64 {
        tenths(self.mean)
    }

    /// Over the seeds that are complete, if none of the others is undefined.
    fn over_seeds(seeds: impl IntoIterator<Item = Result<f64, Gap>>) -> Score {
        let (mut values, mut gap, mut planned) = (Vec::new(), Gap::Missing, 0);
        for seed in seeds {
            planned += 1;
            match seed {
                Ok(value) => values.push(value),
                Err(why) => gap = gap.max(why),
            }
        }
        if values.is_empty() || gap == Gap::Undefined {
            return Err(gap);
        }
        Ok(Self { mean: mean(&values), std: deviation(&values), seeds: values.len(), planned })
    }
}

/// All values, or the greatest gap.
fn complete<T>(scores: impl IntoIterator<Item = Result<T, Gap>>) -> Result<Vec<T>, Gap> {
    let (mut values, mut gap) = (Vec::new(), None);
    for score in scores {
        match score {
            Ok(value) => values.push(value),
            Err(why) => gap = gap.max(Some(why)),
        }
    }
    gap.map_or(Ok(values), Err)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Sample standard deviation; `None` for a single value.
fn deviation(values: &[f64]) -> Option<f64> {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt())
}
