//! The corruptions of ImageNet-C, and what they share: source and smallest size.
//!
//! Parameters are those of Hendrycks & Dietterich, "Benchmarking Neural Network Robustness to Common
//! Corruptions and Perturbations", ICLR 2019, as `imagecorruptions` 1.1.2 applies them to images of
//! any size.

pub mod brightness;
pub mod contrast;
pub mod defocus_blur;
pub mod elastic_transform;
pub mod fog;
pub mod frost;
pub mod gaussian_blur;
pub mod gaussian_noise;
pub mod glass_blur;
pub mod impulse_noise;
pub mod jpeg_compression;
pub mod motion_blur;
pub mod pixelate;
pub mod saturate;
pub mod shot_noise;
pub mod snow;
pub mod spatter;
pub mod speckle_noise;
pub mod zoom_blur;

use harness::prelude::*;

/// Where the definitions come from.
pub(super) const SOURCE: &str = "Hendrycks & Dietterich 2019 (ImageNet-C), as in imagecorruptions 1.1.2";

/// Smallest side in pixels that `imagecorruptions` accepts.
const MINIMUM: u32 = 32;

/// `sample` with its image changed in place, unless that is too small. Masks stay as they are: this is
/// for corruptions that move no pixel, or none further than a blur does.
pub(super) fn corrupt(
    shift: &'static str,
    mut sample: Sample,
    change: impl FnOnce(&mut RgbImage),
) -> Result<Sample, ShiftError> {
    large_enough(shift, &sample)?;
    change(&mut sample.image);
    Ok(sample)
}

/// An error if the image of `sample` is smaller than `imagecorruptions` accepts.
pub(super) fn large_enough(shift: &'static str, sample: &Sample) -> Result<(), ShiftError> {
    let (width, height) = sample.image.dimensions();
    if width.min(height) < MINIMUM {
        return Err(ShiftError::TooSmall { shift, minimum: MINIMUM, width, height });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_images_are_refused_with_their_size() {
        let sample = Sample { image: RgbImage::new(40, 31), mask: None };
        let error = corrupt("contrast", sample, |_| ()).unwrap_err();
        assert_eq!(error.to_string(), "contrast needs images of at least 32x32 pixels, this one is 40x31");
    }
}
