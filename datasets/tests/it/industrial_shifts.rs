//! What holds for the shifts of `datasets/src/shift/industrial`.

use harness::contract::picture::open_rgb;
use harness::contract::registry::find;
use harness::contract::seed::Root;
use harness::prelude::*;
use image::{Luma, Rgb};
use std::path::Path;

const MOVING: [&str; 3] = ["rotation", "scale", "translation"];

const RESTING: [&str; 8] = [
    "camera_shake",
    "exposure",
    "gamma",
    "illumination_gradient",
    "jpeg_chain",
    "sensor_banding",
    "vignette",
    "white_balance",
];

fn apply(name: &str, options: &[&str], sample: Sample, severity: Severity, item: usize) -> Sample {
    let entry = find::<ShiftEntry>(name).unwrap();
    let shift = (entry.build)(&(entry.card.resolve)(options).unwrap()).unwrap();
    let mut stream = Root::new(0, "industrial", "").stream("shift", &item.to_string());
    shift.apply(sample, severity, &mut stream).unwrap()
}

/// A bright square on flat ground, and its mask.
fn square(width: u32, height: u32, [left, top]: [u32; 2], side: u32) -> Sample {
    let inside = |x: u32, y: u32| (left..left + side).contains(&x) && (top..top + side).contains(&y);
    let image = RgbImage::from_fn(width, height, |x, y| Rgb([if inside(x, y) { 220 } else { 40 }; 3]));
    let mask = GrayImage::from_fn(width, height, |x, y| Luma([if inside(x, y) { 255 } else { 0 }]));
    Sample { image, mask: Some(mask) }
}

/// Pixels of the mask, bright pixels of the image, and pixels of both.
fn areas(sample: &Sample) -> [usize; 3] {
    let mask = sample.mask.as_ref().unwrap().iter().map(|&value| value > 0);
    let both = sample.image.pixels().map(|pixel| pixel.0[0] > 130).zip(mask);
    [
        both.clone().filter(|(_, mask)| *mask).count(),
        both.clone().filter(|(bright, _)| *bright).count(),
        both.filter(|(bright, mask)| *bright && *mask).count(),
    ]
}

fn assert_mask_fits(name: &str, sample: &Sample) {
    let [mask, bright, both] = areas(sample);
    assert!(mask > 0, "{name}: the defect is gone");
    let overlap = both as f64 / (mask + bright - both) as f64;
    assert!(overlap > 0.95, "{name}: intersection over union is {overlap}");
}

#[test]
fn masks_follow_the_pixels_that_move() {
    // In the middle, near a corner, and cut by the border, where the mirrored part is a defect as well.
    for (corner, side) in [([100, 70], 40), ([20, 150], 30), ([0, 90], 36), ([180, 0], 25)] {
        let sample = square(230, 200, corner, side);
        for name in MOVING {
            for severity in Severity::ALL {
                for item in 0..6 {
                    let moved = apply(name, &[], sample.clone(), severity, item);
                    assert_ne!(moved.image, sample.image, "{name}");
                    assert_mask_fits(name, &moved);
                }
            }
        }
    }
}

#[test]
fn masks_follow_through_one_shift_after_another() {
    for item in 0..12 {
        let mut sample = square(201, 180, [70, 90], 44);
        for name in ["rotation", "translation", "scale", "rotation"] {
            sample = apply(name, &[], sample, Severity::ALL[item % 5], item);
        }
        assert_mask_fits("all of them", &sample);
    }
}

#[test]
fn areas_change_as_the_map_says() {
    let before = 40.0 * 40.0;
    for item in 0..8 {
        for (name, smallest, largest) in
            [("rotation", 1.0, 1.0), ("translation", 1.0, 1.0), ("scale", 1.15f64.powi(-2), 1.15f64.powi(2))]
        {
            let moved = apply(name, &[], square(230, 200, [95, 80], 40), Severity::ALL[4], item);
            for area in &areas(&moved)[..2] {
                let ratio = *area as f64 / before;
                assert!((smallest * 0.95..largest * 1.05).contains(&ratio), "{name}: {ratio}");
            }
        }
    }
}

#[test]
fn masks_keep_their_values() {
    let mut sample = square(120, 90, [40, 30], 25);
    let values = |sample: &Sample| {
        let mut values = sample.mask.clone().unwrap().into_raw();
        values.sort();
        values.dedup();
        values
    };
    for (x, y, pixel) in sample.mask.as_mut().unwrap().enumerate_pixels_mut() {
        *pixel = Luma([if pixel.0[0] > 0 { [3, 90, 255][((x + y) % 3) as usize] } else { 0 }]);
    }
    for name in MOVING {
        assert_eq!(values(&apply(name, &[], sample.clone(), Severity::ALL[4], 1)), [0, 3, 90, 255], "{name}");
    }
}

#[test]
fn masks_stay_where_pixels_stay() {
    let sample = square(90, 70, [20, 30], 25);
    for name in RESTING {
        for severity in Severity::ALL {
            let shifted = apply(name, &[], sample.clone(), severity, 3);
            assert_eq!(shifted.mask, sample.mask, "{name}");
            assert_ne!(shifted.image, sample.image, "{name} {severity}");
        }
    }
}

#[test]
fn every_size_is_accepted() {
    let sizes = [(0, 0), (0, 7), (1, 1), (1, 50), (50, 1), (2, 2), (3, 8), (31, 31), (5, 700)];
    for (width, height) in sizes {
        for level in [0, 128, 255] {
            let image = RgbImage::from_pixel(width, height, Rgb([level; 3]));
            let sample = Sample { image, mask: Some(GrayImage::new(width, height)) };
            for name in MOVING.into_iter().chain(RESTING) {
                for severity in Severity::ALL {
                    let shifted = apply(name, &[], sample.clone(), severity, 0);
                    assert_eq!(shifted.image.dimensions(), (width, height), "{name}");
                    assert_eq!(shifted.mask, sample.mask, "{name}");
                    // Blurred, moved or compressed, a flat picture stays flat.
                    if MOVING.contains(&name) || name == "camera_shake" {
                        assert_eq!(shifted, sample, "{name} {severity} on {width}x{height} of {level}");
                    }
                }
            }
        }
    }
}

#[test]
fn severities_differ_in_strength_only() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/corruptions");
    for picture in ["astro64", "chelsea225x300"] {
        let image = open_rgb(&path.join(format!("{picture}.png"))).unwrap();
        for name in MOVING.into_iter().chain(RESTING) {
            for item in 0..8 {
                let sample = Sample { image: image.clone(), mask: None };
                let distance = Severity::ALL.map(|severity| {
                    let shifted = apply(name, &[], sample.clone(), severity, item).image;
                    image.iter().zip(shifted.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>()
                });
                assert!(
                    distance.is_sorted_by(|a, b| a < b),
                    "{name} on {picture}, item {item}: {distance:?}"
                );
            }
        }
    }
}

#[test]
fn exposure_takes_its_direction_from_the_suite() {
    let sample = Sample { image: RgbImage::from_pixel(4, 4, Rgb([120; 3])), mask: None };
    for item in 0..6 {
        for severity in Severity::ALL {
            let level = |direction: &str| {
                let options = format!("(direction: {direction})");
                apply("exposure", &[&options], sample.clone(), severity, item).image.get_pixel(0, 0).0[0]
            };
            assert!(level("under") < 120 && level("over") > 120);
            assert!([level("under"), level("over")].contains(&level("either")));
        }
    }
}
