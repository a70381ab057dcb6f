//! The discrete cosine transform of 8 x 8 blocks with integers, by Loeffler, Ligtenberg and Moschytz.
//!
//! Constants have 13 fractional bits, and between the two passes values keep 2: with that, and with halves
//! rounded up, every implementation that follows the Independent JPEG Group gives the same integers.
//!
//! Sums wrap: coefficients of a damaged file may be anything, and checks for overflow keep loops from being vectorised.

use std::num::Wrapping;

/// Coefficients, or levels less 128, row by row.
pub type Block = [[i32; 8]; 8];

/// Fractional bits of constants.
const FRACTION: usize = 13;

/// Fractional bits kept between the passes.
const KEPT: usize = 2;

/// A constant with its fractional bits.
const fn fixed(value: f64) -> Wrapping<i32> {
    Wrapping((value * (1 << FRACTION) as f64 + 0.5) as i32)
}

/// Coefficients scaled by eight: along rows, then along columns.
///
/// Both directions work on many blocks in memory, one loop over all rows and one over the columns of each
/// block, because that is what the compiler turns into wide registers.
#[inline(always)]
pub fn forward(blocks: &mut [Block]) {
    for row in blocks.as_flattened_mut() {
        *row = forward_pass(*row, |sum| sum << KEPT, FRACTION - KEPT);
    }
    for block in blocks {
        along_columns(block, |column| forward_pass(column, |sum| descale(sum, KEPT), FRACTION + KEPT));
    }
}

/// Levels less 128, not clipped: along columns, then along rows.
#[inline(always)]
pub fn inverse(blocks: &mut [Block]) {
    for block in blocks.iter_mut() {
        along_columns(block, |column| inverse_pass(column, FRACTION - KEPT));
    }
    for row in blocks.as_flattened_mut() {
        // Three bits more: both directions together are scaled by eight.
        *row = inverse_pass(*row, FRACTION + KEPT + 3);
    }
}

#[inline(always)]
fn along_columns(block: &mut Block, pass: impl Fn([i32; 8]) -> [i32; 8]) {
    let mut changed = [[0; 8]; 8];
    for x in 0..8 {
        let column = pass(std::array::from_fn(|y| block[y][x]));
        for y in 0..8 {
            changed[y][x] = column[y];
        }
    }
    *block = changed;
}

/// Transforms eight values. `whole` scales the two outputs that need no constants, `bits` are taken off the
/// others.
#[inline(always)]
fn forward_pass(v: [i32; 8], whole: impl Fn(Wrapping<i32>) -> Wrapping<i32>, bits: usize) -> [i32; 8] {
    let v = v.map(Wrapping);
    let [s0, s1, s2, s3] = [v[0] + v[7], v[1] + v[6], v[2] + v[5], v[3] + v[4]];
    let [d0, d1, d2, d3] = [v[0] - v[7], v[1] - v[6], v[2] - v[5], v[3] - v[4]];
    let (outer, inner) = (s0 - s3, s1 - s2);
    let shared = (inner + outer) * fixed(0.541196100);
    let [o7, o5, o3, o1] = odd_part([d3, d2, d1, d0]);
    [
        whole(s0 + s3 + (s1 + s2)),
        descale(o1, bits),
        descale(shared + outer * fixed(0.765366865), bits),
        descale(o3, bits),
        whole(s0 + s3 - (s1 + s2)),
        descale(o5, bits),
        descale(shared - inner * fixed(1.847759065), bits),
        descale(o7, bits),
    ]
    .map(|v| v.0)
}

/// The inverse of [`forward_pass`], with `bits` taken off every output.
#[inline(always)]
fn inverse_pass(v: [i32; 8], bits: usize) -> [i32; 8] {
    let v = v.map(Wrapping);
    let shared = (v[2] + v[6]) * fixed(0.541196100);
    let inner = shared - v[6] * fixed(1.847759065);
    let outer = shared + v[2] * fixed(0.765366865);
    let (sum, difference) = ((v[0] + v[4]) << FRACTION, (v[0] - v[4]) << FRACTION);
    let [e0, e1, e2, e3] = [sum + outer, difference + inner, difference - inner, sum - outer];
    let [o3, o2, o1, o0] = odd_part([v[7], v[5], v[3], v[1]]);
    [e0 + o0, e1 + o1, e2 + o2, e3 + o3, e3 - o3, e2 - o2, e1 - o1, e0 - o0].map(|v| descale(v, bits).0)
}

/// The rotations that both directions share.
#[inline(always)]
fn odd_part([a, b, c, d]: [Wrapping<i32>; 4]) -> [Wrapping<i32>; 4] {
    let shared = (a + c + b + d) * fixed(1.175875602);
    let (ad, bc) = ((a + d) * fixed(0.899976223), (b + c) * fixed(2.562915447));
    let ac = shared - (a + c) * fixed(1.961570560);
    let bd = shared - (b + d) * fixed(0.390180644);
    [
        a * fixed(0.298631336) - ad + ac,
        b * fixed(2.053119869) - bc + bd,
        c * fixed(3.072711026) - bc + ac,
        d * fixed(1.501321110) - ad + bd,
    ]
}

/// Takes off `bits` fractional bits, halves up.
#[inline(always)]
fn descale(value: Wrapping<i32>, bits: usize) -> Wrapping<i32> {
    (value + Wrapping(1 << (bits - 1))) >> bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{FRAC_1_SQRT_2, PI};

    fn block() -> Block {
        std::array::from_fn(|y| std::array::from_fn(|x| ((x * 41 + y * 67 + x * y * 13) % 256) as i32 - 128))
    }

    /// Eight times the definition in T.81, A.3.3.
    #[test]
    fn forward_is_the_cosine_transform() {
        let (block, mut found) = (block(), [block()]);
        forward(&mut found);
        for (v, row) in found[0].iter().enumerate() {
            for (u, value) in row.iter().enumerate() {
                let scale = |k: usize| if k == 0 { FRAC_1_SQRT_2 } else { 1.0 };
                let wave = |k: usize, i: usize| ((2 * i + 1) as f64 * k as f64 * PI / 16.0).cos();
                let sum: f64 =
                    (0..64).map(|i| f64::from(block[i / 8][i % 8]) * wave(v, i / 8) * wave(u, i % 8)).sum();
                let expected = 8.0 * 0.25 * scale(u) * scale(v) * sum;
                assert!((f64::from(*value) - expected).abs() < 4.0, "{u} {v}");
            }
        }
    }

    #[test]
    fn inverse_restores_the_block() {
        let block = block();
        let mut restored = [block];
        forward(&mut restored);
        restored[0].as_flattened_mut().iter_mut().for_each(|value| *value = descale(Wrapping(*value), 3).0);
        inverse(&mut restored);
        let [restored] = restored;
        let errors = block.as_flattened().iter().zip(restored.as_flattened()).map(|(a, b)| a.abs_diff(*b));
        assert!(errors.max() <= Some(2), "{restored:?}");
    }
}
