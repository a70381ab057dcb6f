//! Layers and host-side filters that several methods share.

mod batch_norm;
mod conv_norm;
pub mod host;
mod init;
mod linear_map;
mod residual;

pub use batch_norm::BatchNorm;
pub use conv_norm::{ConvNorm, Resample};
pub use init::Init;
pub use linear_map::LinearMap;
pub use residual::{BlockKind, Residual};
