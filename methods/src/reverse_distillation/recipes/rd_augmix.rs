//! RD4AD trained on AugMix views: the row "AugMix" of GNL's tables.
//!
//! Hendrycks et al., AugMix: A Simple Data Processing Method to Improve Robustness and Uncertainty, ICLR 2020; as a
//! baseline of Cao, Zhu & Pang, Anomaly Detection under Distribution Shift, ICCV 2023.
//!
//! No released code builds this row, so what it is is our choice: every training picture is replaced by one AugMix view,
//! which the teacher sees too, under RD4AD's unchanged loss and training. Views are those that GNL's released code makes
//! for MVTec AD. The row's loss of 2.3 points without shift is what training on altered views alone would cost. AugMix's
//! consistency term needs class probabilities and does not exist here. Both pictures, each with half the loss:
//! `views: clean_and_augmix, distill: 0.5, distill_augmented: 1`. Whether the row was trained for 20 or 200 epochs is
//! unknown; this is RD4AD's 200.

use super::{AUGMIX, Plugin, Rd, Recipe};
use crate::reverse_distillation::options::{Options, Views};
use harness::prelude::*;

/// Reverse distillation of AugMix views.
pub struct RdAugmix;

impl Recipe for RdAugmix {
    const NAME: &'static str = "rd-augmix";
    const SUMMARY: &'static str = "rd trained on AugMix views in the place of the clean pictures";
    const PAPER: &'static str = AUGMIX;

    fn options() -> Options {
        Rd::options().with(|options| options.altered.views = Views::Augmix)
    }
}

inventory::submit! { DetectorEntry::of::<Plugin<RdAugmix>>() }
