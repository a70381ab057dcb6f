//! What holds for every shift, whoever wrote it.

use harness::contract::registry::all;
use harness::contract::seed::Root;
use harness::prelude::*;
use image::{Luma, Rgb};
use proptest::prelude::*;
use rand::Rng;
use std::path::Path;

fn picture(width: u32, height: u32, seed: u64) -> Sample {
    let mut stream = Root::new(seed, "contract", "").stream("picture", "");
    let image =
        RgbImage::from_fn(width, height, |_, _| Rgb(std::array::from_fn(|_| stream.next_u32() as u8)));
    let mask = GrayImage::from_fn(width, height, |x, _| Luma([if x < width / 2 { 255 } else { 0 }]));
    Sample { image, mask: Some(mask) }
}

fn shift(entry: &ShiftEntry) -> Box<dyn Shift> {
    (entry.build)(&(entry.card.resolve)(&[]).unwrap()).unwrap()
}

fn stream(item: &str) -> Stream {
    Root::new(0, "contract", "").stream("shift", item)
}

#[test]
fn long_and_empty_pictures_are_shifted_too() {
    let flat = |level: u8| RgbImage::from_pixel(40, 33, Rgb([level; 3]));
    let images = [picture(32, 2000, 0).image, picture(2000, 32, 0).image, flat(0), flat(128), flat(255)];
    for entry in all::<ShiftEntry>() {
        let shift = shift(entry);
        for image in &images {
            for severity in [Severity::ALL[0], Severity::ALL[4]] {
                let sample = Sample { image: image.clone(), mask: None };
                let shifted = shift.apply(sample, severity, &mut stream("")).unwrap().image;
                assert_eq!(shifted.dimensions(), image.dimensions(), "{}", entry.card.name);
            }
        }
    }
}

#[test]
fn small_images_are_errors_and_not_panics() {
    for entry in all::<ShiftEntry>() {
        for (width, height) in [(0, 0), (1, 1), (31, 64), (64, 31)] {
            let result = shift(entry).apply(picture(width, height, 0), Severity::ALL[4], &mut stream(""));
            if let Err(error) = result {
                let message = error.to_string();
                assert!(message.contains(&format!("{width}x{height}")), "{}: {message}", entry.card.name);
            }
        }
    }
}

/// A photograph: some shifts leave noise much as it is.
fn photograph() -> Sample {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/corruptions/astro64.png");
    let image = harness::contract::picture::open_rgb(Path::new(path)).unwrap();
    let mask = GrayImage::from_fn(image.width(), image.height(), |x, y| Luma([if x > y { 200 } else { 0 }]));
    Sample { image, mask: Some(mask) }
}

#[test]
fn what_is_drawn_decides_the_picture() {
    for entry in all::<ShiftEntry>() {
        let shift = shift(entry);
        let shifted = |item: &str| {
            let (mut used, mut unused) = (stream(item), stream(item));
            let shifted = shift.apply(photograph(), Severity::ALL[4], &mut used).unwrap();
            (used.next_u64() != unused.next_u64(), shifted)
        };
        let (random, first) = shifted("0");
        // Some shifts draw nothing but one of two directions.
        let varies = (1..16).any(|item| shifted(&item.to_string()).1.image != first.image);
        assert_eq!(random, varies, "{}", entry.card.name);
    }
}

#[test]
fn masks_keep_their_size_and_gain_no_value() {
    let mut sample = photograph();
    for (x, _, pixel) in sample.mask.as_mut().unwrap().enumerate_pixels_mut() {
        pixel.0[0] = if pixel.0[0] > 0 { [1, 77, 255][x as usize % 3] } else { 0 };
    }
    for entry in all::<ShiftEntry>() {
        for severity in Severity::ALL {
            let mask = shift(entry).apply(sample.clone(), severity, &mut stream("a")).unwrap().mask.unwrap();
            assert_eq!(mask.dimensions(), sample.image.dimensions(), "{}", entry.card.name);
            assert!(mask.iter().all(|value| [0, 1, 77, 255].contains(value)), "{}", entry.card.name);
        }
    }
}

#[test]
fn threads_may_share_a_shift() {
    for entry in all::<ShiftEntry>() {
        let shift = shift(entry);
        let once = || shift.apply(photograph(), Severity::ALL[2], &mut stream("a")).unwrap();
        let alone = once();
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(once)).collect();
            for thread in threads {
                assert!(thread.join().unwrap() == alone, "{}", entry.card.name);
            }
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_size_stays_and_a_stream_decides_the_result(
        width in 32u32..=70, height in 32u32..=40, level in 1u8..=5, seed: u64,
    ) {
        let severity = Severity::try_from(level).unwrap();
        let sample = picture(width, height, seed);
        for entry in all::<ShiftEntry>() {
            let shift = shift(entry);
            let once = shift.apply(sample.clone(), severity, &mut stream("a")).unwrap();
            let again = shift.apply(sample.clone(), severity, &mut stream("a")).unwrap();
            prop_assert_eq!(once.image.dimensions(), (width, height));
            prop_assert_eq!(once.mask.as_ref().map(GrayImage::dimensions), Some((width, height)));
            prop_assert!(once == again, "{} is not deterministic", entry.card.name);
        }
    }
}
