//! FiCo's training without mixing at test time.
//!
//! Chen et al., Filter or Compensate: Towards Invariant Representation from Distribution Shift for Anomaly Detection, AAAI 2025. The paper never mentions the mixing that its released code does.

use super::Fico;
use crate::reverse_distillation::ReverseDistillation;
use crate::reverse_distillation::options::{Options, TEST_OPTIONS};
use harness::prelude::*;

/// FiCo without mixing at test time.
pub struct FicoNoAtta;

impl DetectorPlugin for FicoNoAtta {
    const NAME: &'static str = "fico-no-atta";
    const SUMMARY: &'static str = "fico without ATTA: its training alone";
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

inventory::submit! { DetectorEntry::of::<FicoNoAtta>() }
