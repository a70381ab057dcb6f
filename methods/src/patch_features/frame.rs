//! What such methods see of a picture.

use harness::contract::error::DetectorError;
use harness::contract::picture::Geometry;

/// The central seven eighths of a picture whose shorter side was resized to the suite's `image_size`: the
/// published 224 of 256 pixels (PatchCore) and 288 of 329 (SimpleNet). The side is a multiple of `stride`; at
/// `image_size` itself a published frame is exact. Without `crop` the whole picture is stretched to a square.
///
/// # Errors
/// When nothing is left of the picture.
pub fn centre_crop(resize: u32, crop: bool, stride: u32) -> Result<Geometry, DetectorError> {
    let side = side(resize, crop, stride)?;
    Ok(if crop { Geometry::CentreCrop { resize, crop: side } } else { Geometry::Stretch(side) })
}

/// The same of a picture that was stretched to a square: the published 392 of 448 pixels (Dinomaly).
///
/// # Errors
/// When nothing is left of the picture.
pub fn stretched_crop(resize: u32, crop: bool, stride: u32) -> Result<Geometry, DetectorError> {
    let side = side(resize, crop, stride)?;
    Ok(if crop { Geometry::StretchCrop { resize, crop: side } } else { Geometry::Stretch(side) })
}

fn side(resize: u32, crop: bool, stride: u32) -> Result<u32, DetectorError> {
    let side = if crop { (f64::from(resize) * 0.875).round() as u32 } else { resize };
    let side = side / stride * stride;
    if side == 0 {
        let reason = format!("is {resize}, which leaves no whole patch of {stride} pixels; make it larger");
        return Err(DetectorError::Option { option: "image_size", reason });
    }
    Ok(side)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_frames_are_exact() {
        let cropped = |resize, crop| Geometry::CentreCrop { resize, crop };
        assert_eq!(centre_crop(256, true, 1).unwrap(), cropped(256, 224));
        assert_eq!(centre_crop(329, true, 1).unwrap(), cropped(329, 288));
        let stretched = |image_size, crop| stretched_crop(image_size, crop, 14);
        assert_eq!(stretched(448, true).unwrap(), Geometry::StretchCrop { resize: 448, crop: 392 });
        assert_eq!(stretched(448, false).unwrap(), Geometry::Stretch(448));
        assert_eq!(stretched(256, false).unwrap(), Geometry::Stretch(252));
        assert!(stretched(8, true).unwrap_err().to_string().starts_with("option image_size: is 8"));
    }
}
