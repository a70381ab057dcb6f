//! GNL's training without its test-time part.
//!
//! Cao, Zhu & Pang, Anomaly Detection under Distribution Shift, ICCV 2023; the released code calls it DINL.

use super::{GNL, Gnl, Plugin, Recipe};
use crate::reverse_distillation::options::Options;
use harness::prelude::*;

/// GNL without mixing at test time.
pub struct GnlNoAtta;

impl Recipe for GnlNoAtta {
    const NAME: &'static str = "gnl-no-atta";
    const SUMMARY: &'static str = "gnl without ATTA: its training alone";
    const PAPER: &'static str = GNL;
    const COST: Cost = Cost::Heavy;

    fn options() -> Options {
        Gnl::options().with(|options| options.scoring.alpha = None)
    }
}

inventory::submit! { DetectorEntry::of::<Plugin<GnlNoAtta>>() }
