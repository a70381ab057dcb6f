//! The switches that turn one reverse-distillation engine into each published recipe.

mod choices;

pub use choices::{
    Distillation, Fusion, GreyView, ImageScore, MixTarget, MixedLayers, Mixing, NormalityOn, Transport, Views,
};

use crate::view::{AugMix, DrawRule, OpList, OpName};
use harness::contract::detector::REFERENCE;
use harness::contract::error::DetectorError;
use harness::contract::schedule::{Budget, Schedule};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Options that act on scores only, so that trained students are reused.
pub const TEST_OPTIONS: &[&str] = &["alpha", REFERENCE, "fusion", "sigma", "image_score"];

/// Options that a protocol of equal steps replaces.
pub const BUDGET_OPTIONS: &[&str] = &["epochs", "longer", "batch", "accumulate"];

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
/// + projection_loss (transport + reconstruction R + contrast C) / (1 + reconstruction + contrast)   RD++
/// + jigsaw        cross-entropy of the order of shuffled tiles
/// ```
///
/// [`projection`](super::projection) and [`jigsaw`](crate::jigsaw) say what the last two see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Passes over the training pictures; at least 1.
    pub epochs: usize,
    /// Epochs, instead of `epochs`, for categories of these names.
    pub longer: BTreeMap<String, usize>,
    /// Pictures per step; at least 1. The last batch of an epoch may be smaller.
    pub batch: usize,
    /// Steps whose gradients are summed before one update; at least 1. A protocol of equal steps has 1.
    pub accumulate: usize,
    /// Adam's step size.
    pub learning_rate: f64,
    /// Adam's decay of the first moment, 0 to 1 (excluded).
    pub beta1: f64,
    /// Adam's decay of the second moment, 0 to 1 (excluded).
    pub beta2: f64,

    /// Whether there is an AugMix view, and whether the clean picture is seen.
    pub views: Views,
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

    /// How the teacher's features of a batch are mixed while training.
    pub mixing: Mixing,
    /// Behind which stages they are.
    pub mixed_layers: MixedLayers,
    /// Chance that a stage's features of a batch are mixed, 0 to 1.
    pub mix_probability: f64,
    /// Both parameters of the beta distribution of a picture's own share; above 0.
    pub mix_beta: f64,
    /// Which features are to be restored then.
    pub mix_target: MixTarget,

    /// Whether the bottleneck sees the teacher's features through projections (RD++).
    pub projection: bool,
    /// Adam's step size for the projections.
    pub projection_rate: f64,
    /// Weight of the losses of the projections, whose own weights are normalised by their sum.
    pub projection_loss: f64,
    /// What their transport term, of weight 1 among them, compares.
    pub ssot: Transport,
    /// Weight of their reconstruction of normal features from those of a picture with noise.
    pub reconstruction: f64,
    /// Weight of their contrast with the features of the noise.
    pub contrast: f64,

    /// Weight of the loss of naming the order of shuffled tiles from the bottleneck (jigsaw).
    pub jigsaw: f64,
    /// Share of the puzzles that are in order, before one of 31 orders is drawn, 0 to 1.
    pub ordered: f64,
    /// Adam's step size for the teacher, which learns from the jigsaw loss alone; 0 leaves it frozen.
    pub teacher_rate: f64,

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

impl Default for Options {
    fn default() -> Self {
        Self {
            epochs: 200,
            longer: BTreeMap::new(),
            batch: 16,
            accumulate: 1,
            learning_rate: 0.005,
            beta1: 0.5,
            beta2: 0.999,
            views: Views::Clean,
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
            mixing: Mixing::None,
            mixed_layers: MixedLayers::L12,
            mix_probability: 0.5,
            mix_beta: 0.1,
            mix_target: MixTarget::Mixed,
            projection: false,
            projection_rate: 0.001,
            projection_loss: 0.2,
            ssot: Transport::Official,
            reconstruction: 0.01,
            contrast: 0.1,
            jigsaw: 0.0,
            ordered: 0.0,
            teacher_rate: 0.0,
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

    /// Steps per update under this schedule.
    pub fn accumulation(&self, schedule: &Schedule) -> usize {
        match schedule {
            Schedule::Own { .. } => self.accumulate,
            Schedule::Equal { .. } => 1,
        }
    }

    /// The AugMix view, if there is one.
    pub fn view(&self) -> AugMix {
        AugMix { ops: self.ops, without: self.without.clone(), rule: self.draw }
    }

    /// Whether test features are mixed with a reference picture's.
    pub fn mixes(&self) -> bool {
        self.alpha.is_some_and(|alpha| alpha != 0.0)
    }

    /// Whether the teacher learns too.
    pub fn tunes(&self) -> bool {
        self.jigsaw != 0.0 && self.teacher_rate > 0.0
    }

    /// Checks what types cannot.
    ///
    /// # Errors
    /// The first option that makes no sense, and what would.
    pub fn check(&self) -> Result<(), DetectorError> {
        let unit = |value: f64| (0.0..1.0).contains(&value);
        let share = |value: f64| (0.0..=1.0).contains(&value);
        let rules = [
            ("epochs", self.epochs > 0, "must be at least 1"),
            ("longer", self.longer.values().all(|epochs| *epochs > 0), "must be at least 1 everywhere"),
            ("batch", self.batch > 0, "must be at least 1"),
            ("accumulate", self.accumulate > 0, "must be at least 1"),
            ("learning_rate", self.learning_rate > 0.0, "must be above 0"),
            ("beta1", unit(self.beta1), "must be at least 0 and below 1"),
            ("beta2", unit(self.beta2), "must be at least 0 and below 1"),
            (
                "without",
                !self.view().operations().is_empty(),
                "leaves AugMix no operation to draw; name fewer",
            ),
            ("mix_probability", share(self.mix_probability), "must be 0 to 1"),
            ("mix_beta", self.mix_beta > 0.0, "must be above 0"),
            ("projection_rate", self.projection_rate > 0.0, "must be above 0"),
            ("ordered", share(self.ordered), "must be 0 to 1"),
            ("teacher_rate", self.teacher_rate >= 0.0, "must be at least 0"),
            ("teacher_rate", self.jigsaw != 0.0 || self.teacher_rate == 0.0, "needs a jigsaw weight above 0"),
            ("kernels", self.kernels > 0, "must be at least 1"),
            ("temperature", self.temperature > 0.0, "must be above 0"),
            ("invariant", self.compensation || !self.invariant, "needs compensation: true"),
            ("normality", self.compensation || self.normality == 0.0, "needs compensation: true"),
            ("invariance", self.invariant || self.invariance == 0.0, "needs invariant: true"),
            ("alpha", self.alpha.is_none_or(share), "must be 0 to 1, or None"),
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
