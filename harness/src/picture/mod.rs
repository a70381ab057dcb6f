//! Pictures from bytes to a network's input frame.

mod decode;
mod geometry;
mod png;
mod resize;

pub use decode::{decode_mask, decode_rgb, open_mask, open_rgb};
pub use geometry::Geometry;
pub use png::save_png;
