//! A memory of normal vectors: which of them to keep, and which is nearest.

mod coreset;
mod search;
mod state;

pub use coreset::{Anchors, greedy};
pub use search::{MemoryBank, Nearest};
