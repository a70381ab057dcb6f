//! RD4AD: reverse distillation without anything against distribution shift.
//!
//! Deng & Li, Anomaly Detection via Reverse Distillation from One-Class Embedding, CVPR 2022.
//!
//! As released: 200 epochs of batch 16, Adam at 0.005 with betas 0.5 and 0.999, no altered views, cosine
//! over flattened feature maps (the paper writes it per location: `distillation`).

use crate::reverse_distillation::ReverseDistillation;
use crate::reverse_distillation::options::{Options, TEST_OPTIONS};
use harness::prelude::*;

/// Reverse distillation, the baseline of everything else here.
pub struct Rd;

impl DetectorPlugin for Rd {
    const NAME: &'static str = "rd";
    const SUMMARY: &'static str =
        "reverse distillation (RD4AD): a student restores what a bottleneck keeps of a teacher's features";
    const PAPER: &'static str =
        "Deng & Li, Anomaly Detection via Reverse Distillation from One-Class Embedding, CVPR 2022";
    const REVISION: u32 = 1;
    const TEST_OPTIONS: &'static [&'static str] = TEST_OPTIONS;
    const NEEDS_BACKBONE: bool = true;
    type Options = Options;

    fn defaults() -> Options {
        Options::default()
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Box::new(ReverseDistillation::new(options, context)?))
    }
}

inventory::submit! { DetectorEntry::of::<Rd>() }
