//! What each level of a channel becomes: the operations that are look-up tables.

/// What each of the 256 levels becomes.
pub type Lookup = [u8; 256];

/// How many values of a channel have each level.
pub type Histogram = [u32; 256];

/// Every level stays.
pub fn identity() -> Lookup {
    std::array::from_fn(|level| level as u8)
}

/// `first`, then `second`.
pub fn composed(first: &Lookup, second: &Lookup) -> Lookup {
    first.map(|level| second[usize::from(level)])
}

/// The histogram of a channel after `table`.
pub fn moved(histogram: &Histogram, table: &Lookup) -> Histogram {
    let mut moved = [0; 256];
    for (&count, &level) in histogram.iter().zip(table) {
        moved[usize::from(level)] += count;
    }
    moved
}

/// Stretches the levels present linearly to 0..=255 (Pillow's `ImageOps.autocontrast`, no cut-off).
///
/// A channel of one level only is left alone.
pub fn autocontrast(histogram: &Histogram) -> Lookup {
    let lowest = histogram.iter().position(|&count| count > 0);
    let highest = histogram.iter().rposition(|&count| count > 0);
    let (Some(lowest), Some(highest)) = (lowest, highest) else { return identity() };
    if lowest == highest {
        return identity();
    }
    let scale = 255.0 / (highest - lowest) as f64;
    let offset = -(lowest as f64) * scale;
    // The conversion to `u8` truncates and clips, as Pillow does.
    std::array::from_fn(|level| (level as f64 * scale + offset) as u8)
}

/// Flattens the histogram (Pillow's `ImageOps.equalize`).
///
/// One output level is worth `step = (values - count of the highest level present) / 255` values,
/// rounded down. A channel of one level only, or one with `step` 0, is left alone.
pub fn equalize(histogram: &Histogram) -> Lookup {
    let highest = histogram.iter().rposition(|&count| count > 0).unwrap_or(0);
    let step = histogram[..highest].iter().map(|&count| u64::from(count)).sum::<u64>() / 255;
    if step == 0 {
        return identity();
    }
    let mut below = step / 2;
    histogram.map(|count| {
        let level = (below / step).min(255) as u8;
        below += u64::from(count);
        level
    })
}

/// Keeps the `bits` highest bits of every value (Pillow's `ImageOps.posterize`); `bits` in 0..=8,
/// more count as 8.
///
/// Pillow asks for 1..=8; 0 gives black.
pub fn posterize(bits: u8) -> Lookup {
    let mask = !(0xFF_u8.checked_shr(u32::from(bits)).unwrap_or(0));
    identity().map(|level| level & mask)
}

/// Inverts every value at or above `threshold` (Pillow's `ImageOps.solarize`); `threshold` in
/// 0..=256, where 0 inverts the whole picture and 256 changes nothing.
pub fn solarize(threshold: u16) -> Lookup {
    identity().map(|level| if u16::from(level) < threshold { level } else { 255 - level })
}

/// Blends from one and the same `degenerate` level (factor 0) to the original (1) and beyond.
pub fn blend_from(degenerate: u8, factor: f32) -> Lookup {
    identity().map(|level| blend(degenerate, level, factor))
}

/// Pillow's `Image.blend` of one value: `f32` arithmetic, then truncation and clipping to 0..=255.
#[inline(always)]
pub fn blend(degenerate: u8, original: u8, factor: f32) -> u8 {
    let step = f32::from(original) - f32::from(degenerate);
    truncated(f32::from(degenerate) + factor * step)
}

/// `value as u8`, in steps that compilers vectorise: the conversion itself, which clips, is not.
#[inline(always)]
fn truncated(value: f32) -> u8 {
    // Floats from here on have no fraction, and their lowest bits are whole numbers.
    const WHOLE: f32 = (1 << 23) as f32;
    let value = if value > 0.0 { value } else { 0.0 };
    let value = if value < 255.0 { value } else { 255.0 };
    let nearest = (value + WHOLE) - WHOLE;
    let below = if nearest > value { nearest - 1.0 } else { nearest };
    (below + WHOLE).to_bits() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncation_is_that_of_the_conversion() {
        let levels = (0..=256).map(|level| level as f32);
        let beside =
            levels.flat_map(|level| [level.next_down(), level, level.next_up(), level + 0.5, -level]);
        for value in beside.chain([f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, 300.0, 1e-40]) {
            assert_eq!(truncated(value), value as u8, "{value}");
        }
    }
}
