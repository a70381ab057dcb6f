//! Bootstrap resamples of test images (Efron 1979), drawn class by class.

use harness::run::ScoredImage;
use harness::seed::{Root, Stream};
use rand::RngExt;

/// How many resamples an interval is taken from: its ends, at 2.5 % and 97.5 %, then have fifty of them
/// beyond.
pub const RESAMPLES: usize = 2000;

/// The seed of every resample. It is a constant, so that intervals are functions of the records alone.
const SEED: u64 = 0;

/// How often each image of a test set is in each resample.
pub(super) struct Resamples {
    images: usize,
    /// `[resample, image]`.
    counts: Vec<u32>,
}

impl Resamples {
    /// [`RESAMPLES`] of them. Each has as many normal and as many anomalous images as the test set, drawn
    /// with replacement from those of their class.
    ///
    /// `condition` names the draw within a category: cells with the same name and the same images get the
    /// same resamples, whatever scored them.
    pub fn new(dataset: &str, category: &str, condition: &str, images: &[ScoredImage]) -> Self {
        let mut stream = Root::new(SEED, dataset, category).stream("bootstrap", condition);
        let class = |anomalous: bool| -> Vec<usize> {
            (0..images.len()).filter(|&image| (images[image].anomalous != 0) == anomalous).collect()
        };
        let classes = [class(false), class(true)];
        let mut counts = vec![0; RESAMPLES * images.len()];
        for resample in counts.chunks_exact_mut(images.len().max(1)) {
            classes.iter().for_each(|class| draw(&mut stream, class, resample));
        }
        Self { images: images.len(), counts }
    }

    /// One slice per resample, with a count per image.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.counts.chunks_exact(self.images.max(1))
    }
}

fn draw(stream: &mut Stream, class: &[usize], counts: &mut [u32]) {
    for _ in class {
        counts[class[stream.random_range(0..class.len())]] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::fixture::images;

    #[test]
    fn every_resample_keeps_the_size_of_both_classes() {
        let images = images(&[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], 3);
        let resamples = Resamples::new("elpv", "mono", "id", &images);
        assert_eq!(resamples.iter().count(), RESAMPLES);
        for counts in resamples.iter() {
            assert_eq!(counts[..4].iter().sum::<u32>(), 4);
            assert_eq!(counts[4..].iter().sum::<u32>(), 3);
        }
        // Every image is as likely as the others of its class.
        for image in 0..7 {
            let mean =
                resamples.iter().map(|counts| f64::from(counts[image])).sum::<f64>() / RESAMPLES as f64;
            assert!((mean - 1.0).abs() < 0.08, "{image}: {mean}");
        }
    }

    #[test]
    fn draws_depend_on_their_name_alone() {
        let scored = images(&[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], 3);
        let others = images(&[0.9, 0.8, 0.3, 0.1, 0.2, 0.3, 0.1], 3);
        let of = |category: &str, condition: &str, images: &[ScoredImage]| {
            Resamples::new("elpv", category, condition, images).counts
        };
        let base = of("mono", "id", &scored);
        assert!(base == of("mono", "id", &others), "scores decide the draw");
        assert!(base != of("poly", "id", &scored) && base != of("mono", "contrast-3", &scored));
    }
}
