//! Files of a trained state, which detectors write into the folder that [`Detector::save`] is given.
//!
//! [`Detector::save`]: crate::contract::detector::Detector::save

use crate::contract::error::DetectorError;
use image::{ExtendedColorType, ImageEncoder, RgbImage, codecs::png::PngEncoder};
use std::io;
use std::path::Path;

/// Writes a file, in place of what was there.
///
/// # Errors
/// When it cannot be written, with its name.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), DetectorError> {
    std::fs::write(path, bytes).map_err(|error| DetectorError::state(path, error))
}

/// Writes a picture as PNG, in place of what was there.
///
/// # Errors
/// Whatever keeps any byte of it from being written: encoders that write into a file themselves drop the error of
/// the last of it.
pub fn save_png(picture: &RgbImage, path: &Path) -> io::Result<()> {
    let mut bytes = Vec::new();
    let (width, height) = picture.dimensions();
    PngEncoder::new(&mut bytes)
        .write_image(picture, width, height, ExtendedColorType::Rgb8)
        .map_err(io::Error::other)?;
    std::fs::write(path, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_come_back_and_a_full_disk_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("picture.png");
        let picture = RgbImage::from_fn(5, 4, |x, y| image::Rgb([x as u8, y as u8, 7]));
        save_png(&picture, &path).unwrap();
        assert_eq!(image::open(&path).unwrap().into_rgb8(), picture);
        let full = Path::new("/dev/full");
        if full.exists() {
            assert!(save_png(&picture, full).is_err());
        }
    }
}
