//! One JPEG compression.

use harness::prelude::*;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, load_from_memory_with_format};

/// Replaces `image` by what is left of it after JPEG of `quality` 1 to 100.
pub(in crate::shift) fn round_trip(image: &mut RgbImage, quality: u8) {
    let mut file = Vec::new();
    // Only an empty image or one beyond 65535 pixels a side cannot be encoded; it stays as it is.
    if JpegEncoder::new_with_quality(&mut file, quality).encode_image(image).is_ok()
        && let Ok(decoded) = load_from_memory_with_format(&file, ImageFormat::Jpeg)
    {
        *image = decoded.into_rgb8();
    }
}
