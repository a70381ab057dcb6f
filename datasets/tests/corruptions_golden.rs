//! Corruptions against outputs of imagecorruptions 1.1.2; see `tests/fixtures/corruptions`.

#![allow(clippy::unwrap_used)] // Helpers of tests are tests, too.

use datasets as _;
use harness::picture::open_rgb;
use harness::prelude::*;
use harness::registry::find;
use harness::seed::Root;
use std::fs;
use std::path::PathBuf;

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/corruptions")
}

fn input(name: &str) -> RgbImage {
    open_rgb(&fixtures().join(format!("{name}.png"))).unwrap()
}

fn severity(text: &str) -> Severity {
    text.parse::<u8>().unwrap().try_into().unwrap()
}

fn shifted(image: RgbImage, shift: &str, severity: Severity) -> RgbImage {
    let entry = find::<ShiftEntry>(shift).unwrap();
    let shift = (entry.build)(&(entry.card.resolve)(&[]).unwrap()).unwrap();
    let mut stream = Root::new(12345, "golden", "").stream("shift", "");
    shift.apply(Sample { image, mask: None }, severity, &mut stream).unwrap().image
}

/// Values that differ and the largest difference in levels.
fn difference(a: &RgbImage, b: &RgbImage) -> (usize, u8) {
    assert_eq!(a.dimensions(), b.dimensions());
    let differences = a.iter().zip(b.iter()).map(|(a, b)| a.abs_diff(*b));
    (differences.clone().filter(|&difference| difference > 0).count(), differences.max().unwrap_or(0))
}

#[test]
fn what_is_not_random_equals_the_library_byte_for_byte() {
    let mut compared = 0;
    let mut unequal = Vec::new();
    for entry in fs::read_dir(fixtures()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(stem) = name.strip_suffix(".png") else { continue };
        let [image, shift, strength] = stem.split("__").collect::<Vec<_>>()[..] else { continue };
        let expected = open_rgb(&fixtures().join(&name)).unwrap();
        let found = shifted(input(image), shift, severity(&strength[1..]));
        let (count, largest) = difference(&expected, &found);
        if count > 0 {
            unequal.push(format!("{name}: {count} of {} values, at most {largest} levels", expected.len()));
        }
        compared += 1;
    }
    assert!(compared >= 38, "only {compared} fixtures found");
    assert!(unequal.is_empty(), "{unequal:#?}");
}

#[test]
fn noise_has_the_statistics_of_the_library() {
    let mut table = csv::Reader::from_path(fixtures().join("gaussian_noise.csv")).unwrap();
    for row in table.records() {
        let row = row.unwrap();
        let expected: Vec<f64> = row.iter().skip(2).map(|cell| cell.parse().unwrap()).collect();
        let before = input(&row[0]);
        let after = shifted(before.clone(), "gaussian_noise", severity(&row[1]));

        let count = before.len() as f64;
        let residuals = before.iter().zip(after.iter()).map(|(a, b)| f64::from(*b) - f64::from(*a));
        let mean = residuals.clone().sum::<f64>() / count;
        let deviation = (residuals.map(|residual| (residual - mean).powi(2)).sum::<f64>() / count).sqrt();
        let share = |level: u8| after.iter().filter(|&&value| value == level).count() as f64 / count;

        // Two independent draws: five standard errors of their difference.
        let errors = 5.0 * (2.0 / count).sqrt();
        assert!((mean - expected[0]).abs() < errors * deviation, "{row:?}: mean {mean}");
        assert!((deviation - expected[1]).abs() < errors * deviation, "{row:?}: deviation {deviation}");
        for (level, expected) in [(0, expected[2]), (255, expected[3])] {
            let bound = errors * (expected * (1.0 - expected)).sqrt() + 2.0 / count;
            assert!((share(level) - expected).abs() < bound, "{row:?}: share of {level} is {}", share(level));
        }
    }
}

/// Corruptions whose severities are not ordered by their distance from the image, in the library as here.
const UNORDERED: [&str; 4] = [
    "fog",      // From 4 to 5 the haze gets denser and more uneven, but the picture under it darker.
    "frost",    // From 3 to 4 the image loses weight and the ice gains none.
    "saturate", // 1 and 2 wash out, 3 to 5 exaggerate.
    "snow",     // From 2 to 3 flakes get larger and fewer.
];

#[test]
fn stronger_means_further_from_the_image() {
    let image = input("chelsea225x300");
    for entry in harness::registry::all::<ShiftEntry>() {
        if UNORDERED.contains(&entry.card.name) {
            continue;
        }
        let distances = Severity::ALL.map(|severity| {
            let shifted = shifted(image.clone(), entry.card.name, severity);
            image.iter().zip(shifted.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>()
        });
        assert!(distances.is_sorted() && distances[0] > 0, "{}: {distances:?}", entry.card.name);
    }
}
