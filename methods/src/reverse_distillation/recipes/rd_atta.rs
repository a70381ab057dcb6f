//! RD4AD with test-time augmentation: what mixing with a normal picture does on its own.
//!
//! Deng & Li, Anomaly Detection via Reverse Distillation from One-Class Embedding, CVPR 2022; the mixing is that of
//! Cao, Zhu & Pang, Anomaly Detection under Distribution Shift, ICCV 2023.
//!
//! Not a published row. It separates GNL's test-time part from its training, and gives the baseline the
//! training picture that GNL and FiCo are allowed to keep.

use super::Rd;
use crate::reverse_distillation::ReverseDistillation;
use crate::reverse_distillation::options::{Options, TEST_OPTIONS};
use harness::prelude::*;

/// Reverse distillation, mixed with a normal picture at test time.
pub struct RdAtta;

impl DetectorPlugin for RdAtta {
    const NAME: &'static str = "rd-atta";
    const SUMMARY: &'static str = "rd with test features mixed with a normal picture's (ATTA)";
    const PAPER: &'static str = "Deng & Li, Anomaly Detection via Reverse Distillation from One-Class Embedding, CVPR 2022; Cao, Zhu & Pang, Anomaly Detection under Distribution Shift, ICCV 2023";
    const REVISION: u32 = 1;
    const TEST_OPTIONS: &'static [&'static str] = TEST_OPTIONS;
    const NEEDS_BACKBONE: bool = true;
    type Options = Options;

    fn defaults() -> Options {
        Options { alpha: Some(0.5), ..Rd::defaults() }
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Box::new(ReverseDistillation::new(options, context)?))
    }
}

inventory::submit! { DetectorEntry::of::<RdAtta>() }
