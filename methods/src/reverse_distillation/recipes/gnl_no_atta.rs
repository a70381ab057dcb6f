//! GNL's training without its test-time part.
//!
//! Cao, Zhu & Pang, Anomaly Detection under Distribution Shift, ICCV 2023; there called DINL.

use super::Gnl;
use crate::reverse_distillation::ReverseDistillation;
use crate::reverse_distillation::options::{Options, TEST_OPTIONS};
use harness::prelude::*;

/// GNL without mixing at test time.
pub struct GnlNoAtta;

impl DetectorPlugin for GnlNoAtta {
    const NAME: &'static str = "gnl-no-atta";
    const SUMMARY: &'static str = "gnl without ATTA: its training alone";
    const PAPER: &'static str = "Cao, Zhu & Pang, Anomaly Detection under Distribution Shift, ICCV 2023";
    const REVISION: u32 = 1;
    const TEST_OPTIONS: &'static [&'static str] = TEST_OPTIONS;
    const NEEDS_BACKBONE: bool = true;
    const COST: Cost = Cost::Heavy;
    type Options = Options;

    fn defaults() -> Options {
        Options { alpha: None, ..Gnl::defaults() }
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Box::new(ReverseDistillation::new(options, context)?))
    }
}

inventory::submit! { DetectorEntry::of::<GnlNoAtta>() }
