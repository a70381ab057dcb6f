//! From native resolution to the network's input frame.

use super::resize::{Filter, resize};
use image::{GrayImage, RgbImage, imageops};
use serde::{Deserialize, Serialize};

/// How a picture is resized and cropped. Recorded with every result, because it changes them.
///
/// Resizing antialiases on 8-bit pixels, bit for bit as Pillow does it; bilinearly, where nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Geometry {
    /// To a square of this side; the aspect ratio is not kept (RD, GNL, FiCo).
    Stretch(u32),
    /// The same with the bicubic filter (AnomalyDINO).
    StretchBicubic(u32),
    /// To a square of side `resize`, then the central square of side `crop` (Dinomaly).
    StretchCrop {
        /// Side after resizing.
        resize: u32,
        /// Side of the central square.
        crop: u32,
    },
    /// Shorter side to `resize`, then the central square of side `crop` (PatchCore, SimpleNet).
    CentreCrop {
        /// Length of the shorter side after resizing.
        resize: u32,
        /// Side of the central square.
        crop: u32,
    },
    /// The same with the Lanczos filter (KDAD on CIFAR-10).
    CentreCropLanczos {
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
            Self::Stretch(side) | Self::StretchBicubic(side) => side,
            Self::StretchCrop { crop, .. }
            | Self::CentreCrop { crop, .. }
            | Self::CentreCropLanczos { crop, .. } => crop,
        }
    }

    /// The picture in the network's frame: `[side, side]`, 8 bits.
    pub fn picture(self, picture: &RgbImage) -> RgbImage {
        let (width, height) = self.resized(picture.dimensions());
        let resized = if picture.dimensions() == (width, height) {
            picture.clone()
        } else {
            let (from, to) = (sides(picture.dimensions()), sides((width, height)));
            let pixels = resize(picture.as_raw(), 3, from, to, self.filter());
            RgbImage::from_raw(width, height, pixels).expect("resize returns width * height * 3 bytes")
        };
        let (x, y) = self.offset((width, height));
        imageops::crop_imm(&resized, x, y, self.side(), self.side()).to_image()
    }

    /// The mask in the same frame, `true` where it is defective: resized bilinearly for every method, then
    /// thresholded at one half (as RD4AD's evaluation does).
    pub fn mask(self, mask: &GrayImage) -> Vec<bool> {
        let binary: Vec<u8> = mask.as_raw().iter().map(|&value| if value > 0 { 255 } else { 0 }).collect();
        let (width, height) = self.resized(mask.dimensions());
        let resized = if mask.dimensions() == (width, height) {
            binary
        } else {
            resize(&binary, 1, sides(mask.dimensions()), sides((width, height)), Filter::Bilinear)
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
            Self::Stretch(side) | Self::StretchBicubic(side) => (side, side),
            Self::StretchCrop { resize, crop } => (resize.max(crop), resize.max(crop)),
            Self::CentreCrop { resize, crop } | Self::CentreCropLanczos { resize, crop } => {
                let shorter = width.min(height).max(1);
                let scale = |side: u32| {
                    let scaled = u64::from(side) * u64::from(resize) / u64::from(shorter);
                    (scaled as u32).max(crop)
                };
                (scale(width), scale(height))
            }
        }
    }

    /// Where the crop begins: at half of what is cut off, halves rounded to even (torchvision's `CenterCrop`).
    fn offset(self, (width, height): (u32, u32)) -> (u32, u32) {
        let half = |margin: u32| margin / 2 + u32::from(margin % 4 == 3);
        (half(width - self.side()), half(height - self.side()))
    }

    fn filter(self) -> Filter {
        match self {
            Self::StretchBicubic(_) => Filter::Bicubic,
            Self::CentreCropLanczos { .. } => Filter::Lanczos,
            _ => Filter::Bilinear,
        }
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
            for geometry in [
                Geometry::Stretch(64),
                Geometry::StretchBicubic(64),
                Geometry::StretchCrop { resize: 73, crop: 64 },
                Geometry::CentreCrop { resize: 73, crop: 64 },
                Geometry::CentreCropLanczos { resize: 73, crop: 64 },
            ] {
                let framed = geometry.picture(&picture);
                assert_eq!(framed.dimensions(), (64, 64));
                assert!(framed.pixels().all(|pixel| pixel.0 == [9, 8, 7]));
            }
        }
    }

    /// Offsets of torchvision's `CenterCrop` (0.29.2) for pictures of 10 to 18 pixels, cut to 10.
    #[test]
    fn crops_begin_where_torchvision_begins() {
        let geometry = Geometry::CentreCrop { resize: 10, crop: 10 };
        let begins: Vec<u32> = (10..19).map(|width| geometry.offset((width, 10)).0).collect();
        assert_eq!(begins, [0, 0, 1, 2, 2, 2, 3, 4, 4]);
    }

    /// Cutting 2 of 8 stretched columns off each side leaves the middle half of the picture's width.
    #[test]
    fn a_stretched_crop_does_not_keep_the_aspect_ratio() {
        let picture = RgbImage::from_fn(16, 8, |x, _| Rgb([if (4..12).contains(&x) { 200 } else { 0 }; 3]));
        let framed = Geometry::StretchCrop { resize: 8, crop: 4 }.picture(&picture);
        // One pixel of four takes a share of what was cut off: the filter is two pixels of the target wide.
        assert!(framed.pixels().all(|pixel| pixel.0[0] >= 150), "{framed:?}");
        let kept = Geometry::CentreCrop { resize: 8, crop: 4 }.picture(&picture);
        assert!(kept.pixels().all(|pixel| pixel.0 == [200; 3]));
        let narrow = RgbImage::from_fn(16, 8, |x, _| Rgb([if (6..10).contains(&x) { 200 } else { 0 }; 3]));
        let framed = Geometry::StretchCrop { resize: 8, crop: 4 }.picture(&narrow);
        assert!(framed.get_pixel(0, 0).0[0] < 50, "its sides are seen");
        assert!(Geometry::CentreCrop { resize: 8, crop: 4 }.picture(&narrow).get_pixel(0, 0).0 == [200; 3]);
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
