//! RD4AD: reverse distillation without anything against distribution shift.
//!
//! Deng & Li, Anomaly Detection via Reverse Distillation from One-Class Embedding, CVPR 2022.
//!
//! As released: 200 epochs of batch 16, Adam at 0.005 with betas 0.5 and 0.999, no altered views, cosine
//! over flattened feature maps (the paper writes it per location: `distillation`).

use super::{Plugin, RD4AD, Recipe};
use crate::reverse_distillation::options::Options;
use harness::prelude::*;

/// Reverse distillation, the baseline of everything else here.
pub struct Rd;

impl Recipe for Rd {
    const NAME: &'static str = "rd";
    const SUMMARY: &'static str =
        "reverse distillation (RD4AD): a student restores what a bottleneck keeps of a teacher's features";
    const PAPER: &'static str = RD4AD;

    fn options() -> Options {
        Options::default()
    }
}

inventory::submit! { DetectorEntry::of::<Plugin<Rd>>() }
