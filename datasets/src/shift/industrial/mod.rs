//! Shifts beyond the papers: what cameras over a production line meet.
//!
//! Light is changed where it adds up, in linear light, and full pixels clip as a sensor does. Results are
//! rounded to the nearest level; the ImageNet-C family truncates. Every image size is accepted. The draws
//! of an image (a direction, a path) are the same at every severity, which only sets their strength.
//! Shifts of geometry move the mask with the pixels; the others leave it alone.

pub mod camera_shake;
pub mod exposure;
pub mod gamma;
pub mod illumination_gradient;
pub mod jpeg_chain;
pub mod rotation;
pub mod scale;
pub mod sensor_banding;
pub mod translation;
pub mod vignette;
pub mod white_balance;

use harness::prelude::*;
use rand::RngExt;

/// Where the definitions come from.
const SOURCE: &str = "shiftbench: what inspection cameras meet";

/// One of two directions, drawn with equal chance: 1 or -1.
fn sign(stream: &mut Stream) -> f64 {
    if stream.random() { 1.0 } else { -1.0 }
}

/// Sends every value of `image` through `table`.
fn look_up(image: &mut RgbImage, table: &[u8; 256]) {
    for value in image.iter_mut() {
        *value = table[usize::from(*value)];
    }
}
