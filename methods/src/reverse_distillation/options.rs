//! The switches that turn one reverse-distillation engine into each published recipe.

use crate::view::{AugMix, DrawRule, OpList, OpName};
use harness::detector::REFERENCE;
use harness::error::DetectorError;
use harness::schedule::{Budget, Schedule};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Options that act on scores only, so that trained students are reused.
pub const TEST_OPTIONS: &[&str] = &["alpha", REFERENCE, "fusion", "sigma", "image_score"];

/// Options that a protocol of equal steps replaces.
pub const BUDGET_OPTIONS: &[&str] = &["epochs", "longer", "batch"];

/// Everything a recipe decides. The default is RD4AD as released.
///
/// The loss of one step, over the clean view and `n` altered views:
///
/// ```text
/// distill (D(clean) + distill_augmented sum_n D(n))       D: teacher against student output, 3 scales
/// + embedding     sum_n 1 - cos(bottleneck(clean), bottleneck(n))                       L_abs
/// + low_features  sum_n 1 - cos(decoder_fine(clean), decoder_fine(n))                   L_lowf
/// + normality     sum_n 1 - cos(compensated_fine(clean), compensated_fine(n))           L_nor
/// + invariance    sum over all views of the mean squared error between compensation and the invariant
///                 features of the two coarser scales                                    L_mse
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Passes over the training pictures; at least 1.
    pub epochs: usize,
    /// Epochs, instead of `epochs`, for categories of these names.
    pub longer: BTreeMap<String, usize>,
    /// Pictures per step; at least 1. The last batch of an epoch may be smaller.
    pub batch: usize,
    /// Adam's step size.
    pub learning_rate: f64,
    /// Adam's decay of the first moment, 0 to 1 (excluded).
    pub beta1: f64,
    /// Adam's decay of the second moment, 0 to 1 (excluded).
    pub beta2: f64,

    /// Whether there is an AugMix view.
    pub augmix: bool,
    /// The operations AugMix draws from.
    pub ops: OpList,
    /// Operations of that list that AugMix never draws, such as the one that undoes the tested shift.
    pub without: BTreeSet<OpName>,
    /// How AugMix draws severity and depth.
    pub draw: DrawRule,
    /// Whether there is a grey view, and which.
    pub grey: GreyView,

    /// Weight of the distillation loss.
    pub distill: f64,
    /// Weight of each altered view's distillation loss relative to the clean one's (FiCo's alpha).
    pub distill_augmented: f64,
    /// Weight of the consistency of embeddings, L_abs.
    pub embedding: f64,
    /// Weight of the consistency of the decoder's finest features, L_lowf.
    pub low_features: f64,
    /// Weight of the consistency of compensated normality, L_nor.
    pub normality: f64,
    /// Weight of the agreement with invariant features, L_mse.
    pub invariance: f64,
    /// What the cosine of the distillation loss is taken over.
    pub distillation: Distillation,

    /// Whether the student has compensation branches (FiCo's DiSCo).
    pub compensation: bool,
    /// Kernels that a dynamic convolution chooses from; at least 1.
    pub kernels: usize,
    /// Temperature of that choice: the higher, the closer to a plain average.
    pub temperature: f64,
    /// Whether compensation is tied to invariant features (FiCo's DiIFi).
    pub invariant: bool,
    /// Which features L_nor compares.
    pub normality_on: NormalityOn,

    /// Weight of the *reference* when test features are mixed with a normal picture's (ATTA), 0 to 1;
    /// none switches it off, as does 0.
    pub alpha: Option<f64>,
    /// Which of the reference pictures is mixed in, from 0.
    pub reference: usize,
    /// How the maps of the three scales become one.
    pub fusion: Fusion,
    /// Standard deviation of the final Gaussian smoothing, in pixels of the network's input; 0 for none.
    pub sigma: f64,
    /// How the map becomes the picture's score.
    pub image_score: ImageScore,
}

/// The grey view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GreyView {
    /// No grey view.
    None,
    /// Grey weights applied to the normalised picture: the released GNL code.
    AfterNormalisation,
    /// The normalised grey picture: the usual order.
    BeforeNormalisation,
}

/// What the cosine of the distillation loss is taken over. The *score* is always per location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distillation {
    /// A picture's whole feature map as one vector: all released codes.
    Flattened,
    /// The channels of one location, averaged over locations: the text of the RD4AD paper.
    PerLocation,
}

