//! From native resolution to the network's input frame.

use super::resize::resize;
use image::{GrayImage, RgbImage, imageops};
use serde::{Deserialize, Serialize};

/// How a picture is resized and cropped. Recorded with every result, because it changes them.
///
/// Resizing is bilinear with antialiasing on 8-bit pixels, bit for bit as Pillow does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Geometry {
    /// To a square of this side; the aspect ratio is not kept (RD, GNL, FiCo).
    Stretch(u32),
    /// Shorter side to `resize`, then the central square of side `crop` (PatchCore, SimpleNet).
    CentreCrop {
        /// Length of the shorter side after resizing.
        resize: u32,
        /// Side of the central square.
        crop: u32,
    },
}

impl Geometry {
    /// Side of the square input in pixels.
    pub fn side(self) -> u32 {
        match self {
            Self::Stretch(side) => side,
            Self::CentreCrop { crop, .. } => crop,
        }
    }

    /// The picture in the network's frame: `[side, side]`, 8 bits.
    pub fn picture(self, picture: &RgbImage) -> RgbImage {
        let (width, height) = self.resized(picture.dimensions());
        let resized = if picture.dimensions() == (width, height) {
            picture.clone()
        } else {
            let pixels = resize(picture.as_raw(), 3, sides(picture.dimensions()), sides((width, height)));
            RgbImage::from_raw(width, height, pixels).expect("resize returns width * height * 3 bytes")
        };
        let (x, y) = self.offset((width, height));
        imageops::crop_imm(&resized, x, y, self.side(), self.side()).to_image()
    }

    /// The mask in the same frame, `true` where it is defective: resized like the picture, then
    /// thresholded at one half (as RD4AD's evaluation does).
    pub fn mask(self, mask: &GrayImage) -> Vec<bool> {
        let binary: Vec<u8> = mask.as_raw().iter().map(|&value| if value > 0 { 255 } else { 0 }).collect();
        let (width, height) = self.resized(mask.dimensions());
        let resized = if mask.dimensions() == (width, height) {
            binary
        } else {
            resize(&binary, 1, sides(mask.dimensions()), sides((width, height)))
        };
        let resized =
            GrayImage::from_raw(width, height, resized).expect("resize returns width * height bytes");
        let (x, y) = self.offset((width, height));
        let cropped = imageops::crop_imm(&resized, x, y, self.side(), self.side()).to_image();
        cropped.as_raw().iter().map(|&value| value > 127).collect()
    }

    /// Size after resizing, before cropping.
    fn resized(self, (width, height): (u32, u32)) -> (u32, u32) {
        match self {
            Self::Stretch(side) => (side, side),
            Self::CentreCrop { resize, crop } => {
                let shorter = width.min(height).max(1);
                let scale = |side: u32| {
                    let scaled = u64::from(side) * u64::from(resize) / u64::from(shorter);
                    (scaled as u32).max(crop)
                };
                (scale(width), scale(height))
            }
        }
    }

    fn offset(self, (width, height): (u32, u32)) -> (u32, u32) {
        // torchvision's CenterCrop rounds half to even; for the even margins in use this is exact.
        ((width - self.side()) / 2, (height - self.side()) / 2)
    }
}

fn sides((width, height): (u32, u32)) -> (usize, usize) {
    (width as usize, height as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, Rgb};

    #[test]
    fn frames_have_their_side_whatever_the_input() {
        for (width, height) in [(1, 1), (31, 64), (300, 225), (64, 64)] {
            let picture = RgbImage::from_pixel(width, height, Rgb([9, 8, 7]));
            for geometry in [Geometry::Stretch(64), Geometry::CentreCrop { resize: 73, crop: 64 }] {
                let framed = geometry.picture(&picture);
                assert_eq!(framed.dimensions(), (64, 64));
                assert!(framed.pixels().all(|pixel| pixel.0 == [9, 8, 7]));
            }
        }
    }

    #[test]
    fn masks_follow_their_picture() {
        let mask = GrayImage::from_fn(128, 128, |x, _| Luma([if x < 64 { 1 } else { 0 }]));
        let framed = Geometry::Stretch(32).mask(&mask);
        assert_eq!(framed.len(), 32 * 32);
        assert!(framed[..16].iter().all(|&defective| defective));
        assert!(framed[16..32].iter().all(|&defective| !defective));
    }
}
