//! Jigsaw: normality as the knowledge of where things belong.
//!
//! Carlucci et al., "Domain Generalization by Solving Jigsaw Puzzles", CVPR 2019 (JiGen): a picture is cut into
//! 3 x 3 tiles and a network tells in which of 31 orders they lie. GNL's tables have a row "Jigsaw" that no released
//! code defines: with one normal class JiGen's own task is gone. Its low values (73.97 on MVTec AD) fit two readings, so
//! [`plugin`] has three modes:
//!
//! - `perm`: a network that tells the order is the detector; what makes it unsure is anomalous ([`solver`]).
//! - `rd_aux`: reverse distillation whose bottleneck must tell the order too.
//! - `rd_finetune`: the same, and the teacher learns from that task.

mod head;
mod options;
mod orders;
mod plugin;
pub mod puzzle;
mod solver;

pub use head::{Head, cross_entropy};
