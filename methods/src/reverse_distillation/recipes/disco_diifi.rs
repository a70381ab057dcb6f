//! FiCo's second ablation step: compensation tied to invariant features.
//!
//! Chen et al., Filter or Compensate: Towards Invariant Representation from Distribution Shift for Anomaly Detection, AAAI 2025.
//!
//! Inferred: the released code has one ingredient that this row can lack, and we take it to be the mixing at
//! test time. So this is FiCo without it, equal to `fico-no-atta`; the two names keep the two readings apart
//! should the paper's turn out to be another (without L_nor: `normality: 0`).

use super::{FICO, Fico, INVARIANT, Plugin, Recipe};
use crate::reverse_distillation::options::Options;
use harness::prelude::*;

/// FiCo without mixing at test time, as an ablation row.
pub struct DiscoDiifi;

impl Recipe for DiscoDiifi {
    const NAME: &'static str = "disco-diifi";
    const SUMMARY: &'static str = "compensation and invariant features (inferred ablation row of FiCo)";
    const PAPER: &'static str = FICO;
    const COST: Cost = Cost::Heavy;
    const STATE: &'static str = INVARIANT;

    fn options() -> Options {
        Fico::options().with(|options| options.scoring.alpha = None)
    }
}

inventory::submit! { DetectorEntry::of::<Plugin<DiscoDiifi>>() }
