//! What all corruptions of ImageNet-C share: smallest size, scale and rounding.
//!
//! Parameters are those of Hendrycks & Dietterich, "Benchmarking Neural Network Robustness to Common
//! Corruptions and Perturbations", ICLR 2019, as `imagecorruptions` 1.1.2 applies them to images of
//! any size.

use harness::prelude::*;

/// Where the definitions come from.
pub(super) const SOURCE: &str = "Hendrycks & Dietterich 2019 (ImageNet-C), as in imagecorruptions 1.1.2";

/// Smallest side in pixels that `imagecorruptions` accepts.
const MINIMUM: u32 = 32;

/// `sample` with its image changed in place, unless that is too small. Masks stay as they are:
/// none of these corruptions moves a pixel.
pub(super) fn corrupt(
    shift: &'static str,
    mut sample: Sample,
    change: impl FnOnce(&mut RgbImage),
) -> Result<Sample, ShiftError> {
    let (width, height) = sample.image.dimensions();
    if width.min(height) < MINIMUM {
        return Err(ShiftError::TooSmall { shift, minimum: MINIMUM, width, height });
    }
    change(&mut sample.image);
    Ok(sample)
}

/// An 8-bit level on the scale from 0 to 1.
pub(super) fn unit(level: u8) -> f64 {
    f64::from(level) / 255.0
}

/// The 8-bit level of a value on the scale from 0 to 1, clipped, and truncated rather than rounded:
/// the library casts to `uint8`.
pub(super) fn level(value: f64) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_clipped_and_truncated() {
        assert_eq!([-0.5, 0.0, 0.9999, 1.0, 7.0].map(level), [0, 0, 254, 255, 255]);
    }

    #[test]
    fn small_images_are_refused_with_their_size() {
        let sample = Sample { image: RgbImage::new(40, 31), mask: None };
        let error = corrupt("contrast", sample, |_| ()).unwrap_err();
        assert_eq!(error.to_string(), "contrast needs images of at least 32x32 pixels, this one is 40x31");
    }
}
