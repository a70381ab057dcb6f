//! Pictures from bytes to a network's input frame.

mod decode;
mod geometry;
mod resize;

pub use decode::{decode_mask, decode_rgb, open_mask, open_rgb};
pub use geometry::Geometry;
