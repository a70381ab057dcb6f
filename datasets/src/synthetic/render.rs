//! Light, camera noise, and the mask.

use super::defect::Defect;
use super::surface::{Point, Surface};
use harness::prelude::*;
use image::{Luma, Rgb};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use std::f64::consts::TAU;

/// Smallest change in levels, in any channel, that counts as visible. Smaller ones are not made, so the
/// image differs from its undamaged self exactly where the mask says so.
const VISIBLE: u8 = 12;

/// Deviation of the camera noise on the scale from 0 to 1.
const NOISE: f64 = 0.012;

/// The photograph of a surface and the mask of what `defect` changed.
pub(super) fn render(
    surface: &dyn Surface,
    defect: Option<&Defect>,
    size: u32,
    stream: &mut Stream,
) -> (RgbImage, GrayImage) {
    let mut image = RgbImage::new(size, size);
    let mut mask = GrayImage::new(size, size);
    let light = light(stream);
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        let at =
            Point { x: (f64::from(x) + 0.5) / f64::from(size), y: (f64::from(y) + 0.5) / f64::from(size) };
        let noise: [f64; 3] = std::array::from_fn(|_| StandardNormal.sample(stream));
        let photograph = |colour: [f64; 3]| {
            Rgb(std::array::from_fn(|channel| {
                let value = colour[channel] * light(at) + NOISE * noise[channel];
                (value.clamp(0.0, 1.0) * 255.0).round() as u8
            }))
        };
        let colour = surface.colour(at);
        *pixel = photograph(colour);
        if let Some(defect) = defect.filter(|_| surface.covers(at)) {
            let damaged = photograph(defect(at, colour));
            if (0..3).any(|channel| damaged.0[channel].abs_diff(pixel.0[channel]) >= VISIBLE) {
                *pixel = damaged;
                mask.put_pixel(x, y, Luma([255]));
            }
        }
    }
    (image, mask)
}

/// Brightness by place: a gain, and a gradient towards the lamp.
fn light(stream: &mut Stream) -> impl Fn(Point) -> f64 + use<> {
    let gain = stream.random_range(0.93..1.04);
    let slope = stream.random_range(0.02..0.16);
    let (sine, cosine) = stream.random_range(0.0..TAU).sin_cos();
    move |at| gain * (1.0 + slope * (cosine * (at.x - 0.5) + sine * (at.y - 0.5)))
}

#[cfg(test)]
mod tests {
    use super::super::{CATEGORIES, defect};
    use super::*;
    use harness::contract::seed::Root;

    #[test]
    fn the_mask_is_exactly_what_changed() {
        for (category, specimen) in CATEGORIES {
            for (kind, plant) in defect::KINDS {
                for (index, size) in [32, 33, 96, 130].into_iter().cycle().take(40).enumerate() {
                    let stream =
                        |purpose| Root::new(index as u64, "synthetic", category).stream(purpose, kind);
                    let surface = specimen(&mut stream("surface"));
                    let defect = plant(&*surface, &mut stream("defect"));
                    let (clean, nothing) = render(&*surface, None, size, &mut stream("light"));
                    let (damaged, mask) = render(&*surface, Some(&defect), size, &mut stream("light"));
                    assert!(nothing.iter().all(|&value| value == 0));
                    for ((a, b), mask) in clean.pixels().zip(damaged.pixels()).zip(mask.pixels()) {
                        assert_eq!(a != b, mask.0[0] == 255);
                    }
                    let share =
                        mask.iter().filter(|&&value| value > 0).count() as f64 / f64::from(size * size);
                    assert!((0.002..0.1).contains(&share), "{category} {kind} {size} {index}: {share}");
                }
            }
        }
    }
}
