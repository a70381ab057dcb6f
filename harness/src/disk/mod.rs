//! What several rooms ask of a file system.

mod locks;
mod regular;

pub(crate) use locks::knows_no_locks;
pub use regular::{check, open_regular};
