//! Views of a training picture: the picture as a network sees it, and altered copies of it.

pub mod augmix;
mod chain;
mod enhancement;
mod grey;
mod levels;
mod lookup;
mod mixture;
pub mod op_list;
#[cfg(test)]
mod oracle;
pub mod pixel_ops;
pub mod planes;
mod resampling;
pub mod simplex;

pub use augmix::{AugMix, AugMixDraw, DrawRule};
pub use grey::luma;
pub use op_list::OpList;
pub use pixel_ops::{OpName, PixelOp};
pub use planes::{Planes, grey_after_normalisation, grey_before_normalisation};
