//! FiCo's first ablation step: GNL's training with compensated decoder outputs.
//!
//! Chen et al., Filter or Compensate: Towards Invariant Representation from Distribution Shift for Anomaly Detection, AAAI 2025.
//!
//! Inferred: the paper's ablation table does not define its rows. We take the row as GNL with compensation
//! branches, the distillation of altered views at weight 0.05, and the consistency of compensated normality;
//! FiCo's batch of 8; no mixing at test time.

use super::{COMPENSATED, DiscoDiifi, FICO, Plugin, Recipe};
use crate::reverse_distillation::options::Options;
use harness::prelude::*;

/// FiCo without invariant features.
pub struct Disco;

impl Recipe for Disco {
    const NAME: &'static str = "disco";
    const SUMMARY: &'static str = "gnl training with compensation branches (inferred ablation row of FiCo)";
    const PAPER: &'static str = FICO;
    const COST: Cost = Cost::Heavy;
    const STATE: &'static str = COMPENSATED;

    fn options() -> Options {
        DiscoDiifi::options().with(|options| {
            options.compensated.invariant = false;
            options.loss.invariance = 0.0;
        })
    }
}

inventory::submit! { DetectorEntry::of::<Plugin<Disco>>() }
