//! Reading image files without trusting them.

use super::source::read_file;
use super::{chunks, jpeg};
use crate::contract::error::DataError;
use image::{DynamicImage, GrayImage, ImageReader, Limits, Luma, RgbImage};
use std::io::Cursor;
use std::path::Path;

/// Largest side accepted, in pixels: a header may claim anything.
const MAX_SIDE: u32 = 16_384;

/// Most memory a decoder may take, in bytes.
const MAX_BYTES: u64 = 1 << 30;

/// Most pixels that a byte of a file may stand for. One of a flat PNG of one bit a pixel holds 8,256; a run-length encoded
/// bitmap may claim any number.
const MOST_PIXELS_A_BYTE: u64 = 16_384;

/// The picture in `path` as 8-bit RGB.
///
/// Any raster format this build knows (PNG, JPEG, BMP, TIFF), told by content, not by name; JPEG to the bytes that
/// Pillow gives. Pixels are taken as they are stored: EXIF orientation is not followed. Grey is stacked to three
/// channels, palettes are looked up, 16 bits are scaled to 8, alpha is dropped, CMYK is converted;
/// [`conversions`](super::conversions()) tells which.
///
/// # Errors
/// [`DataError`] naming the file when it is missing, no regular file, truncated, damaged, too large, of floating-point
/// values or not an image.
pub fn open_rgb(path: &Path) -> Result<RgbImage, DataError> {
    decode_rgb(path, &read_file(path)?)
}

/// As [`open_rgb`], of a file whose bytes were read already; `path` is for messages.
///
/// # Errors
/// As [`open_rgb`].
pub fn decode_rgb(path: &Path, bytes: &[u8]) -> Result<RgbImage, DataError> {
    Ok(decode(bytes).map_err(|reason| DataError::unreadable(path, reason))?.into_rgb8())
}

/// The mask in `path`: one channel, non-zero where the defect is, which is where any colour of the file is not zero.
///
/// # Errors
/// [`DataError`] naming the mask, of a kind of its own, when it cannot be read or its size is not `(width, height)`
/// of its image.
pub fn open_mask(path: &Path, size: (u32, u32)) -> Result<GrayImage, DataError> {
    decode_mask(path, &read_file(path).map_err(DataError::of_mask)?, size)
}

/// As [`open_mask`], of a file whose bytes were read already; `path` is for messages.
///
/// # Errors
/// As [`open_mask`].
pub fn decode_mask(path: &Path, bytes: &[u8], (width, height): (u32, u32)) -> Result<GrayImage, DataError> {
    let mask = decode(bytes).map_err(|reason| DataError::mask_unreadable(path, reason))?;
    let (mask_width, mask_height) = (mask.width(), mask.height());
    if (mask_width, mask_height) != (width, height) {
        return Err(DataError::MaskSize { path: path.into(), mask_width, mask_height, width, height });
    }
    if let DynamicImage::ImageLuma8(mask) = mask {
        return Ok(mask);
    }
    // Scaling 16 bits to 8, and weighing colours, could make small values zero.
    let mask = mask.into_rgb16();
    Ok(GrayImage::from_fn(width, height, |x, y| {
        let most = mask.get_pixel(x, y).0.into_iter().max().unwrap_or(0);
        Luma([u8::from(most > 0).max((most >> 8) as u8)])
    }))
}

/// A file format, by how its files begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
    Other,
}

impl Format {
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Self::Jpeg,
            bytes if bytes.starts_with(&chunks::SIGNATURE) => Self::Png,
            _ => Self::Other,
        }
    }
}

/// The picture in `bytes`, or why there is none.
fn decode(bytes: &[u8]) -> Result<DynamicImage, String> {
    match Format::of(bytes) {
        Format::Jpeg => return jpeg::decode(bytes, MAX_SIDE as usize, MAX_BYTES as usize).map(Into::into),
        Format::Png => drop(chunks::of(bytes)?),
        Format::Other => {}
    }
    let (width, height) = reader(bytes)?.into_dimensions().map_err(|error| error.to_string())?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS_A_BYTE * bytes.len() as u64 {
        let held = bytes.len();
        return Err(format!("it claims {width} x {height} pixels, more than {held} bytes can hold"));
    }
    match reader(bytes)?.decode().map_err(|error| error.to_string())? {
        DynamicImage::ImageRgb32F(_) | DynamicImage::ImageRgba32F(_) => Err(
            "it holds floating-point values, of which nobody knows what is white; save it with 8 or 16 bits"
                .into(),
        ),
        image => Ok(image),
    }
}

/// A decoder of `bytes` within the limits.
pub(super) fn reader(bytes: &[u8]) -> Result<ImageReader<Cursor<&[u8]>>, String> {
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| error.to_string())?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    Ok(reader)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::png::{CompressionType, FilterType, PngEncoder};
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

    /// Found by fuzzing: two gigabytes and five seconds for a file of 925 bytes.
    #[test]
    fn a_small_file_of_a_huge_picture_is_refused_before_it_is_decoded() {
        // Run lengths of one byte a pixel, and the end of the picture at once.
        let mut bitmap = b"BM".to_vec();
        for word in [62_u32, 0, 58, 40, 14_336, 12_543, 1 | 8 << 16, 1, 0, 0, 0, 1, 0, 0] {
            bitmap.extend(word.to_le_bytes());
        }
        bitmap.extend([0, 1]);
        let message = decode_rgb(Path::new("huge.bmp"), &bitmap).unwrap_err().to_string();
        assert!(
            message.contains("huge.bmp") && message.contains("14336 x 12543 pixels, more than"),
            "{message}"
        );
        // A flat picture, as small as PNG can make it, is none of these.
        let mut flat = Cursor::new(Vec::new());
        let encoder = PngEncoder::new_with_quality(&mut flat, CompressionType::Best, FilterType::NoFilter);
        GrayImage::new(4096, 4096).write_with_encoder(encoder).unwrap();
        let flat = flat.into_inner();
        assert_eq!(decode_rgb(Path::new("flat.png"), &flat).unwrap().dimensions(), (4096, 4096));
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
