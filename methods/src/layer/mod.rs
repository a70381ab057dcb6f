//! Layers and host-side filters that several methods share.

mod batch_norm;
mod chain;
mod conv_norm;
mod convolution;
mod dropout;
mod group_norm;
pub mod host;
mod init;
mod linear;
#[cfg(test)]
pub(crate) mod pattern;
mod residual;

pub use batch_norm::BatchNorm;
pub use chain::{Backward, Chain, Filter, pool};
pub use conv_norm::{ConvNorm, Resample};
pub use convolution::Convolution;
pub use dropout::Dropout;
pub use group_norm::GroupNorm;
pub use init::Init;
pub use linear::Linear;
pub use residual::{BlockKind, Residual};
