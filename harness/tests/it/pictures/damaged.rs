//! Files of every format, cut off at many places.

use super::jpeg;
use harness::contract::picture::decode_rgb;
use image::codecs::{bmp::BmpEncoder, png::PngEncoder, tiff::TiffEncoder};
use image::{DynamicImage, ExtendedColorType, ImageEncoder, Rgb, RgbImage};
use std::io::Cursor;
use std::path::Path;

fn drawn() -> RgbImage {
    RgbImage::from_fn(24, 17, |x, y| Rgb([(x * 9) as u8, (y * 11) as u8, (x * y) as u8]))
}

/// A picture in each format, with its name.
fn written() -> Vec<(String, Vec<u8>)> {
    let image = DynamicImage::from(drawn());
    let (width, height) = (image.width(), image.height());
    let pixels = image.as_bytes();
    let mut files = Vec::new();
    let mut png = Vec::new();
    PngEncoder::new(&mut png).write_image(pixels, width, height, ExtendedColorType::Rgb8).unwrap();
    files.push(("a.png".to_owned(), png));
    let mut bmp = Vec::new();
    BmpEncoder::new(&mut bmp).write_image(pixels, width, height, ExtendedColorType::Rgb8).unwrap();
    files.push(("a.bmp".to_owned(), bmp));
    let mut tiff = Cursor::new(Vec::new());
    TiffEncoder::new(&mut tiff).write_image(pixels, width, height, ExtendedColorType::Rgb8).unwrap();
    files.push(("a.tif".to_owned(), tiff.into_inner()));
    files
}

#[test]
fn whole_files_are_read() {
    for (name, bytes) in written() {
        assert_eq!(decode_rgb(Path::new(&name), &bytes).unwrap(), drawn(), "{name}");
    }
}

/// Every cut of small files, down to the last byte.
#[test]
fn no_cut_gives_a_picture() {
    for (name, bytes) in written().into_iter().chain(jpeg::files()) {
        for cut in 0..bytes.len() {
            let Err(error) = decode_rgb(Path::new(&name), &bytes[..cut]) else {
                panic!("{name} is read from {cut} of {} bytes", bytes.len());
            };
            assert!(error.to_string().starts_with(&format!("{name}: ")), "{error}");
        }
    }
}

/// PNG states a checksum of every chunk.
#[test]
fn no_flipped_bit_of_a_png_gives_another_picture() {
    let (name, bytes) = written().swap_remove(0);
    for place in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[place] ^= 1 << (place % 8);
        assert!(decode_rgb(Path::new(&name), &bytes).is_err(), "bit {} of byte {place}", place % 8);
    }
}
