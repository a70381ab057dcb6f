//! FiCo's first ablation step: GNL's training with compensated decoder outputs.
//!
//! Chen et al., Filter or Compensate: Towards Invariant Representation from Distribution Shift for Anomaly Detection, AAAI 2025.
//!
//! Inferred: the paper's ablation table does not define its rows. We take the row as GNL with compensation
//! branches, the distillation of altered views at weight 0.05, and the consistency of compensated normality;
//! FiCo's batch of 8; no mixing at test time.

use super::DiscoDiifi;
use crate::reverse_distillation::ReverseDistillation;
use crate::reverse_distillation::options::{Options, TEST_OPTIONS};
use harness::prelude::*;

/// FiCo without invariant features.
pub struct Disco;

impl DetectorPlugin for Disco {
    const NAME: &'static str = "disco";
    const SUMMARY: &'static str = "gnl training with compensation branches (inferred ablation row of FiCo)";
    const PAPER: &'static str = "Chen et al., Filter or Compensate: Towards Invariant Representation from Distribution Shift for Anomaly Detection, AAAI 2025";
    const REVISION: u32 = 1;
    const TEST_OPTIONS: &'static [&'static str] = TEST_OPTIONS;
    const NEEDS_BACKBONE: bool = true;
    const COST: Cost = Cost::Heavy;
    type Options = Options;

    fn defaults() -> Options {
        Options { invariant: false, invariance: 0.0, ..DiscoDiifi::defaults() }
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Box::new(ReverseDistillation::new(options, context)?))
    }
}

inventory::submit! { DetectorEntry::of::<Disco>() }
