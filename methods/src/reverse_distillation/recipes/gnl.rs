//! GNL: normality that generalises, by consistency between altered views and mixing at test time.
//!
//! Cao, Zhu & Pang, Anomaly Detection under Distribution Shift, ICCV 2023.
//!
//! As released for MVTec AD: 20 epochs of batch 16; an AugMix and a grey view, the grey one made after
//! normalisation; 0.9 distillation of the clean view, 0.05 each for the consistency of embeddings and of the
//! finest features, summed (not averaged, as the paper has it) over the views; half of the reference at
//! test time. For PACS set `ops: pacs`.

use super::{GNL, Plugin, Recipe};
use crate::reverse_distillation::options::{GreyView, Options, Views};
use harness::prelude::*;

/// Generalised normality learning.
pub struct Gnl;

impl Recipe for Gnl {
    const NAME: &'static str = "gnl";
    const SUMMARY: &'static str = "rd with consistency between altered views, and ATTA at test time";
    const PAPER: &'static str = GNL;
    const COST: Cost = Cost::Heavy;

    fn options() -> Options {
        Options::default().with(|options| {
            options.length.epochs = 20;
            options.altered.views = Views::CleanAndAugmix;
            options.altered.grey = GreyView::AfterNormalisation;
            options.loss.distill = 0.9;
            options.loss.embedding = 0.05;
            options.loss.low_features = 0.05;
            options.scoring.alpha = Some(0.5);
        })
    }
}

inventory::submit! { DetectorEntry::of::<Plugin<Gnl>>() }
