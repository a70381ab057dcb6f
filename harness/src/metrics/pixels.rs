//! What metrics of anomaly maps walk along: all pixels, the most anomalous first.
//!
//! They see the pixels of all images as one set, sorted once from the most anomalous down.
//! A sorted pixel carries nothing but the size of its defect region, so neither the order of the
//! images nor that of tied pixels can reach the result.

use super::{Undefined, same_length};
use rayon::slice::ParallelSliceMut;

pub(super) fn check(maps: &[&[f32]], masks: &[&[bool]]) -> Result<(), Undefined> {
    if maps.is_empty() {
        return Err(Undefined::NoImages);
    }
    if masks.is_empty() {
        return Err(Undefined::NoMasks);
    }
    same_length(maps.len(), masks.len())?;
    for (map, mask) in maps.iter().zip(masks) {
        same_length(map.len(), mask.len())?;
        if !map.iter().all(|score| score.is_finite()) {
            return Err(Undefined::NotFinite);
        }
    }
    if !masks.iter().any(|mask| mask.contains(&true)) {
        return Err(Undefined::NoAnomalous);
    }
    if !masks.iter().any(|mask| mask.contains(&false)) {
        return Err(Undefined::NoNormalPixels);
    }
    Ok(())
}

/// The pixels of all images as packed numbers, the most anomalous first.
pub(super) fn ranked<A: Copy + Into<u32>>(maps: &[&[f32]], areas: &[impl AsRef<[A]>]) -> Vec<u64> {
    let mut pixels = Vec::with_capacity(maps.iter().map(|map| map.len()).sum());
    for (map, areas) in maps.iter().zip(areas) {
        for (score, area) in map.iter().zip(areas.as_ref()) {
            pixels.push(pack(*score, (*area).into()));
        }
    }
    // An unstable sort is safe: pixels that compare equal are the same number.
    pixels.par_sort_unstable();
    pixels
}

/// One pixel as a number that sorts by falling score, then by rising area (0 outside any defect).
fn pack(score: f32, area: u32) -> u64 {
    let bits = score.to_bits();
    // The bits of a float rise with it if it is positive and fall if it is negative. Compared by
    // value, -0.0 counts as positive and its bits become those of 0.0: the two are one threshold.
    let rising = if score < 0.0 { !bits } else { bits | 1 << 31 };
    u64::from(!rising) << 32 | u64::from(area)
}

pub(super) fn area_of(pixel: u64) -> u32 {
    pixel as u32
}

pub(super) fn same_score(a: &u64, b: &u64) -> bool {
    a >> 32 == b >> 32
}

/// How many pixels of a tie group lie outside any defect; they are its first.
pub(super) fn normal_pixels(group: &[u64]) -> usize {
    group.partition_point(|pixel| area_of(*pixel) == 0)
}
