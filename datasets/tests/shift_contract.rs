//! What holds for every shift, whoever wrote it.

#![allow(clippy::unwrap_used)] // Helpers of tests are tests, too.

use datasets as _;
use harness::prelude::*;
use harness::registry::all;
use harness::seed::Root;
use image::{Luma, Rgb};
use proptest::prelude::*;
use rand::Rng;

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
fn the_four_shifts_of_the_protocol_are_registered() {
    let names: Vec<_> = all::<ShiftEntry>().iter().map(|entry| entry.card.name).collect();
    for name in ["brightness", "contrast", "defocus_blur", "gaussian_noise"] {
        assert!(names.contains(&name), "{name} is missing from {names:?}");
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
