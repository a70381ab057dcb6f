//! FiCo's training without mixing at test time.
//!
//! Chen et al., Filter or Compensate: Towards Invariant Representation from Distribution Shift for Anomaly Detection, AAAI 2025. The paper never mentions the mixing that its released code does.

use super::{FICO, Fico, INVARIANT, Plugin, Recipe};
use crate::reverse_distillation::options::Options;
use harness::prelude::*;

/// FiCo without mixing at test time.
pub struct FicoNoAtta;

impl Recipe for FicoNoAtta {
    const NAME: &'static str = "fico-no-atta";
    const SUMMARY: &'static str = "fico without ATTA: its training alone";
    const PAPER: &'static str = FICO;
    const COST: Cost = Cost::Heavy;
    const STATE: &'static str = INVARIANT;

    fn options() -> Options {
        Fico::options().with(|options| options.scoring.alpha = None)
    }
}

inventory::submit! { DetectorEntry::of::<Plugin<FicoNoAtta>>() }
