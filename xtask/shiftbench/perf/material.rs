//! What is timed, and where the programs lie that do the same in Python.

use image::{Rgb, RgbImage};
use std::path::Path;

/// A picture with structure at every scale, as photographs have.
pub fn picture(side: u32) -> RgbImage {
    let wave = |position: f32, period: f32| (position / period).sin();
    RgbImage::from_fn(side, side, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let shade = 128.0 + 60.0 * wave(x + y, 70.0) + 40.0 * wave(x, 9.0) * wave(y, 11.0);
        Rgb([shade + 20.0 * wave(y, 40.0), shade, shade - 30.0 * wave(x, 55.0)].map(|level| level as u8))
    })
}

/// Where a Python program of the repository lies.
pub fn program(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)
}
