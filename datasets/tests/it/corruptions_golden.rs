//! Corruptions against outputs of imagecorruptions 1.1.2; see `tests/fixtures/corruptions`.

use harness::contract::picture::open_rgb;
use harness::contract::registry::find;
use harness::contract::seed::Root;
use harness::prelude::*;
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

fn shifted(image: RgbImage, shift: &str, severity: Severity, draw: usize) -> RgbImage {
    let entry = find::<ShiftEntry>(shift).unwrap();
    let shift = (entry.build)(&(entry.card.resolve)(&[]).unwrap()).unwrap();
    let mut stream = Root::new(12345, "golden", "").stream("shift", &draw.to_string());
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
        let found = shifted(input(image), shift, severity(&strength[1..]), 0);
        let (count, largest) = difference(&expected, &found);
        if count > 0 {
            unequal.push(format!("{name}: {count} of {} values, at most {largest} levels", expected.len()));
        }
        compared += 1;
    }
    assert!(compared >= 43, "only {compared} fixtures found");
    assert!(unequal.is_empty(), "{unequal:#?}");
}

/// Corruptions whose severities are not ordered step by step by their distance from the image, in the library as here.
const UNEVEN: [&str; 6] = [
    "fog",        // From 4 to 5 the haze gets denser and more uneven, but the picture under it darker.
    "frost",      // From 3 to 4 the image loses weight and the ice gains none.
    "glass_blur", // A weaker one may move pixels more often.
    "saturate",   // 1 and 2 wash out, 3 to 5 exaggerate.
    "snow",       // From 2 to 3 flakes get larger and fewer.
    "spatter",    // A little mud may cover less than much water.
];

/// Draws that are taken together: one may freeze the picture in dark ice, the next in bright.
const DRAWS: usize = 8;

#[test]
fn stronger_means_further_from_the_image() {
    let image = input("chelsea225x300");
    for entry in harness::contract::registry::all::<ShiftEntry>() {
        let name = entry.card.name;
        let distances = Severity::ALL.map(|severity| {
            let distance = |draw| {
                let shifted = shifted(image.clone(), name, severity, draw);
                image.iter().zip(shifted.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>()
            };
            (0..DRAWS).map(distance).sum::<u64>()
        });
        assert!(distances.is_sorted() || UNEVEN.contains(&name), "{name}: {distances:?}");
        assert!(0 < distances[0] && distances[0] < distances[4], "{name}: {distances:?}");
    }
}
