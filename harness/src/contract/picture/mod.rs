//! Pictures from bytes to a network's input frame.

mod chunks;
mod conversion;
mod decode;
mod geometry;
pub mod jpeg;
mod resize;
mod source;

pub use conversion::{Conversion, conversions};
pub use decode::{decode_mask, decode_rgb, open_mask, open_rgb};
pub use geometry::Geometry;
pub use source::read_file;

/// What knows a picture by its pixels: equal for equal pictures alone.
pub fn pixel_hash(picture: &image::RgbImage) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&picture.width().to_le_bytes());
    hasher.update(picture.as_raw()).finalize()
}
