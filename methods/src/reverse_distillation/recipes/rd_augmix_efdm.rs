//! RD4AD trained on AugMix views with EFDMix: a row of GNL's tables.
//!
//! Hendrycks et al., AugMix, ICLR 2020; Zhang et al., Exact Feature Distribution Matching, CVPR 2022; as a baseline of
//! Cao, Zhu & Pang, Anomaly Detection under Distribution Shift, ICCV 2023.
//!
//! AugMix alters the pictures, EFDMix the teacher's features of them; nothing else changes. What GNL's row does is
//! unknown: see `rd-augmix` and `rd-efdm`.

use super::{AUGMIX_EFDM, Plugin, RdEfdm, Recipe};
use crate::reverse_distillation::options::{Options, Views};
use harness::prelude::*;

/// Reverse distillation of AugMix views of mixed distribution.
pub struct RdAugmixEfdm;

impl Recipe for RdAugmixEfdm {
    const NAME: &'static str = "rd-augmix-efdm";
    const SUMMARY: &'static str = "rd-augmix and rd-efdm together";
    const PAPER: &'static str = AUGMIX_EFDM;

    fn options() -> Options {
        RdEfdm::options().with(|options| options.altered.views = Views::Augmix)
    }
}

inventory::submit! { DetectorEntry::of::<Plugin<RdAugmixEfdm>>() }
