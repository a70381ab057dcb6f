//! The options of the engine, group by group.

use super::choices::{
    Distillation, Fusion, GreyView, ImageScore, MixTarget, MixedLayers, Mixing, NormalityOn, Transport, Views,
};
use crate::view::{DrawRule, OpList, OpName};
use harness::options;
use std::collections::{BTreeMap, BTreeSet};

options! {
    /// How long it trains.
    pub struct Length {
        /// Passes over the training pictures.
        pub epochs: usize = 200 => length().at_least(1).small("1"),
        /// Epochs, instead of `epochs`, for categories of these names.
        pub longer: BTreeMap<String, usize> = BTreeMap::new() => length().at_least(1).small("{}"),
        /// Pictures per step. The last batch of an epoch may be smaller.
        pub batch: usize = 16 => length().at_least(1),
        /// Steps whose gradients are summed before one update. A protocol of equal steps has 1.
        pub accumulate: usize = 1 => length().at_least(1).small("1"),
    }
}

options! {
    /// The optimiser of bottleneck and student.
    pub struct AdamOptions {
        /// Adam's step size.
        pub learning_rate: f64 = 0.005 => training().above(0),
        /// Adam's decay of the first moment.
        pub beta1: f64 = 0.5 => training().at_least(0).below(1),
        /// Adam's decay of the second moment.
        pub beta2: f64 = 0.999 => training().at_least(0).below(1),
    }
}

options! {
    /// The altered views that consistency is asked of.
    pub struct Altered {
        /// Whether there is an AugMix view, and whether the clean picture is seen.
        pub views: Views = Views::Clean => training(),
        /// The operations AugMix draws from.
        pub ops: OpList = OpList::Mvtec => training(),
        /// Operations of that list that AugMix never draws, such as the one that undoes the tested shift.
        pub without: BTreeSet<OpName> = BTreeSet::new() => training(),
        /// How AugMix draws severity and depth.
        pub draw: DrawRule = DrawRule::Released => training(),
        /// Whether there is a grey view, and which.
        pub grey: GreyView = GreyView::None => training(),
    }
}

options! {
    /// The terms of the loss.
    pub struct LossWeights {
        /// Weight of the distillation loss.
        pub distill: f64 = 1.0 => training(),
        /// Weight of each altered view's distillation loss relative to the clean one's (FiCo's alpha).
        pub distill_augmented: f64 = 0.0 => training(),
        /// Weight of the consistency of embeddings, L_abs.
        pub embedding: f64 = 0.0 => training(),
        /// Weight of the consistency of the decoder's finest features, L_lowf.
        pub low_features: f64 = 0.0 => training(),
        /// Weight of the consistency of compensated normality, L_nor.
        pub normality: f64 = 0.0 => training(),
        /// Weight of the agreement with invariant features, L_mse.
        pub invariance: f64 = 0.0 => training(),
        /// What the cosine of the distillation loss is taken over.
        pub distillation: Distillation = Distillation::Flattened => training(),
    }
}

options! {
    /// Mixing of the teacher's features while training.
    pub struct Mixed {
        /// How the teacher's features of a batch are mixed while training.
        pub mixing: Mixing = Mixing::None => training(),
        /// Behind which stages they are.
        pub mixed_layers: MixedLayers = MixedLayers::L12 => training(),
        /// Chance that a stage's features of a batch are mixed.
        pub mix_probability: f64 = 0.5 => training().share(),
        /// Both parameters of the beta distribution of a picture's own share; above 0.
        pub mix_beta: f64 = 0.1 => training().above(0),
        /// Which features are to be restored then.
        pub mix_target: MixTarget = MixTarget::Mixed => training(),
    }
}

options! {
    /// Projections between teacher and bottleneck (RD++).
    pub struct ProjectedOptions {
        /// Whether the bottleneck sees the teacher's features through projections (RD++).
        pub projection: bool = false => training(),
        /// Adam's step size for the projections.
        pub projection_rate: f64 = 0.001 => training().above(0),
        /// Weight of the losses of the projections, whose own weights are normalised by their sum.
        pub projection_loss: f64 = 0.2 => training(),
        /// What their transport term, of weight 1 among them, compares.
        pub ssot: Transport = Transport::Official => training(),
        /// Weight of their reconstruction of normal features from those of a picture with noise.
        pub reconstruction: f64 = 0.01 => training(),
        /// Weight of their contrast with the features of the noise.
        pub contrast: f64 = 0.1 => training(),
    }
}

options! {
    /// The order of shuffled tiles as a further task.
    pub struct Puzzle {
        /// Weight of the loss of naming the order of shuffled tiles from the bottleneck (jigsaw).
        pub jigsaw: f64 = 0.0 => training(),
        /// Share of the puzzles that are in order, before one of 31 orders is drawn.
        pub ordered: f64 = 0.0 => training().share(),
        /// Adam's step size for the teacher, which learns from the jigsaw loss alone; 0 leaves it frozen.
        pub teacher_rate: f64 = 0.0 => training().at_least(0),
    }
}

options! {
    /// Compensation and invariant features (FiCo).
    pub struct Compensated {
        /// Whether the student has compensation branches (FiCo's DiSCo).
        pub compensation: bool = false => training(),
        /// Kernels that a dynamic convolution chooses from.
        pub kernels: usize = 4 => training().at_least(1),
        /// Temperature of that choice: the higher, the closer to a plain average.
        pub temperature: f64 = 34.0 => training().above(0),
        /// Whether compensation is tied to invariant features (FiCo's DiIFi).
        pub invariant: bool = false => training(),
        /// Which features L_nor compares.
        pub normality_on: NormalityOn = NormalityOn::CompensatedOutput => training(),
    }
}

options! {
    /// From features to scores.
    pub struct Scoring {
        /// Weight of the *reference* when test features are mixed with a normal picture's (ATTA);
        /// none switches it off, as does 0.
        pub alpha: Option<f64> = None => test().share(),
        /// Which of the reference pictures is mixed in, from 0.
        pub reference: usize = 0 => test(),
        /// How the maps of the three scales become one.
        pub fusion: Fusion = Fusion::Sum => test(),
        /// Standard deviation of the final Gaussian smoothing, in pixels of the network's input; 0 for none.
        pub sigma: f64 = 4.0 => test().at_least(0).at_most(1000),
        /// How the map becomes the picture's score.
        pub image_score: ImageScore = ImageScore::Max => test(),
    }
}
