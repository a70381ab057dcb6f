//! Linear light: what a sensor counts, before the curve of sRGB (IEC 61966-2-1) bends it.

use harness::prelude::*;
use std::sync::LazyLock;

/// Bins of equal width from no light to full light. The curve rises by at most 12.92 * 255 levels per
/// unit, so a bin holds at most one boundary between levels.
const BINS: usize = 4096;

/// Both directions of the curve, as tables.
pub(in crate::shift) struct Light {
    /// Light of a level, from 0 to 1.
    decoded: [f32; 256],
    /// The light from which on a value is rounded to the next level.
    boundaries: [f32; 256],
    /// The level at the start of a bin.
    levels: [u8; 2 * BINS],
}

static LIGHT: LazyLock<Light> = LazyLock::new(|| {
    let boundaries = std::array::from_fn(|level| match level {
        255 => f32::INFINITY,
        _ => decode((level as f64 + 0.5) / 255.0) as f32,
    });
    let level = |bin: usize| boundaries.iter().filter(|&&from| from <= bin as f32 / BINS as f32).count();
    Light {
        decoded: std::array::from_fn(|level| decode(level as f64 / 255.0) as f32),
        boundaries,
        levels: std::array::from_fn(|bin| level(bin) as u8),
    }
});

impl Light {
    /// The tables, made once.
    pub(in crate::shift) fn tables() -> &'static Self {
        &LIGHT
    }

    /// The light of a level, from 0 to 1.
    #[inline(always)]
    pub(in crate::shift) fn decode(&self, level: u8) -> f32 {
        self.decoded[usize::from(level)]
    }

    /// The nearest level; less light than none is black, more than a full pixel holds is white.
    #[inline(always)]
    pub(in crate::shift) fn encode(&self, light: f32) -> u8 {
        let light = light.clamp(0.0, 1.0);
        // A signed cast is one instruction, and the remainder spares the check of the bound.
        let bin = (light * BINS as f32) as i32 as usize;
        let level = self.levels[bin % self.levels.len()];
        level + u8::from(light >= self.boundaries[usize::from(level)])
    }

    /// Each level after its light is multiplied by `gain`.
    pub(in crate::shift) fn gained(&self, gain: f32) -> [u8; 256] {
        std::array::from_fn(|level| self.encode(self.decoded[level] * gain))
    }
}

/// Multiplies the light of every pixel by `gain(x, y)`.
pub(in crate::shift) fn shade(image: &mut RgbImage, gain: impl Fn(f32, f32) -> f32) {
    let light = Light::tables();
    let row = 3 * image.width() as usize;
    if row == 0 {
        return;
    }
    for (y, row) in image.chunks_exact_mut(row).enumerate() {
        for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let gain = gain(x as f32, y as f32);
            *pixel = pixel.map(|level| light.encode(light.decode(level) * gain));
        }
    }
}

/// The curve of sRGB, from a value to light, both from 0 to 1.
fn decode(value: f64) -> f64 {
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The inverse of [`decode`], from its definition.
    fn value(light: f64) -> f64 {
        if light <= 0.0031308 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
    }

    #[test]
    fn encoding_rounds_to_the_nearest_level() {
        let light = Light::tables();
        for step in 0..=1_000_000 {
            let amount = step as f32 / 1e6;
            let exact = 255.0 * value(f64::from(amount));
            let found = f64::from(light.encode(amount));
            assert!((found - exact).abs() < 0.501, "{amount}: {found} for {exact}");
        }
        assert_eq!([-1.0, 2.0, f32::INFINITY].map(|amount| light.encode(amount)), [0, 255, 255]);
    }

    #[test]
    fn there_and_back_is_the_identity() {
        let light = Light::tables();
        assert!((0..=255).all(|level| light.encode(light.decode(level)) == level));
        assert!((light.decode(128) - 0.2158605).abs() < 1e-6);
    }
}
