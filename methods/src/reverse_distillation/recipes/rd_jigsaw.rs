//! RD4AD whose teacher learns to tell the order of tiles: one reading of the row "Jigsaw" of GNL's tables.
//!
//! Carlucci et al., Domain Generalization by Solving Jigsaw Puzzles, CVPR 2019 (JiGen); as a baseline of Cao, Zhu & Pang,
//! Anomaly Detection under Distribution Shift, ICCV 2023.
//!
//! No code of that row is released. What is ours: the bottleneck's pooled embedding names one of 31 orders, at JiGen's
//! weight of 0.7 beside RD4AD's loss on the pictures as they are; teacher and student learn from that task, the teacher
//! by Adam at JiGen's 0.001 and from nothing else; 31 orders equally often, a set of our own; length and score are
//! RD4AD's. With `teacher_rate: 0` the teacher stays frozen, as in every other recipe, but then the row could hardly lie
//! 25 points below RD4AD. The other reading is the method `jigsaw`.

use super::{Plugin, Recipe, TUNED};
use crate::jigsaw;
use crate::reverse_distillation::options::Options;
use harness::prelude::*;

/// Reverse distillation beside a jigsaw task.
pub struct RdJigsaw;

impl Recipe for RdJigsaw {
    const NAME: &'static str = "rd-jigsaw";
    const SUMMARY: &'static str = "rd whose teacher and bottleneck learn to tell the order of shuffled tiles";
    const PAPER: &'static str = jigsaw::PAPER;
    const COST: Cost = Cost::Heavy;
    const STATE: &'static str = TUNED;

    fn options() -> Options {
        Options::default().with(|options| {
            options.puzzle.jigsaw = 0.7;
            options.puzzle.teacher_rate = 0.001;
        })
    }
}

inventory::submit! { DetectorEntry::of::<Plugin<RdJigsaw>>() }
