//! Trivial scores. They stand in every table: a method that does not beat them has learnt nothing.

mod contrast;
mod mean_intensity;
mod nearest_image;
mod random;

use harness::prelude::*;

/// One number per picture, with nothing to learn.
struct Statistic {
    side: u32,
    options: Options,
    /// The number.
    of: fn(&RgbImage) -> f64,
}

options! {
    /// Options of a [`Statistic`].
    struct Options {
        /// Which end of the number is called anomalous.
        anomalous: Anomalous = Anomalous::Low => training(),
    }
}

/// Which end of a number is called anomalous. Without labels nobody can know, so it is an option.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Anomalous {
    /// Low values: dark images, flat images.
    #[default]
    Low,
    /// High values.
    High,
}

impl Detector for Statistic {
    fn geometry(&self) -> Geometry {
        Geometry::Stretch(self.side)
    }

    fn fit(&mut self, _train: &TrainingSet, _context: &FitContext<'_>) -> Result<(), DetectorError> {
        Ok(())
    }

    fn score(&mut self, pictures: &[RgbImage]) -> Result<Vec<Anomaly>, DetectorError> {
        let sign = match self.options.anomalous {
            Anomalous::Low => -1.0,
            Anomalous::High => 1.0,
        };
        let score = |picture| (sign * (self.of)(picture)) as f32;
        Ok(pictures.iter().map(|picture| Anomaly { score: score(picture), map: None }).collect())
    }

    fn parameters(&self) -> Option<u64> {
        Some(0)
    }
}

/// Mean and standard deviation over all pixels and channels, on the 0..=255 scale.
fn moments(picture: &RgbImage) -> (f64, f64) {
    let values = picture.as_raw();
    let count = values.len().max(1) as f64;
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    let variance = values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_all_channels() {
        let picture = RgbImage::from_raw(1, 2, vec![0, 0, 0, 10, 10, 10]).unwrap();
        assert_eq!(moments(&picture), (5.0, 5.0));
    }

    #[test]
    fn the_option_says_which_end_is_anomalous() {
        let picture = RgbImage::from_raw(1, 1, vec![7, 7, 7]).unwrap();
        for (anomalous, expected) in [(Anomalous::Low, -7.0), (Anomalous::High, 7.0)] {
            let mut statistic =
                Statistic { side: 1, options: Options { anomalous }, of: |picture| moments(picture).0 };
            assert_eq!(statistic.score(std::slice::from_ref(&picture)).unwrap()[0].score, expected);
        }
    }
}
