//! Global contrast normalisation, and the constants that bring training pictures to 0 to 1.

use super::options::Preprocessing;
use crate::view::Planes;
use image::RgbImage;

/// Subtracts the mean of all values and divides by their mean absolute deviation (GCN with the L1 norm). A
/// constant picture becomes 0. The result does not change when values are scaled or shifted.
pub fn global_contrast(values: &mut [f32]) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    let deviation = values.iter().map(|&value| (f64::from(value) - mean).abs()).sum::<f64>() / count;
    let scale = if deviation > 0.0 { deviation } else { 1.0 };
    values.iter_mut().for_each(|value| *value = ((f64::from(*value) - mean) / scale) as f32);
}

impl Preprocessing {
    /// The picture before it is brought to 0 to 1.
    pub fn planes(self, picture: &RgbImage) -> Planes {
        match self {
            Self::Gcn => {
                let mut planes = Planes::scaled(picture, 0.0, 1.0);
                global_contrast(&mut planes.values);
                planes
            }
            Self::Minmax => Planes::scaled(picture, 0.0, 1.0),
            Self::Imagenet => Planes::normalise(picture),
        }
    }

    /// Lowest and highest value of all these pictures, which become 0 and 1.
    pub fn range(self, pictures: &[RgbImage]) -> [f32; 2] {
        let planes = pictures.iter().flat_map(|picture| self.planes(picture).values);
        let start = [f32::INFINITY, f32::NEG_INFINITY];
        let [lowest, highest] = planes.fold(start, |[low, high], value| [low.min(value), high.max(value)]);
        // Pictures of one single value: any range will do.
        if highest > lowest { [lowest, highest] } else { [lowest, lowest + 1.0] }
    }
}

/// The picture with `lowest` at 0 and `highest` at 1.
pub fn spread(mut planes: Planes, [lowest, highest]: [f32; 2]) -> Planes {
    planes.values.iter_mut().for_each(|value| *value = (*value - lowest) / (highest - lowest));
    planes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_worked_example() {
        let mut values = [1.0, 2.0, 3.0, 6.0];
        global_contrast(&mut values);
        for (got, wanted) in values.into_iter().zip([-4.0 / 3.0, -2.0 / 3.0, 0.0, 2.0]) {
            assert!((got - wanted).abs() < 1e-6);
        }
        let mut constant = [0.3; 5];
        global_contrast(&mut constant);
        assert!(constant.into_iter().all(|value| value.abs() < 1e-6));
    }

    proptest! {
        #[test]
        fn brightness_and_contrast_do_not_matter(
            values in prop::collection::vec(0.0_f32..1.0, 8..30), factor in 0.1_f32..4.0, offset in -1.0_f32..1.0,
        ) {
            let mut plain = values.clone();
            let mut altered: Vec<f32> = values.iter().map(|value| factor * value + offset).collect();
            let spread = values.iter().copied().fold(0.0, f32::max) - values.iter().copied().fold(1.0, f32::min);
            prop_assume!(spread > 0.1);
            global_contrast(&mut plain);
            global_contrast(&mut altered);
            for (a, b) in plain.into_iter().zip(altered) {
                prop_assert!((a - b).abs() < 1e-3, "{a} {b}");
            }
        }
    }

    #[test]
    fn training_pictures_reach_from_0_to_1() {
        let pictures = [0, 40]
            .map(|offset| RgbImage::from_fn(4, 4, |x, y| image::Rgb([(x * 9 + offset) as u8, y as u8, 7])));
        for preprocessing in [Preprocessing::Gcn, Preprocessing::Minmax, Preprocessing::Imagenet] {
            let range = preprocessing.range(&pictures);
            let values: Vec<f32> = pictures
                .iter()
                .flat_map(|picture| spread(preprocessing.planes(picture), range).values)
                .collect();
            let ends =
                [values.iter().copied().fold(9.0, f32::min), values.iter().copied().fold(-9.0, f32::max)];
            assert!(ends[0].abs() < 1e-6 && (ends[1] - 1.0).abs() < 1e-6, "{ends:?}");
        }
    }
}
