//! A memory of normal vectors: which of them to keep, and which is nearest.

mod coreset;
mod projection;
mod search;
mod state;

pub use coreset::{Anchors, greedy};
pub use projection::project;
pub use search::{MemoryBank, Nearest};
