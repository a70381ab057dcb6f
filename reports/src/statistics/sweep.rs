//! Image AUROC of many resamples of one test set.

use super::resample::Resamples;
use harness::results::ScoredImage;

/// Scored images from the highest score down: sorted once, swept once per resample.
pub(super) struct Sweep {
    /// Position among the scored images, and whether the image is an anomaly.
    order: Vec<(u32, bool)>,
    /// Where each run of equal scores ends in `order`.
    ends: Vec<usize>,
}

impl Sweep {
    /// `None` where AUROC is undefined: without an image of either class, or with a score that is not
    /// finite.
    pub fn new(images: &[ScoredImage]) -> Option<Self> {
        let anomalies = images.iter().filter(|image| image.anomalous != 0).count();
        let defined = images.iter().all(|image| image.score.is_finite());
        if !defined || anomalies == 0 || anomalies == images.len() {
            return None;
        }
        let mut ranked: Vec<(f32, u32, bool)> = (images.iter().zip(0..))
            .map(|(image, position)| (image.score, position, image.anomalous != 0))
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        let order = ranked.iter().map(|(_, position, anomalous)| (*position, *anomalous)).collect();
        let groups = ranked.chunk_by(|a, b| a.0 == b.0);
        let ends = groups.scan(0, |end, group| {
            *end += group.len();
            Some(*end)
        });
        Some(Self { order, ends: ends.collect() })
    }

    /// Area under the ROC curve of every resample; a tie counts half. O(images) for each, and what is added
    /// up are whole numbers, exact below 2^53.
    pub fn replicates(&self, resamples: &Resamples) -> Vec<f64> {
        let mut found = vec![0.0; resamples.count];
        // A normal image loses to the anomalies above it and to those not below it: the mean of the two
        // numbers has every tie once and half.
        let mut twice_area = vec![0.0; resamples.count];
        let mut start = 0;
        for &end in &self.ends {
            let group = &self.order[start..end];
            let of_class = |wanted: bool| {
                let members = group.iter().filter(move |(_, anomalous)| *anomalous == wanted);
                members.map(|(position, _)| resamples.of(*position as usize))
            };
            of_class(false).for_each(|counts| add_lost(&mut twice_area, counts, &found));
            of_class(true).for_each(|counts| add_found(&mut found, counts));
            of_class(false).for_each(|counts| add_lost(&mut twice_area, counts, &found));
            start = end;
        }
        let anomalies = self.order.iter().filter(|(_, anomalous)| *anomalous).count();
        let pairs = (anomalies * (self.order.len() - anomalies)) as f64;
        twice_area.into_iter().map(|twice| twice / (2.0 * pairs)).collect()
    }
}

/// Loops over resamples, side by side in memory, so that the compiler takes several at a time.
fn add_lost(twice_area: &mut [f64], counts: &[u16], found: &[f64]) {
    for ((sum, count), found) in twice_area.iter_mut().zip(counts).zip(found) {
        *sum += f64::from(*count) * found;
    }
}

fn add_found(found: &mut [f64], counts: &[u16]) {
    found.iter_mut().zip(counts).for_each(|(sum, count)| *sum += f64::from(*count));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::fixture::images;
    use crate::statistics::resample::RESAMPLES;
    use harness::contract::seed::Root;
    use harness::metrics::auroc;
    use rand::RngExt;

    /// Random test sets on a coarse grid, so that ties are common; and resamples of them, which the
    /// metric sees as images that are there several times.
    #[test]
    fn it_is_the_metric_for_the_images_themselves_and_for_any_resample() {
        let mut stream = Root::new(1, "made-up", "").stream("sweep", "");
        for _ in 0..100 {
            let count = stream.random_range(2..40);
            let anomalies = stream.random_range(1..count);
            let scores: Vec<f32> = (0..count)
                .map(|_| stream.random_range(-6..6) as f32 * if stream.random() { 0.5 } else { 0.0 })
                .collect();
            let images = images(&scores, anomalies);
            let sweep = Sweep::new(&images).unwrap();
            let expected = |resamples: &Resamples, resample: usize| {
                let times = |position: usize| usize::from(resamples.of(position)[resample]);
                let repeated = (0..count).flat_map(|position| vec![&images[position]; times(position)]);
                let (scores, labels): (Vec<f64>, Vec<bool>) =
                    repeated.map(|image| (f64::from(image.score), image.anomalous != 0)).unzip();
                auroc(&scores, &labels).unwrap()
            };
            let identity = Resamples::identity(count);
            assert_eq!(sweep.replicates(&identity), [expected(&identity, 0)]);
            let resamples = Resamples::new("made-up", "", "", &images);
            let replicates = sweep.replicates(&resamples);
            for resample in [0, 1, RESAMPLES - 1] {
                assert_eq!(replicates[resample], expected(&resamples, resample));
            }
        }
    }

    #[test]
    fn undefined_stays_undefined() {
        assert!(Sweep::new(&[]).is_none());
        assert!(Sweep::new(&images(&[0.1, 0.2], 0)).is_none());
        assert!(Sweep::new(&images(&[0.1, 0.2], 2)).is_none());
        assert!(Sweep::new(&images(&[0.1, f32::NAN], 1)).is_none());
    }
}
