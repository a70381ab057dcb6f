//! The switches that turn one reverse-distillation engine into each published recipe.

mod choices;
mod groups;

pub use choices::{
    Distillation, Fusion, GreyView, ImageScore, MixTarget, MixedLayers, Mixing, NormalityOn, Transport, Views,
};

pub use groups::{
    AdamOptions, Altered, Compensated, Length, LossWeights, Mixed, ProjectedOptions, Puzzle, Scoring,
};

use crate::rules;
use crate::view::AugMix;
use harness::contract::error::DetectorError;
use harness::contract::schedule::{Budget, Schedule};
use harness::options;

options! {
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
    pub struct Options groups {
        /// How long it trains.
        pub length: Length,
        /// The optimiser of bottleneck and student.
        pub adam: AdamOptions,
        /// The altered views that consistency is asked of.
        pub altered: Altered,
        /// The terms of the loss.
        pub loss: LossWeights,
        /// Mixing of the teacher's features while training.
        pub mixed: Mixed,
        /// Projections between teacher and bottleneck (RD++).
        pub projected: ProjectedOptions,
        /// The order of shuffled tiles as a further task.
        pub puzzle: Puzzle,
        /// Compensation and invariant features (FiCo).
        pub compensated: Compensated,
        /// From features to scores.
        pub scoring: Scoring,
    }
}

impl Options {
    /// These options with a change.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Steps and batch for so many training pictures: the schedule's, or its own.
    pub fn budget(&self, schedule: &Schedule, pictures: usize) -> Budget {
        let epochs = |category: &str| self.length.longer.get(category).copied().unwrap_or(self.length.epochs);
        schedule.budget(pictures, self.length.batch, epochs)
    }

    /// Steps per update under this schedule.
    pub fn accumulation(&self, schedule: &Schedule) -> usize {
        match schedule {
            Schedule::Own { .. } => self.length.accumulate,
            Schedule::Equal { .. } => 1,
        }
    }

    /// The AugMix view, if there is one.
    pub fn view(&self) -> AugMix {
        AugMix { ops: self.altered.ops, without: self.altered.without.clone(), rule: self.altered.draw }
    }

    /// For each view of a batch, whether it is the same in every epoch.
    pub fn unchanging_views(&self) -> Vec<bool> {
        let mut views = match self.altered.views {
            Views::Clean => vec![true],
            Views::CleanAndAugmix => vec![true, false],
            Views::Augmix => vec![false],
        };
        match self.altered.grey {
            GreyView::None => {}
            GreyView::AfterNormalisation => views.push(views[0]),
            GreyView::BeforeNormalisation => views.push(true),
        }
        views
    }

    /// Whether test features are mixed with a reference picture's.
    pub fn mixes(&self) -> bool {
        self.scoring.alpha.is_some_and(|alpha| alpha != 0.0)
    }

    /// Whether the teacher learns too.
    pub fn tunes(&self) -> bool {
        self.puzzle.jigsaw != 0.0 && self.puzzle.teacher_rate > 0.0
    }

    /// Checks what goes together.
    ///
    /// # Errors
    /// The first option that makes no sense, and what would.
    pub fn check(&self) -> Result<(), DetectorError> {
        let drawn = !self.view().operations().is_empty();
        rules::check(&[
            ("without", drawn, "leaves AugMix no operation to draw; name fewer"),
            (
                "teacher_rate",
                self.puzzle.jigsaw != 0.0 || self.puzzle.teacher_rate == 0.0,
                "needs a jigsaw weight above 0",
            ),
            (
                "invariant",
                self.compensated.compensation || !self.compensated.invariant,
                "needs compensation: true",
            ),
            (
                "normality",
                self.compensated.compensation || self.loss.normality == 0.0,
                "needs compensation: true",
            ),
            (
                "invariance",
                self.compensated.invariant || self.loss.invariance == 0.0,
                "needs invariant: true",
            ),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::OpList;

    #[test]
    fn nonsense_is_named() {
        let message = |options: Options| options.check().unwrap_err().to_string();
        let defaults = Options::default();
        assert!(defaults.check().is_ok());
        let wrong = defaults.clone().with(|options| options.compensated.invariant = true);
        assert_eq!(message(wrong), "option invariant: needs compensation: true");
        let all = defaults.clone().with(|options| options.altered.ops = OpList::All).view().operations();
        let wrong = defaults.with(|options| options.altered.without = all.into_iter().collect());
        assert_eq!(message(wrong), "option without: leaves AugMix no operation to draw; name fewer");
    }

    #[test]
    fn an_unknown_operation_is_named_with_those_there_are() {
        let error = serde_json::from_str::<Options>(r#"{"without": ["blur"]}"#).unwrap_err().to_string();
        assert!(error.starts_with("unknown variant `blur`, expected one of `autocontrast`"), "{error}");
    }
}
