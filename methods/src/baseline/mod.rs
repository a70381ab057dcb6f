//! Trivial scores. They stand in every table: a method that does not beat them has learnt nothing.

mod contrast;
mod mean_intensity;
mod nearest_image;
mod random;

use harness::prelude::*;

/// Which end of a scalar is called anomalous. Without labels nobody can know, so it is an option.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Anomalous {
    /// Low values: dark images, flat images.
    #[default]
    Low,
    /// High values.
    High,
}

impl Anomalous {
    fn score(self, value: f64) -> f32 {
        match self {
            Self::Low => -value as f32,
            Self::High => value as f32,
        }
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
        assert_eq!(Anomalous::Low.score(3.0), -3.0);
    }
}
