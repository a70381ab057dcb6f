//! RD4AD with MixStyle: a row of GNL's tables.
//!
//! Zhou et al., Domain Generalization with MixStyle, ICLR 2021; as a baseline of Cao, Zhu & Pang, Anomaly Detection under
//! Distribution Shift, ICCV 2023.
//!
//! As released with MixStyle: chance 1/2 for each layer and batch, shares from Beta(0.1, 0.1), random partners, training
//! only. No released code puts it into RD4AD, so where it stands is our choice: after the teacher's first two stages,
//! where GNL mixes at test time, and what is mixed is what the student is to restore (`mix_target: clean`: it has to
//! undo the style). MixStyle's own papers mix after one to three stages: `mixed_layers`. Partners from swapped halves
//! of a batch ("crossdomain") need domain labels and do not exist here. Expect little: the published row differs from
//! RD4AD's by 0.06 without shift.

use super::{MIXSTYLE, Plugin, Rd, Recipe};
use crate::reverse_distillation::options::{Mixing, Options};
use harness::prelude::*;

/// Reverse distillation of features of mixed style.
pub struct RdMixstyle;

impl Recipe for RdMixstyle {
    const NAME: &'static str = "rd-mixstyle";
    const SUMMARY: &'static str =
        "rd with the channel statistics of training features mixed between pictures";
    const PAPER: &'static str = MIXSTYLE;

    fn options() -> Options {
        Rd::options().with(|options| options.mixed.mixing = Mixing::Mixstyle)
    }
}

inventory::submit! { DetectorEntry::of::<Plugin<RdMixstyle>>() }
