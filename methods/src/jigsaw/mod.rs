//! Jigsaw: normality as the knowledge of where things belong.
//!
//! Carlucci et al., "Domain Generalization by Solving Jigsaw Puzzles", CVPR 2019 (JiGen): a picture is cut into
//! 3 x 3 tiles and a network tells in which of 31 orders they lie. GNL's tables have a row "Jigsaw" that no released
//! code defines: with one normal class JiGen's own task is gone. On MVTec AD it lies 25 points below reverse distillation
//! (73.97 to 98.64), which a task beside a frozen teacher could not do. Two readings are left, each a method here:
//!
//! - `jigsaw`: a network that tells the order is the detector; what makes it unsure is anomalous (`solver.rs`).
//! - `rd-jigsaw`: reverse distillation whose bottleneck must tell the order, and whose teacher learns from that task too
//!   (`teacher_rate: 0` leaves it frozen), a recipe of that engine.

mod head;
mod options;
mod orders;
mod plugin;
pub mod puzzle;
mod solver;

pub use head::Head;

/// JiGen's paper, and where it is a baseline.
pub const PAPER: &str = "Carlucci et al., Domain Generalization by Solving Jigsaw Puzzles, CVPR 2019; baseline of Cao, Zhu & \
                         Pang, ICCV 2023";
