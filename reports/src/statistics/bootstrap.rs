//! The bootstrap distribution of every number of a table at once.

use super::resample::{RESAMPLES, Resamples};
use super::sweep::Sweep;
use harness::results::ScoredImage;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A cell that takes part in a number.
pub(crate) struct Sample<'a, K> {
    /// Which number.
    pub number: K,
    /// Category of its images.
    pub category: &'a str,
    /// Condition label.
    pub condition: &'a str,
    /// Its scores.
    pub images: &'a [ScoredImage],
}

/// The bootstrap distribution of a mean over cells.
#[derive(Clone, Debug)]
pub(crate) struct Distribution {
    /// One mean per resample.
    pub replicates: Vec<f64>,
    /// The test sets behind it, by their position in the draw. Two distributions over the same ones are
    /// paired: their resamples have the same images.
    pub test_sets: BTreeSet<usize>,
}

impl Distribution {
    /// The mean of several, resample by resample; `None` of none.
    pub fn mean<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut parts = parts.into_iter();
        let mut mean = parts.next()?.clone();
        let mut count = 1.0;
        for part in parts {
            mean.replicates.iter_mut().zip(&part.replicates).for_each(|(sum, value)| *sum += value);
            mean.test_sets.extend(&part.test_sets);
            count += 1.0;
        }
        mean.replicates.iter_mut().for_each(|sum| *sum /= count);
        Some(mean)
    }

    /// This less `other`, resample by resample; `None` if they are not over the same images.
    pub fn less(&self, other: &Self) -> Option<Vec<f64>> {
        let differences = self.replicates.iter().zip(&other.replicates).map(|(a, b)| a - b);
        (self.test_sets == other.test_sets).then(|| differences.collect())
    }
}

/// The bootstrap distribution of the image AUROC of every number: the mean over its samples. A number with a
/// sample whose AUROC is undefined has none.
///
/// Images are resampled once per test set, that is per category and list of images, and every cell on it,
/// of whatever method, seed, reference image or shift, sees the same resamples: shifted copies of an image
/// come and go together. Test sets are resampled independently of each other, also where categories have
/// images in common (one class against the rest).
pub(crate) fn bootstrap<K: Copy + Ord + Sync>(
    dataset: &str,
    samples: &[Sample<K>],
) -> BTreeMap<K, Distribution> {
    let mut sums: BTreeMap<K, (Distribution, usize)> = BTreeMap::new();
    let mut undefined = BTreeSet::new();
    for (position, members) in test_sets(samples).into_iter().enumerate() {
        let first = &samples[members[0]];
        let resamples = Resamples::new(dataset, first.category, first.condition, first.images);
        let replicates = |&member: &usize| Some(Sweep::new(samples[member].images)?.replicates(&resamples));
        // Threads decide nothing: what they computed is added up in the order of the samples.
        let computed: Vec<Option<Vec<f64>>> = members.par_iter().map(replicates).collect();
        for (member, replicates) in members.into_iter().zip(computed) {
            let number = samples[member].number;
            let Some(replicates) = replicates else {
                undefined.insert(number);
                continue;
            };
            let (sum, count) = sums.entry(number).or_insert_with(|| {
                (Distribution { replicates: vec![0.0; RESAMPLES], test_sets: BTreeSet::new() }, 0)
            });
            sum.replicates.iter_mut().zip(replicates).for_each(|(sum, value)| *sum += value);
            sum.test_sets.insert(position);
            *count += 1;
        }
    }
    let defined = sums.into_iter().filter(|(number, _)| !undefined.contains(number));
    let mean = |(number, (mut sum, count)): (K, (Distribution, usize))| {
        sum.replicates.iter_mut().for_each(|sum| *sum /= count as f64);
        (number, sum)
    };
    defined.map(mean).collect()
}

