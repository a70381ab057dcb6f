//! Telling the order of tiles, as a detector of its own: one reading of the row "Jigsaw" of GNL's tables.
//!
//! Carlucci et al., Domain Generalization by Solving Jigsaw Puzzles, CVPR 2019; as a baseline of Cao, Zhu & Pang, Anomaly
//! Detection under Distribution Shift, ICCV 2023.
//!
//! Known of JiGen: 3 x 3 tiles, 30 orders besides the right one, a pooled linear head, stochastic gradient descent at
//! 0.001 (momentum 0.9, decay 5e-4, a tenth after 80 % of the steps), 30 epochs of batch 128, random crops of at least
//! 0.8 of the area, a tile in ten grey. Unknown is what GNL made of it, so the score is our choice; see the module
//! [`jigsaw`](super) for the readings.
//!
//! Deviations: backbones here end at stride 16, so the head reads the third stage, not the fourth; the statistics of
//! batch normalisation stay those of ImageNet; no flips and no jitter of colours, which JiGen can do without; 31 orders
//! equally often, where JiGen shows ordered pictures in nine of ten cases for the sake of its class head
//! (`ordered: 0.9`); a set of orders of our own; the last batch of an epoch is kept. Random crops, and grey tiles, are
//! themselves views against shift: `crop: 1, grey: 0` goes without.

use super::options::Options;
use super::solver::Solver;
use crate::trained::Trained;
use harness::prelude::*;

/// Jigsaw.
struct Jigsaw;

impl DetectorPlugin for Jigsaw {
    const NAME: &'static str = "jigsaw";
    const SUMMARY: &'static str =
        "how sure a network is of the order of shuffled tiles; no reverse distillation";
    const PAPER: &'static str = super::PAPER;
    const REVISION: u32 = 1;
    const NEEDS_BACKBONE: bool = true;
    const STATE: &'static str = "the tuned backbone and a head, 11 MB with resnet18";
    /// Telling the order of tiles is beyond toys in so few steps: see the tests of [`solver`](super::solver).
    const SEPARATION: Option<Separation> = None;
    type Options = Options;

    fn budget(options: &Options, schedule: &Schedule, pictures: usize) -> Option<Budget> {
        Some(options.budget(schedule, pictures))
    }

    fn build(options: Options, context: &BuildContext) -> Result<Box<dyn Detector>, DetectorError> {
        Ok(Trained::not_yet(Solver::new(options, context)?))
    }
}

inventory::submit! { DetectorEntry::of::<Jigsaw>() }
