//! Reading image files without trusting them.

use crate::error::DataError;
use image::{DynamicImage, GrayImage, ImageReader, Limits, RgbImage};
use std::io::{BufRead, Cursor, Seek};
use std::path::Path;

/// Largest side accepted, in pixels: a header may claim anything.
const MAX_SIDE: u32 = 16_384;

/// Most memory a decoder may take, in bytes.
const MAX_BYTES: u64 = 1 << 30;

/// The picture in `path` as 8-bit RGB.
///
/// Any raster format this build knows (PNG, JPEG, BMP, TIFF), told by content, not by name. Grey is
/// stacked to three channels, 16 bits are scaled to 8, alpha is dropped.
///
/// # Errors
/// [`DataError`] naming the file when it is missing, truncated, too large or not an image.
pub fn open_rgb(path: &Path) -> Result<RgbImage, DataError> {
    Ok(decode(path)?.into_rgb8())
}

/// As [`open_rgb`], of a file whose bytes were read already; `path` is for messages.
///
/// # Errors
/// As [`open_rgb`].
pub fn decode_rgb(path: &Path, bytes: &[u8]) -> Result<RgbImage, DataError> {
    Ok(within_limits(path, ImageReader::new(Cursor::new(bytes)))?.into_rgb8())
}

/// The mask in `path`: one channel, non-zero where the defect is.
///
/// # Errors
/// [`DataError`] naming the mask, of a kind of its own, when it cannot be read or its size is not `(width, height)`
/// of its image.
pub fn open_mask(path: &Path, size: (u32, u32)) -> Result<GrayImage, DataError> {
    let unreadable = |error: std::io::Error| DataError::mask_unreadable(path, error);
    decode_mask(path, &std::fs::read(path).map_err(unreadable)?, size)
}

/// As [`open_mask`], of a file whose bytes were read already; `path` is for messages.
///
/// # Errors
/// As [`open_mask`].
pub fn decode_mask(path: &Path, bytes: &[u8], (width, height): (u32, u32)) -> Result<GrayImage, DataError> {
    let mask = within_limits(path, ImageReader::new(Cursor::new(bytes))).map_err(|error| match error {
        DataError::Unreadable { path, reason } => DataError::MaskUnreadable { path, reason },
        other => other,
    })?;
    let mask = mask.into_luma8();
    let (mask_width, mask_height) = mask.dimensions();
    if (mask_width, mask_height) != (width, height) {
        return Err(DataError::MaskSize { path: path.into(), mask_width, mask_height, width, height });
    }
    Ok(mask)
}

fn decode(path: &Path) -> Result<DynamicImage, DataError> {
    let reader = ImageReader::open(path).map_err(|error| DataError::unreadable(path, error))?;
    within_limits(path, reader)
}

fn within_limits<R: BufRead + Seek>(path: &Path, reader: ImageReader<R>) -> Result<DynamicImage, DataError> {
    let mut reader = reader.with_guessed_format().map_err(|error| DataError::unreadable(path, error))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    reader.decode().map_err(|error| DataError::unreadable(path, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageBuffer, Luma, Rgba};

    #[test]
    fn conversions_are_the_documented_ones() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("deep.png");
        ImageBuffer::<Luma<u16>, _>::from_pixel(2, 2, Luma([0x8000])).save(&deep).unwrap();
        assert_eq!(open_rgb(&deep).unwrap().get_pixel(0, 0).0, [128, 128, 128]);
        let alpha = folder.path().join("alpha.png");
        ImageBuffer::<Rgba<u8>, _>::from_pixel(2, 2, Rgba([1, 2, 3, 0])).save(&alpha).unwrap();
        assert_eq!(open_rgb(&alpha).unwrap().get_pixel(1, 1).0, [1, 2, 3]);
    }

    #[test]
    fn bad_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut.png");
        RgbImage::from_fn(64, 64, |x, y| image::Rgb([x as u8, y as u8, 7])).save(&path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        for cut in [0, 10, bytes.len() / 2] {
            std::fs::write(&path, &bytes[..cut]).unwrap();
            let message = open_rgb(&path).unwrap_err().to_string();
            assert!(message.contains("cut.png"), "{message}");
        }
        let missing = open_rgb(&folder.path().join("none.png")).unwrap_err().to_string();
        assert!(missing.contains("none.png"), "{missing}");
    }

    #[test]
    fn a_mask_must_have_the_size_of_its_image() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mask.png");
        GrayImage::new(3, 2).save(&path).unwrap();
        assert!(open_mask(&path, (3, 2)).is_ok());
        let message = open_mask(&path, (2, 3)).unwrap_err().to_string();
        assert!(message.contains("3x2") && message.contains("2x3"), "{message}");
        std::fs::write(&path, "no picture").unwrap();
        let error = open_mask(&path, (3, 2)).unwrap_err();
        assert!(matches!(error, DataError::MaskUnreadable { .. }) && error.to_string().contains("mask.png"));
    }
}
