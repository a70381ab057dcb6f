//! Image AUROC of many resamples of one test set.

use super::resample::Resamples;
use harness::run::ScoredImage;

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

    /// Area under the ROC curve of the images as often as `counts` says, one count per image as they were
    /// given; a tie counts half. Both classes must be there.
    pub fn auroc(&self, counts: &[u32]) -> f64 {
        let (mut found, mut normal, mut twice_area, mut start) = (0_u64, 0_u64, 0_u64, 0);
        for &end in &self.ends {
            let (mut hits, mut alarms) = (0, 0);
            for &(position, anomalous) in &self.order[start..end] {
                let count = u64::from(counts[position as usize]);
                *(if anomalous { &mut hits } else { &mut alarms }) += count;
            }
            twice_area += alarms * (2 * found + hits);
            found += hits;
            normal += alarms;
            start = end;
        }
        twice_area as f64 / (2 * found * normal) as f64
    }

    /// AUROC of every resample.
    pub fn replicates(&self, resamples: &Resamples) -> Vec<f64> {
        resamples.iter().map(|counts| self.auroc(counts)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::fixture::images;
    use harness::metrics::auroc;
    use harness::seed::Root;
    use rand::RngExt;

    /// Random test sets on a coarse grid, so that ties are common; and resamples of them, which the
    /// metric sees as images that are there several times.
    #[test]
    fn it_is_the_metric_for_the_images_themselves_and_for_any_resample() {
        let mut stream = Root::new(1, "made-up", "").stream("sweep", "");
        for _ in 0..300 {
            let count = stream.random_range(2..40);
            let anomalies = stream.random_range(1..count);
            let scores: Vec<f32> = (0..count)
                .map(|_| stream.random_range(-6..6) as f32 * if stream.random() { 0.5 } else { 0.0 })
                .collect();
            let images = images(&scores, anomalies);
            let sweep = Sweep::new(&images).unwrap();
            let expected = |counts: &[u32]| {
                let repeated =
                    images.iter().zip(counts).flat_map(|(image, count)| vec![image; *count as usize]);
                let (scores, labels): (Vec<f64>, Vec<bool>) =
                    repeated.map(|image| (f64::from(image.score), image.anomalous != 0)).unzip();
                auroc(&scores, &labels).unwrap()
            };
            let identity = vec![1; count];
            assert_eq!(sweep.auroc(&identity), expected(&identity));
            for counts in Resamples::new("made-up", "", "", &images).iter().take(3) {
                assert_eq!(sweep.auroc(counts), expected(counts));
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
