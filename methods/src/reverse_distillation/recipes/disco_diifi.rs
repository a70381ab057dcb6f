//! FiCo's second ablation step: compensation tied to invariant features.
//!
//! Chen et al., Filter or Compensate: Towards Invariant Representation from Distribution Shift for Anomaly Detection, AAAI 2025.
//!
//! Inferred: the released code has one ingredient that this row can lack, and we take it to be the mixing at
//! test time. So this is FiCo without it, equal to `fico-no-atta`; the two names keep the two readings apart
//! should the paper's turn out to be another (without L_nor: `normality: 0`).

use super::Fico;
use crate::reverse_distillation::ReverseDistillation;
use crate::reverse_distillation::options::{Options, TEST_OPTIONS};
use harness::prelude::*;

/// FiCo without mixing at test time, as an ablation row.
pub struct DiscoDiifi;

impl DetectorPlugin for DiscoDiifi {
    const NAME: &'static str = "disco-diifi";
    const SUMMARY: &'static str = "compensation and invariant features (inferred ablation row of FiCo)";
    const PAPER: &'static str = "Chen et al., Filter or Compensate: Towards Invariant Representation from Distribution Shift for Anomaly Detection, AAAI 2025";
    const REVISION: u32 = 1;
    const TEST_OPTIONS: &'static [&'static str] = TEST_OPTIONS;
    const NEEDS_BACKBONE: bool = true;
    const COST: Cost = Cost::Heavy;
    type Options = Options;

    fn defaults() -> Options {
        Options { alpha: None, ..Fico::defaults() }
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Box::new(ReverseDistillation::new(options, context)?))
    }
}

inventory::submit! { DetectorEntry::of::<DiscoDiifi>() }
