//! RD4AD with EFDMix: the row "EFDM" of GNL's tables.
//!
//! Zhang et al., Exact Feature Distribution Matching for Arbitrary Style Transfer and Domain Generalization, CVPR 2022;
//! as a baseline of Cao, Zhu & Pang, Anomaly Detection under Distribution Shift, ICCV 2023.
//!
//! As `rd-mixstyle`, with the values of each channel matched rank by rank, by a stable sort, where the released one
//! leaves equal values to chance. What GNL's row does is as unknown, and as much our choice.

use super::{EFDM, Plugin, RdMixstyle, Recipe};
use crate::reverse_distillation::options::{Mixing, Options};
use harness::prelude::*;

/// Reverse distillation of features of mixed distribution.
pub struct RdEfdm;

impl Recipe for RdEfdm {
    const NAME: &'static str = "rd-efdm";
    const SUMMARY: &'static str = "rd with the distributions of training features mixed between pictures";
    const PAPER: &'static str = EFDM;

    fn options() -> Options {
        RdMixstyle::options().with(|options| options.mixed.mixing = Mixing::Efdm)
    }
}

inventory::submit! { DetectorEntry::of::<Plugin<RdEfdm>>() }
