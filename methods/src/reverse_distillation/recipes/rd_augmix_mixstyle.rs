//! RD4AD trained on AugMix views with MixStyle: a row of GNL's tables.
//!
//! Hendrycks et al., AugMix, ICLR 2020; Zhou et al., Domain Generalization with MixStyle, ICLR 2021; as a baseline of
//! Cao, Zhu & Pang, Anomaly Detection under Distribution Shift, ICCV 2023.
//!
//! AugMix alters the pictures, MixStyle the teacher's features of them; nothing else changes. What GNL's row does is
//! unknown: see `rd-augmix` and `rd-mixstyle`.

use super::{AUGMIX_MIXSTYLE, Plugin, RdMixstyle, Recipe};
use crate::reverse_distillation::options::{Options, Views};
use harness::prelude::*;

/// Reverse distillation of AugMix views of mixed style.
pub struct RdAugmixMixstyle;

impl Recipe for RdAugmixMixstyle {
    const NAME: &'static str = "rd-augmix-mixstyle";
    const SUMMARY: &'static str = "rd-augmix and rd-mixstyle together";
    const PAPER: &'static str = AUGMIX_MIXSTYLE;

    fn options() -> Options {
        RdMixstyle::options().with(|options| options.altered.views = Views::Augmix)
    }
}

inventory::submit! { DetectorEntry::of::<Plugin<RdAugmixMixstyle>>() }
