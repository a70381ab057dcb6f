//! Layers and host-side filters that several methods share.

mod batch_norm;
mod chain;
mod conv_norm;
mod dense;
mod dropout;
mod group_norm;
pub mod host;
mod init;
mod linear_map;
#[cfg(test)]
pub(crate) mod pattern;
mod residual;
mod unscaled_norm;

pub use batch_norm::BatchNorm;
pub use chain::{Backward, Chain, Filter, pool};
pub use conv_norm::{ConvNorm, Resample};
pub use dense::{Convolution, Linear};
pub use dropout::Dropout;
pub use group_norm::GroupNorm;
pub use init::Init;
pub use linear_map::LinearMap;
pub use residual::{BlockKind, Residual};
pub use unscaled_norm::UnscaledNorm;
