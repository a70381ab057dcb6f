//! FiCo: compensate what is specific to a distribution, keep what is not.
//!
//! Chen et al., Filter or Compensate: Towards Invariant Representation from Distribution Shift for Anomaly Detection, AAAI 2025.
//!
//! As released: GNL's views and mixing; batch 8; 20 epochs, but 40 for capsule, pill, screw and zipper of
//! MVTec AD, without a rule behind it; distillation 0.9, of altered views
//! at 0.05 of that; 0.05 each for the consistency of embeddings, finest features and compensated normality;
//! 0.05 * 0.02 for the mean squared disagreement with invariant features. The paper's formula for L_nor
//! compares the branches alone: `normality_on: branch`.

use super::{FICO, Gnl, INVARIANT, Plugin, Recipe};
use crate::reverse_distillation::options::Options;
use harness::prelude::*;

/// Categories of MVTec AD that the released code trains twice as long as the others.
const LONGER: [&str; 4] = ["capsule", "pill", "screw", "zipper"];

/// Filter or compensate.
pub struct Fico;

impl Recipe for Fico {
    const NAME: &'static str = "fico";
    const SUMMARY: &'static str = "compensation branches and invariant features on top of gnl";
    const PAPER: &'static str = FICO;
    const COST: Cost = Cost::Heavy;
    const STATE: &'static str = INVARIANT;

    fn options() -> Options {
        Gnl::options().with(|options| {
            options.length.batch = 8;
            options.length.longer = LONGER.map(|category| (category.into(), 40)).into();
            options.loss.distill_augmented = 0.05;
            options.loss.normality = 0.05;
            options.loss.invariance = 0.05 * 0.02;
            options.compensated.compensation = true;
            options.compensated.invariant = true;
        })
    }
}

inventory::submit! { DetectorEntry::of::<Plugin<Fico>>() }