/// Which features L_nor compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NormalityOn {
    /// Decoder output plus compensation: the released FiCo code.
    CompensatedOutput,
    /// The compensation alone: the formula of the FiCo paper.
    Branch,
}

/// How the maps of the three scales become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fusion {
    /// Their sum, 0 to 6.
    Sum,
    /// Their product, 0 to 8.
    Product,
}

/// How a map becomes one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageScore {
    /// The highest value: all published tables.
    Max,
    /// The mean over all pixels.
    Mean,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            epochs: 200,
            longer: BTreeMap::new(),
            batch: 16,
            learning_rate: 0.005,
            beta1: 0.5,
            beta2: 0.999,
            augmix: false,
            ops: OpList::Mvtec,
            without: BTreeSet::new(),
            draw: DrawRule::Released,
            grey: GreyView::None,
            distill: 1.0,
            distill_augmented: 0.0,
            embedding: 0.0,
            low_features: 0.0,
            normality: 0.0,
            invariance: 0.0,
            distillation: Distillation::Flattened,
            compensation: false,
            kernels: 4,
            temperature: 34.0,
            invariant: false,
            normality_on: NormalityOn::CompensatedOutput,
            alpha: None,
            reference: 0,
            fusion: Fusion::Sum,
            sigma: 4.0,
            image_score: ImageScore::Max,
        }
    }
}

impl Options {
    /// Steps and batch for so many training pictures: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule, pictures: usize) -> Budget {
        let epochs = |category: &str| self.longer.get(category).copied().unwrap_or(self.epochs);
        schedule.budget(pictures, self.batch, epochs)
    }

    /// The AugMix view, if there is one.
    pub fn view(&self) -> AugMix {
        AugMix { ops: self.ops, without: self.without.clone(), rule: self.draw }
    }

    /// Whether test features are mixed with a reference picture's.
    pub fn mixes(&self) -> bool {
        self.alpha.is_some_and(|alpha| alpha != 0.0)
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first option that makes no sense, and what would.
    pub fn check(&self) -> Result<(), DetectorError> {
        let unit = |value: f64| (0.0..1.0).contains(&value);
        let rules = [
            ("epochs", self.epochs > 0, "must be at least 1"),
            ("longer", self.longer.values().all(|epochs| *epochs > 0), "must be at least 1 everywhere"),
            ("batch", self.batch > 0, "must be at least 1"),
            ("learning_rate", self.learning_rate > 0.0, "must be above 0"),
            ("beta1", unit(self.beta1), "must be at least 0 and below 1"),
            ("beta2", unit(self.beta2), "must be at least 0 and below 1"),
            (
                "without",
                !self.view().operations().is_empty(),
                "leaves AugMix no operation to draw; name fewer",
            ),
            ("kernels", self.kernels > 0, "must be at least 1"),
            ("temperature", self.temperature > 0.0, "must be above 0"),
            ("invariant", self.compensation || !self.invariant, "needs compensation: true"),
            ("normality", self.compensation || self.normality == 0.0, "needs compensation: true"),
            ("invariance", self.invariant || self.invariance == 0.0, "needs invariant: true"),
            ("alpha", self.alpha.is_none_or(|alpha| (0.0..=1.0).contains(&alpha)), "must be 0 to 1, or None"),
            ("sigma", (0.0..=1000.0).contains(&self.sigma), "must be 0 to 1000 pixels"),
        ];
        match rules.into_iter().find(|(_, holds, _)| !holds) {
            Some((option, _, reason)) => Err(DetectorError::Option { option, reason: reason.into() }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_named() {
        let message = |options: Options| options.check().unwrap_err().to_string();
        let defaults = Options::default();
        assert!(defaults.check().is_ok());
        let wrong = Options { alpha: Some(1.5), ..defaults.clone() };
        assert_eq!(message(wrong), "option alpha: must be 0 to 1, or None");
        let wrong = Options { invariant: true, ..defaults.clone() };
        assert_eq!(message(wrong), "option invariant: needs compensation: true");
        let all = Options { ops: OpList::All, ..defaults.clone() }.view().operations();
        let wrong = Options { without: all.into_iter().collect(), ..defaults };
        assert_eq!(message(wrong), "option without: leaves AugMix no operation to draw; name fewer");
    }

    #[test]
    fn an_unknown_operation_is_named_with_those_there_are() {
        let error = serde_json::from_str::<Options>(r#"{"without": ["blur"]}"#).unwrap_err().to_string();
        assert!(error.starts_with("unknown variant `blur`, expected one of `autocontrast`"), "{error}");
    }
}