/// The samples of each test set, in the order of their first.
fn test_sets<K>(samples: &[Sample<K>]) -> Vec<Vec<usize>> {
    let same = |a: &Sample<K>, b: &Sample<K>| a.category == b.category && same_images(a.images, b.images);
    let mut found: Vec<Vec<usize>> = Vec::new();
    for (position, sample) in samples.iter().enumerate() {
        match found.iter_mut().find(|members| same(&samples[members[0]], sample)) {
            Some(members) => members.push(position),
            None => found.push(vec![position]),
        }
    }
    found
}

/// Whether two cells tested the same images, in the same order and with the same labels.
pub(crate) fn same_images(a: &[ScoredImage], b: &[ScoredImage]) -> bool {
    let same = |(a, b): (&ScoredImage, &ScoredImage)| a.anomalous == b.anomalous && a.image == b.image;
    a.len() == b.len() && a.iter().zip(b).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Interval;
    use crate::statistics::fixture::images;

    fn sample<'a>(number: u8, category: &'a str, images: &'a [ScoredImage]) -> Sample<'a, u8> {
        Sample { number, category, condition: "id", images }
    }

    #[test]
    fn the_interval_of_one_defect_is_that_of_a_share() {
        // One anomaly above 30 of 40 normal images: a resample's AUROC is Binomial(40, 3/4) / 40.
        let scores: Vec<f32> = (0..40).map(|i| if i < 30 { 0.0 } else { 2.0 }).chain([1.0]).collect();
        let images = images(&scores, 1);
        let found = bootstrap("toy", &[sample(0, "a", &images)]);
        let interval = Interval::new(found[&0].replicates.clone());
        // scipy.stats.binom(40, 0.75).ppf([0.025, 0.975]) / 40.
        assert!((interval.low - 0.6).abs() < 0.026 && (interval.high - 0.875).abs() < 0.026, "{interval:?}");
    }

    #[test]
    fn a_pair_sees_the_same_images() {
        let scores: Vec<f32> = (0..60).map(|i| ((i * 37) % 101) as f32).collect();
        let (one, other) =
            (images(&scores, 20), images(&scores.iter().map(|s| 3.0 * s + 1.0).collect::<Vec<_>>(), 20));
        let mut elsewhere = images(&scores, 20);
        elsewhere[3].image = "another".into();
        let samples = [
            sample(0, "a", &one),
            Sample { condition: "contrast-3", ..sample(1, "a", &other) },
            sample(2, "a", &elsewhere),
            sample(3, "b", &one),
        ];
        let found = bootstrap("toy", &samples);
        // The same ranking: no difference in any resample, though AUROC itself varies.
        assert!(found[&0].less(&found[&1]).unwrap().iter().all(|difference| *difference == 0.0));
        assert!(found[&0].replicates[0] != found[&0].replicates[1]);
        assert!(found[&0].less(&found[&2]).is_none() && found[&0].less(&found[&3]).is_none());
    }

    #[test]
    fn a_number_is_the_mean_over_its_cells_and_undefined_with_one() {
        let (good, bad) = (images(&[0.0, 1.0, 2.0, 3.0], 2), images(&[3.0, 2.0, 1.0, 0.0], 2));
        let none = images(&[3.0, 2.0], 0);
        let found = bootstrap("toy", &[sample(0, "a", &good), sample(0, "a", &bad), sample(1, "b", &none)]);
        assert!(found[&0].replicates.iter().all(|mean| *mean == 0.5));
        assert!(!found.contains_key(&1));
        let halves = Distribution::mean([&found[&0], &found[&0]]).unwrap();
        assert_eq!(halves.replicates, found[&0].replicates);
    }

    #[test]
    fn threads_change_no_bit() {
        let sets: Vec<Vec<ScoredImage>> = (1..8)
            .map(|k| images(&(0..50).map(|i| ((i * 31 * k) % 97) as f32).collect::<Vec<_>>(), 20))
            .collect();
        let samples: Vec<_> = sets.iter().map(|images| sample(0, "a", images)).collect();
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| bootstrap("toy", &samples))[&0].replicates.clone()
        };
        assert!(with(1) == with(3));
    }
}
