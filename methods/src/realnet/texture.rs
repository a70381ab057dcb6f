//! Procedural textures: what anomalies look like where there are no pictures to cut them from.
//!
//! A random scalar field is coloured by a random palette. The kinds and their ranges are our choice.

use super::perlin::Perlin;
use harness::contract::seed::Stream;
use image::{Rgb, RgbImage};
use rand::RngExt;
use std::f64::consts::TAU;

/// A field over the unit square; values are taken modulo 1.
type Field = Box<dyn Fn(f64, f64) -> f64>;

/// A square texture of `side` pixels.
pub fn draw(side: u32, stream: &mut Stream) -> RgbImage {
    let field = match stream.random_range(0..5) {
        0 => cells(stream),
        1 => grating(stream),
        2 => fractal(stream),
        3 => checkers(stream),
        _ => scratches(stream),
    };
    let palette: Vec<[f64; 3]> = (0..stream.random_range(2..=4))
        .map(|_| std::array::from_fn(|_| 255.0 * stream.random::<f64>()))
        .collect();
    let unit = |pixel: u32| (f64::from(pixel) + 0.5) / f64::from(side);
    RgbImage::from_fn(side, side, |x, y| colour(&palette, field(unit(x), unit(y))))
}

/// The colour at `value` modulo 1, between neighbours of a palette that closes to a ring.
fn colour(palette: &[[f64; 3]], value: f64) -> Rgb<u8> {
    let scaled = value.rem_euclid(1.0) * palette.len() as f64;
    let first = (scaled as usize).min(palette.len() - 1);
    let (from, to, share) = (palette[first], palette[(first + 1) % palette.len()], scaled - first as f64);
    Rgb(std::array::from_fn(|channel| (from[channel] + share * (to[channel] - from[channel])).round() as u8))
}

/// Worley's cells: the distance to the nearest of some points, or a shade for each point's region.
fn cells(stream: &mut Stream) -> Field {
    let count = stream.random_range(8..=64);
    let points: Vec<[f64; 3]> = (0..count).map(|_| std::array::from_fn(|_| stream.random())).collect();
    let flat: bool = stream.random();
    let scale = (f64::from(count)).sqrt();
    Box::new(move |x, y| {
        let squared = |point: &[f64; 3]| (x - point[0]).powi(2) + (y - point[1]).powi(2);
        let nearest = points.iter().min_by(|a, b| squared(a).total_cmp(&squared(b)));
        nearest.map_or(0.0, |point| if flat { point[2] } else { scale * squared(point).sqrt() })
    })
}

/// Parallel stripes.
fn grating(stream: &mut Stream) -> Field {
    let (angle, frequency) = (TAU * stream.random::<f64>(), 2.0_f64.powf(1.0 + 5.0 * stream.random::<f64>()));
    let (along, across, phase) = (frequency * angle.cos(), frequency * angle.sin(), stream.random::<f64>());
    Box::new(move |x, y| along * x + across * y + phase)
}

/// Noise of several octaves, each twice as fine and half as strong.
fn fractal(stream: &mut Stream) -> Field {
    let coarsest = stream.random_range(1..=3);
    let octaves: Vec<Perlin> =
        (0..4).map(|octave| Perlin::draw([1 << (coarsest + octave); 2], stream)).collect();
    Box::new(move |x, y| {
        let octave = |(index, noise): (usize, &Perlin)| noise.at(x, y) / f64::from(1_u32 << index);
        octaves.iter().enumerate().map(octave).sum()
    })
}

/// A turned board of two shades.
fn checkers(stream: &mut Stream) -> Field {
    let (angle, count) = (TAU * stream.random::<f64>(), stream.random_range(2.0..24.0_f64));
    let (sine, cosine) = angle.sin_cos();
    Box::new(move |x, y| {
        let cell = |value: f64| (count * value).floor() as i64;
        if (cell(cosine * x + sine * y) + cell(cosine * y - sine * x)).rem_euclid(2) == 0 { 0.0 } else { 0.5 }
    })
}

/// Straight lines of random place, direction and width on an even ground.
fn scratches(stream: &mut Stream) -> Field {
    let count = stream.random_range(3..=20);
    let line = |_| (TAU * stream.random::<f64>(), stream.random::<f64>(), stream.random::<f64>());
    let lines: Vec<(f64, f64, f64)> = (0..count).map(line).collect();
    let width = stream.random_range(0.003..0.02_f64);
    Box::new(move |x, y| {
        let distance =
            |&(angle, px, py): &(f64, f64, f64)| ((x - px) * angle.sin() - (y - py) * angle.cos()).abs();
        let nearest = lines.iter().map(distance).fold(f64::INFINITY, f64::min);
        0.5 * (-(nearest / width).powi(2)).exp()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use harness::contract::seed::Root;

    #[test]
    fn textures_are_functions_of_their_stream_and_not_all_alike() {
        let texture = |item: &str| draw(16, &mut Root::new(0, "", "").stream("texture", item));
        assert_eq!(texture("a"), texture("a"));
        let textures: Vec<_> = (0..20).map(|item| texture(&item.to_string())).collect();
        assert!(textures.iter().skip(1).all(|texture| *texture != textures[0]));
        let varied = |texture: &RgbImage| texture.pixels().any(|pixel| pixel != texture.get_pixel(0, 0));
        assert!(textures.iter().filter(|texture| varied(texture)).count() > 15);
    }

    #[test]
    fn palettes_close_to_a_ring() {
        let palette = [[0.0; 3], [100.0; 3]];
        assert_eq!(
            [0.0, 0.25, 0.5, 0.75, 1.0, -0.25].map(|value| colour(&palette, value).0[0]),
            [0, 50, 100, 50, 0, 50]
        );
    }
}
