//! Bootstrap resamples of test images (Efron 1979), drawn class by class.

use harness::contract::seed::{Root, Stream};
use harness::results::ScoredImage;
use rand::RngExt;

/// How many resamples an interval is taken from: its ends, at 2.5 % and 97.5 %, then have fifty of them
/// beyond.
pub const RESAMPLES: usize = 2000;

/// The seed of every resample. It is a constant, so that intervals are functions of the records alone.
const SEED: u64 = 0;

/// How often each image of a test set is in each resample.
pub(super) struct Resamples {
    /// How many there are.
    pub count: usize,
    /// `[image, resample]`: a sweep over the images adds up all resamples side by side.
    counts: Vec<u16>,
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
        let mut resamples = Self { count: RESAMPLES, counts: vec![0; images.len() * RESAMPLES] };
        for resample in 0..RESAMPLES {
            classes.iter().for_each(|class| resamples.draw(&mut stream, class, resample));
        }
        resamples
    }

    fn draw(&mut self, stream: &mut Stream, class: &[usize], resample: usize) {
        for _ in class {
            let image = class[stream.random_range(0..class.len())];
            self.counts[image * self.count + resample] += 1;
        }
    }

    /// The images themselves, each once.
    #[cfg(test)]
    pub fn identity(images: usize) -> Self {
        Self { count: 1, counts: vec![1; images] }
    }

    /// How often an image is in each resample.
    pub fn of(&self, image: usize) -> &[u16] {
        &self.counts[image * self.count..][..self.count]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::fixture::images;
    use std::ops::Range;

    #[test]
    fn every_resample_keeps_the_size_of_both_classes() {
        let images = images(&[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], 3);
        let resamples = Resamples::new("elpv", "mono", "id", &images);
        for resample in 0..RESAMPLES {
            let drawn = |images: Range<usize>| images.map(|image| resamples.of(image)[resample]).sum::<u16>();
            assert_eq!((drawn(0..4), drawn(4..7)), (4, 3));
        }
        // Every image is as likely as the others of its class.
        for image in 0..7 {
            let total: f64 = resamples.of(image).iter().map(|count| f64::from(*count)).sum();
            let mean = total / RESAMPLES as f64;
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
