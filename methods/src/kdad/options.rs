//! What KDAD lets one choose.

use crate::rules;
use crate::view::Planes;
use harness::contract::error::DetectorError;
use harness::contract::picture::Geometry;
use harness::contract::schedule::{Budget, Schedule};
use harness::options;
use image::RgbImage;
use serde::{Deserialize, Serialize};

/// Stride of the last pooling.
const STRIDE: u32 = 32;

options! {
    /// The default is the released code on MVTec AD.
    pub struct Options {
        /// Whose released values stand where an option below is none.
        pub recipe: Recipe = Recipe::Mvtec => training(),
        /// Passes over the training pictures; none for the recipe's.
        pub epochs: Option<usize> = None => length().at_least(1).small("1"),
        /// Pictures per step.
        pub batch: usize = 64 => length().at_least(1),
        /// Adam's step size.
        pub learning_rate: f64 = 1e-3 => training().above(0),
        /// Weight of the squared difference beside the cosine; none for the recipe's.
        pub lambda: Option<f64> = None => training().at_least(0),
        /// The frame of the input, whose side must be a multiple of 32; none for the recipe's.
        pub geometry: Option<Geometry> = None => training().small("stretch(32)"),
        /// How pixels become numbers; none for the recipe's.
        pub normalise: Option<Normalisation> = None => training(),
        /// How anomalies are located.
        pub map: Localisation = Localisation::Guided => test(),
        /// Standard deviation of the map's Gaussian smoothing, in pixels of the input; 0 for none.
        pub sigma: f64 = 4.0 => test().at_least(0).at_most(1000),
    }
}

/// The data set that the released code sets values for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipe {
    /// MVTec AD: 601 epochs, lambda 0.5, stretched to 128 px, pixels from 0 to 1.
    Mvtec,
    /// CIFAR-10: 201 epochs, lambda 0.01, the central 224 of 256 px (Lanczos), normalised as the teacher was.
    Cifar10,
}

/// How pixels become numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalisation {
    /// 0 to 1.
    None,
    /// By the mean and standard deviation of ImageNet.
    Imagenet,
}

/// How anomalies are located.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Localisation {
    /// Guided back-propagation of the score.
    Guided,
    /// The gradient of the score.
    Gradient,
    /// Not at all, which saves two thirds of the time.
    None,
}

impl Options {
    /// Steps and batch for so many training pictures: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule, pictures: usize) -> Budget {
        let released = match self.recipe {
            Recipe::Mvtec => 601,
            Recipe::Cifar10 => 201,
        };
        schedule.budget(pictures, self.batch, |_| self.epochs.unwrap_or(released))
    }

    /// Weight of the squared difference beside the cosine.
    pub fn lambda(&self) -> f64 {
        self.lambda.unwrap_or(match self.recipe {
            Recipe::Mvtec => 0.5,
            Recipe::Cifar10 => 0.01,
        })
    }

    /// The frame of the input.
    pub fn geometry(&self) -> Geometry {
        self.geometry.unwrap_or(match self.recipe {
            Recipe::Mvtec => Geometry::Stretch(128),
            Recipe::Cifar10 => Geometry::CentreCropLanczos { resize: 256, crop: 224 },
        })
    }

    /// A picture of that frame as the networks see it.
    pub fn planes(&self, picture: &RgbImage) -> Planes {
        let released = match self.recipe {
            Recipe::Mvtec => Normalisation::None,
            Recipe::Cifar10 => Normalisation::Imagenet,
        };
        match self.normalise.unwrap_or(released) {
            Normalisation::None => Planes::scaled(picture, 0.0, 1.0),
            Normalisation::Imagenet => Planes::normalise(picture),
        }
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first option that makes no sense, and what would.
    pub fn check(&self) -> Result<(), DetectorError> {
        let side = self.geometry().side();
        let fits = (1..=4096).contains(&side) && side.is_multiple_of(STRIDE);
        rules::check(&[("geometry", fits, "must have a side that is a multiple of 32, at most 4096")])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_fills_in_what_is_not_said() {
        let own = Schedule::Own { category: "toy".into() };
        let mvtec = Options::default();
        assert_eq!((mvtec.budget(&own, 64).steps, mvtec.lambda(), mvtec.geometry().side()), (601, 0.5, 128));
        let cifar = Options { recipe: Recipe::Cifar10, ..mvtec.clone() };
        assert_eq!((cifar.budget(&own, 64).steps, cifar.lambda(), cifar.geometry().side()), (201, 0.01, 224));
        let black = RgbImage::new(2, 2);
        assert_eq!(mvtec.planes(&black), Planes::scaled(&black, 0.0, 1.0));
        assert_eq!(cifar.planes(&black), Planes::normalise(&black));
        let said = Options { epochs: Some(3), lambda: Some(0.2), ..cifar };
        assert_eq!((said.budget(&own, 64).steps, said.lambda()), (3, 0.2));
        assert!(said.check().is_ok());
        let wrong =
            Options { geometry: Some(Geometry::Stretch(40)), ..said }.check().unwrap_err().to_string();
        assert_eq!(wrong, "option geometry: must have a side that is a multiple of 32, at most 4096");
    }
}
