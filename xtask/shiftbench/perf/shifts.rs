//! `perf --shifts`: pictures per second and core, beside `imagecorruptions` in the same run.

use super::material::picture;
use super::python::Python;
use crate::corrupt::links;
use crate::exit::{Exit, FAILED};
use crate::out::show;
use harness::contract::chain::Chain;
use harness::contract::dataset::Sample;
use harness::contract::registry::{self, ShiftEntry};
use harness::contract::seed::Root;
use harness::run::cpu_name;
use image::RgbImage;
use std::ffi::OsString;
use std::time::{Duration, Instant};

/// Sides of the pictures in pixels.
const SIDES: [u32; 2] = [300, 900];
/// Severity of every shift.
const SEVERITY: u8 = 3;
/// The shifts of both papers.
const PAPERS: [&str; 4] = ["brightness", "contrast", "defocus_blur", "gaussian_noise"];
/// Time spent on each measurement, and the least number of repeats.
const SPENT: (Duration, usize) = (Duration::from_millis(300), 5);

/// Times every shift on one thread.
pub fn run(python: Option<&OsString>) -> Result<(), Exit> {
    let mut python = Python::find(python);
    show!("{}, one thread, severity {SEVERITY}, fastest of at least {} repeats", cpu_name(), SPENT.1);
    match &python {
        Some(python) => show!("{} in the same run, also on one thread", python.versions),
        None => show!("no imagecorruptions beside it: --python FILE names a Python that has it"),
    }
    let folder = tempfile::tempdir().map_err(|error| Exit::new(FAILED, error))?;
    show!(
        "{:24} {:>9} {:>9} {:>9} {:>7} | {:>9} {:>9} {:>9} {:>7}",
        "shift",
        "ms at 300",
        "pictures/s",
        "Python ms",
        "ratio",
        "ms at 900",
        "pictures/s",
        "Python ms",
        "ratio"
    );
    let pictures = SIDES.map(picture);
    let files = SIDES.map(|side| folder.path().join(format!("{side}.png")));
    for (picture, file) in pictures.iter().zip(&files) {
        picture.save(file).map_err(|error| Exit::new(FAILED, error))?;
    }
    let mut ratios: Vec<(&str, [Option<f64>; 2])> = Vec::new();
    for entry in registry::all::<ShiftEntry>() {
        let name = entry.card.name;
        let mut cells = Vec::new();
        let mut both = [None; 2];
        for (index, picture) in pictures.iter().enumerate() {
            let ours = ours(name, picture)?;
            let theirs = python.as_mut().and_then(|python| python.time(name, &files[index], SEVERITY));
            both[index] = theirs.map(|theirs| theirs / ours);
            cells.push(cell(ours, theirs));
        }
        show!("{name:24} {}", cells.join(" | "));
        ratios.push((name, both));
    }
    summarise(&ratios);
    super::views::print(python.as_ref().map(|python| &python.program));
    Ok(())
}

fn cell(ours: f64, theirs: Option<f64>) -> String {
    let theirs = match theirs {
        Some(theirs) => format!("{:9.2} {:6.1}x", 1e3 * theirs, theirs / ours),
        None => format!("{:>9} {:>7}", "-", "-"),
    };
    format!("{:9.2} {:9.0} {theirs}", 1e3 * ours, 1.0 / ours)
}

/// The ratios that the aims are about.
fn summarise(ratios: &[(&str, [Option<f64>; 2])]) {
    show!("ratio: Python's time over ours, so above 1 means that shiftbench is faster.");
    for (index, side) in SIDES.into_iter().enumerate() {
        let mut known: Vec<f64> = ratios.iter().filter_map(|(_, both)| both[index]).collect();
        if known.is_empty() {
            continue;
        }
        known.sort_by(f64::total_cmp);
        let papers =
            ratios.iter().filter(|(name, _)| PAPERS.contains(name)).filter_map(|(_, both)| both[index]);
        show!(
            "{side} x {side}: least of the papers' four {:.1}x, median of all {} {:.1}x",
            papers.fold(f64::INFINITY, f64::min),
            known.len(),
            known[known.len() / 2],
        );
    }
}

/// Least seconds for one picture.
fn ours(name: &str, picture: &RgbImage) -> Result<f64, Exit> {
    let failed = |error: String| Exit::new(FAILED, format!("{name}: {error}"));
    let chain = Chain::build(&links(name, SEVERITY)?).map_err(failed)?;
    let root = Root::new(0, "perf", "");
    fastest(|| {
        let sample = Sample { image: picture.clone(), mask: None };
        let start = Instant::now();
        let shifted = chain.apply(sample, &root, "").map_err(|error| failed(error.to_string()))?;
        let seconds = start.elapsed().as_secs_f64();
        std::hint::black_box(shifted);
        Ok(seconds)
    })
}

/// The least of several measurements, after one that does not count.
pub fn fastest(mut measure: impl FnMut() -> Result<f64, Exit>) -> Result<f64, Exit> {
    measure()?;
    let (start, mut least, mut count) = (Instant::now(), f64::INFINITY, 0);
    while count < SPENT.1 || start.elapsed() < SPENT.0 {
        least = least.min(measure()?);
        count += 1;
    }
    Ok(least)
}
