//! Pictures that are not 8-bit RGB: what becomes of them, and that it is told.

use super::jpeg::fixtures;
use harness::contract::picture::{Conversion, conversions, open_mask, open_rgb};
use image::{ImageBuffer, Luma, LumaA, Pixel, PixelWithColorType, Rgb, Rgba};
use std::fs;
use std::path::Path;

/// Writes a picture of one pixel value and reads it again.
fn read<P>(name: &str, pixel: P) -> ([u8; 3], Vec<Conversion>)
where
    P: Pixel + PixelWithColorType,
    [P::Subpixel]: image::EncodableLayout,
{
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    ImageBuffer::from_pixel(3, 2, pixel).save(&path).unwrap();
    (open_rgb(&path).unwrap().get_pixel(2, 1).0, conversions(&path).unwrap())
}

#[test]
fn samples_are_converted_as_documented_and_told() {
    use Conversion::{Alpha, Deep, Grey};
    assert_eq!(read("a.png", Rgb([1u8, 2, 3])), ([1, 2, 3], vec![]));
    assert_eq!(read("a.bmp", Rgb([1u8, 2, 3])), ([1, 2, 3], vec![]));
    for ending in ["png", "tif"] {
        let name = format!("a.{ending}");
        assert_eq!(read(&name, Luma([7u8])), ([7; 3], vec![Grey]));
        assert_eq!(read(&name, Luma([0x8000u16])), ([128; 3], vec![Grey, Deep]));
        assert_eq!(read(&name, Rgb([0u16, 257, 65535])), ([0, 1, 255], vec![Deep]));
        assert_eq!(read(&name, Rgba([1u8, 2, 3, 0])), ([1, 2, 3], vec![Alpha]));
    }
    assert_eq!(read("a.png", LumaA([9u8, 1])), ([9; 3], vec![Grey, Alpha]));
    assert_eq!(conversions(&fixtures().join("cmyk.jpg")).unwrap(), [Conversion::Inks]);
    assert_eq!(conversions(&fixtures().join("ycck.jpg")).unwrap(), [Conversion::Inks]);
    assert_eq!(conversions(&fixtures().join("progressive-grey.jpg")).unwrap(), [Grey]);
    assert_eq!(conversions(&fixtures().join("420.jpg")).unwrap(), []);
}

#[test]
fn floating_point_pictures_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("float.tif");
    ImageBuffer::from_pixel(2, 2, Rgb([0.5f32, 1.0, 200.0])).save(&path).unwrap();
    let error = open_rgb(&path).unwrap_err().to_string();
    assert!(error.contains("float.tif: it holds floating-point values"), "{error}");
}

/// A JPEG with a camera's note that it is to be turned.
fn turned(folder: &Path, orientation: u8) -> std::path::PathBuf {
    let path = folder.join("turned.jpg");
    let plain = fs::read(fixtures().join("420.jpg")).unwrap();
    let note =
        [b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", &[orientation, 0, 0, 0, 0, 0, 0][..]]
            .concat();
    let length = (note.len() as u16 + 2).to_be_bytes();
    fs::write(&path, [&plain[..2], &[0xff, 0xe1], &length, &note, &plain[2..]].concat()).unwrap();
    path
}

#[test]
fn orientation_is_not_followed_but_told() {
    let folder = tempfile::tempdir().unwrap();
    let stored = open_rgb(&fixtures().join("420.jpg")).unwrap();
    for orientation in 1..=8 {
        let path = turned(folder.path(), orientation);
        assert_eq!(open_rgb(&path).unwrap(), stored);
        let expected = if orientation == 1 { vec![] } else { vec![Conversion::Turned] };
        assert_eq!(conversions(&path).unwrap(), expected, "{orientation}");
    }
}

/// Scaled to 8 bits, or as a weighted mean of colours, these would be zero.
#[test]
fn a_mask_marks_wherever_it_is_not_zero() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mask.png");
    let marked =
        || open_mask(&path, (2, 1)).unwrap().into_raw().iter().map(|value| *value > 0).collect::<Vec<_>>();
    ImageBuffer::<Luma<u16>, _>::from_raw(2, 1, vec![0u16, 1]).unwrap().save(&path).unwrap();
    assert_eq!(marked(), [false, true]);
    ImageBuffer::<Rgb<u8>, _>::from_raw(2, 1, vec![0u8, 0, 0, 0, 0, 1]).unwrap().save(&path).unwrap();
    assert_eq!(marked(), [false, true]);
}
