//! RD4AD with test-time augmentation: what mixing with a normal picture does on its own.
//!
//! Deng & Li, Anomaly Detection via Reverse Distillation from One-Class Embedding, CVPR 2022; the mixing is that of
//! Cao, Zhu & Pang, Anomaly Detection under Distribution Shift, ICCV 2023.
//!
//! Not a published row. It separates GNL's test-time part from its training, and gives the baseline the
//! training picture that GNL and FiCo are allowed to keep.

use super::{Plugin, Rd, Recipe};
use crate::reverse_distillation::options::Options;
use harness::prelude::*;

/// Reverse distillation, mixed with a normal picture at test time.
pub struct RdAtta;

impl Recipe for RdAtta {
    const NAME: &'static str = "rd-atta";
    const SUMMARY: &'static str = "rd with test features mixed with a normal picture's (ATTA)";
    const PAPER: &'static str = "Deng & Li, Anomaly Detection via Reverse Distillation from One-Class Embedding, CVPR 2022; Cao, Zhu & Pang, Anomaly Detection under Distribution Shift, ICCV 2023";

    fn options() -> Options {
        Rd::options().with(|options| options.scoring.alpha = Some(0.5))
    }
}

inventory::submit! { DetectorEntry::of::<Plugin<RdAtta>>() }
