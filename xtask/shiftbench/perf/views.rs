//! `perf --shifts`, second part: training views for one picture of 256 x 256, beside Pillow and NumPy.

use super::material::{picture, program};
use super::measure::cpu_seconds;
use crate::out::show;
use image::RgbImage;
use methods::view::{AugMix, DrawRule, OpList, PixelOp, Planes, grey_after_normalisation};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::hint::black_box;
use std::process::Command;

/// Side of the picture in pixels.
const SIDE: u32 = 256;
/// Processor seconds spent on each measurement: the clock ticks a hundred times a second.
const SPENT: f64 = 0.5;

/// AugMix lists and how their parameters are drawn, named as in `views.py`.
const AUGMIX: [(&str, OpList, DrawRule); 4] = [
    ("augmix_mvtec", OpList::Mvtec, DrawRule::Released),
    ("augmix_pacs", OpList::Pacs, DrawRule::Released),
    ("augmix_base", OpList::Base, DrawRule::Standard { severity: 3 }),
    ("augmix_all", OpList::All, DrawRule::Standard { severity: 3 }),
];

/// Operations with what AugMix draws at level 2.
const OPERATIONS: [(&str, PixelOp); 13] = [
    ("autocontrast", PixelOp::Autocontrast),
    ("equalize", PixelOp::Equalize),
    ("posterize", PixelOp::Posterize(4)),
    ("solarize", PixelOp::Solarize(205)),
    ("rotate", PixelOp::Rotate(6.0)),
    ("shear_x", PixelOp::ShearX(0.06)),
    ("shear_y", PixelOp::ShearY(0.06)),
    ("translate_x", PixelOp::TranslateX(17)),
    ("translate_y", PixelOp::TranslateY(17)),
    ("color", PixelOp::Color(0.46)),
    ("contrast", PixelOp::Contrast(0.46)),
    ("brightness", PixelOp::Brightness(0.46)),
    ("sharpness", PixelOp::Sharpness(0.46)),
];

/// Prints processor milliseconds per view, ours and Python's.
pub fn print(python: Option<&OsString>) {
    let theirs = python.and_then(views_of).unwrap_or_default();
    show!("\n{:24} {:>9} {:>9} {:>7}", format!("view at {SIDE} px"), "ms", "Python ms", "ratio");
    let picture = picture(SIDE);
    for (name, ours) in ours(&picture) {
        let other = theirs.get(name).map_or_else(
            || format!("{:>9} {:>7}", "-", "-"),
            |theirs| format!("{:9.2} {:6.1}x", 1e3 * theirs, theirs / ours),
        );
        show!("{name:24} {:9.3} {other}", 1e3 * ours);
    }
}

/// Every measurement by name.
fn ours(picture: &RgbImage) -> Vec<(&'static str, f64)> {
    let mut times = Vec::new();
    for (name, ops, rule) in AUGMIX {
        let options = AugMix { ops, rule, ..AugMix::default() };
        // Another draw each time: the mean is over chains of every length.
        let mut stream = Xoshiro256PlusPlus::seed_from_u64(0);
        let mut view = || drop(options.draw(picture.dimensions(), &mut stream).apply(black_box(picture)));
        times.push((name, seconds(&mut view)));
    }
    times.push(("normalised", seconds(&mut || drop(Planes::normalise(black_box(picture))))));
    let mut grey = || drop(grey_after_normalisation(&Planes::normalise(black_box(picture))));
    times.push(("grey", seconds(&mut grey)));
    for (name, operation) in OPERATIONS {
        times.push((name, seconds(&mut || drop(operation.apply(black_box(picture))))));
    }
    times
}

/// Processor seconds of one call, all together until the clock is fine enough.
fn seconds(work: &mut dyn FnMut()) -> f64 {
    work();
    let (start, mut calls) = (cpu_seconds(), 0);
    loop {
        (0..16).for_each(|_| work());
        calls += 16;
        let spent = cpu_seconds() - start;
        if spent > SPENT {
            return spent / f64::from(calls);
        }
    }
}

/// What `tests/reference/views.py` measures.
fn views_of(python: &OsString) -> Option<BTreeMap<String, f64>> {
    let mut command = Command::new(python);
    let output = command.arg(program("views.py")).env("OMP_NUM_THREADS", "1").output().ok()?;
    serde_json::from_slice(&output.stdout).ok()
}
