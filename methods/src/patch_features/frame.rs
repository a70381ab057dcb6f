//! What such methods see of a picture.

use harness::detector::BuildContext;
use harness::error::DetectorError;
use harness::picture::Geometry;

/// The central seven eighths of a picture whose shorter side was resized to the suite's `image_size`: the
/// published 224 of 256 pixels (PatchCore), 288 of 329 (SimpleNet) and 392 of 448 (Dinomaly). The side is a
/// multiple of `stride`; at `image_size` itself a published frame is exact. Without `crop` the whole picture
/// is stretched to a square.
///
/// # Errors
/// When nothing is left of the picture.
pub fn centre_crop(context: &BuildContext, crop: bool, stride: u32) -> Result<Geometry, DetectorError> {
    let resize = context.image_size;
    let side = if crop { (f64::from(resize) * 0.875).round() as u32 } else { resize };
    let side = side / stride * stride;
    if side == 0 {
        let reason = format!("is {resize}, which leaves no whole patch of {stride} pixels; make it larger");
        return Err(DetectorError::Option { option: "image_size", reason });
    }
    Ok(if crop { Geometry::CentreCrop { resize, crop: side } } else { Geometry::Stretch(side) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::detector::{BackboneChoice, DeviceChoice, Weights};

    fn frame(image_size: u32, crop: bool, stride: u32) -> Result<Geometry, DetectorError> {
        let backbone = BackboneChoice { name: "tiny".into(), weights: Weights::Random(0) };
        let context =
            BuildContext { image_size, backbone, device: DeviceChoice::Cpu, data_root: "none".into() };
        centre_crop(&context, crop, stride)
    }

    #[test]
    fn published_frames_are_exact() {
        let cropped = |resize, crop| Geometry::CentreCrop { resize, crop };
        assert_eq!(frame(256, true, 1).unwrap(), cropped(256, 224));
        assert_eq!(frame(329, true, 1).unwrap(), cropped(329, 288));
        assert_eq!(frame(448, true, 14).unwrap(), cropped(448, 392));
        assert_eq!(frame(448, false, 14).unwrap(), Geometry::Stretch(448));
        assert_eq!(frame(256, false, 14).unwrap(), Geometry::Stretch(252));
        assert!(frame(8, true, 14).unwrap_err().to_string().starts_with("option image_size: is 8"));
    }
}
