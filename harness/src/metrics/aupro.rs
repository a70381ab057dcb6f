//! AUPRO: how much of each defect anomaly maps mark.

use super::pixels::{area_of, check, normal_pixels, ranked, same_score};
use super::{Definition, Metric, MetricResult, Undefined, same_length};
use std::collections::BTreeMap;

inventory::submit! {
    Metric {
        name: "aupro",
        heading: "AUPRO",
        explanation: "overlap with each defect, averaged over false-positive rates up to 0.3",
        order: 4,
        definition: Definition::Maps(|maps| aupro(&maps.values, &maps.masks, maps.side, maps.side, 0.3)),
        ..Metric::HIGHER
    }
}

/// Area under the per-region-overlap curve up to a false-positive rate of `fpr_limit`, divided by
/// the limit.
///
/// Bergmann et al., "The MVTec Anomaly Detection Dataset", IJCV 2021 (who use a limit of 0.3): at
/// a threshold, PRO is the mean over all 8-connected defect regions of all images of the share of
/// the region at or above the threshold; the false-positive rate is the share of all pixels outside
/// any defect, those of normal images included, at or above it. The thresholds are all distinct map
/// values, not a sample of them. The curve starts at (0, 0), is linear between thresholds, and is
/// cut at the limit by that line.
///
/// Range 0 to 1. Chance, and thus a constant map, gives `fpr_limit / 2`, not 0.5.
///
/// # Errors
/// [`Undefined`] if there is no image or no mask, a map or mask does not have `width * height`
/// pixels, a map value is not finite, the defective or the normal pixels are missing, or
/// `fpr_limit` is not above 0 and at most 1.
pub fn aupro(
    maps: &[&[f32]],
    masks: &[&[bool]],
    width: usize,
    height: usize,
    fpr_limit: f64,
) -> MetricResult {
    if !(fpr_limit > 0.0 && fpr_limit <= 1.0) {
        return Err(Undefined::RateOutOfRange);
    }
    for map in maps {
        same_length(width.saturating_mul(height), map.len())?;
    }
    check(maps, masks)?;

    let mut regions = 0;
    let label = |mask: &&[bool]| {
        let (areas, count) = region_areas(mask, width);
        regions += count;
        areas
    };
    let areas: Vec<Vec<u32>> = masks.iter().map(label).collect();
    Ok(overlap(&ranked(maps, &areas), fpr_limit) / regions as f64)
}

/// What the regions of one area have added to the curve up to the limit.
#[derive(Default)]
struct Hits {
    pixels: u64,
    /// Over these pixels, the sum of the false positives before and after their tie group.
    false_positives: u64,
    /// Pixels of the one tie group across which the curve passes the limit.
    cut: u64,
}

/// The sum over all regions of the area under their overlap curve, as a share of the limit.
///
/// Instead of adding up trapezoids it asks each defective pixel how long it counts: one of a region
/// of `a` pixels lifts the curve by `1 / a` from its threshold to the limit, and within its tie
/// group, from the rate `f0` to `f1`, by a straight line. As a share of the limit this is
/// `1 - (f0 + f1) / (2 limit)`, or `(limit - f0)^2 / (2 (f1 - f0) limit)` if the limit cuts the
/// group. Among regions of equal area all but whole numbers is the same, and these add up exactly;
/// what is left is one sum over the distinct areas in ascending order. A running sum of `1 / a`
/// over millions of thresholds would instead gather rounding errors.
fn overlap(pixels: &[u64], limit: f64) -> f64 {
    let normal_total = pixels.iter().filter(|pixel| area_of(**pixel) == 0).count() as f64;
    let mut by_area = BTreeMap::<u32, Hits>::new();
    let mut cut_share = 0.0;
    let mut after = 0;
    for group in pixels.chunk_by(same_score) {
        let before = after;
        let f0 = before as f64 / normal_total;
        if f0 >= limit {
            break;
        }
        let normal = normal_pixels(group);
        after += normal as u64;
        let f1 = after as f64 / normal_total;
        let is_cut = f1 > limit;
        if is_cut {
            cut_share = (limit - f0).powi(2) / (2.0 * (f1 - f0) * limit);
        }
        for run in group[normal..].chunk_by(|a, b| area_of(*a) == area_of(*b)) {
            let hits = by_area.entry(area_of(run[0])).or_default();
            if is_cut {
                hits.cut += run.len() as u64;
            } else {
                hits.pixels += run.len() as u64;
                hits.false_positives += run.len() as u64 * (before + after);
            }
        }
    }
    // Not `Iterator::sum`, which starts from -0.0 and would return it where nothing counts.
    let mut sum = 0.0;
    for (area, hits) in by_area {
        let missed = hits.false_positives as f64 / (2.0 * normal_total * limit);
        sum += (hits.pixels as f64 - missed + hits.cut as f64 * cut_share) / f64::from(area);
    }
    sum
}

/// For every pixel the size of its 8-connected region (0 outside), and the number of regions.
fn region_areas(mask: &[bool], width: usize) -> (Vec<u32>, usize) {
    let mut areas = vec![0; mask.len()];
    let mut regions = 0;
    for seed in 0..mask.len() {
        if !mask[seed] || areas[seed] != 0 {
            continue;
        }
        regions += 1;
        // The list is the queue of the flood fill and, once the fill has ended, the whole region.
        // A provisional area of 1 marks the pixels that are already on it.
        let mut region = vec![seed];
        areas[seed] = 1;
        let mut next = 0;
        while let Some(&pixel) = region.get(next) {
            next += 1;
            for neighbour in neighbours(pixel, width, mask.len()) {
                if mask[neighbour] && areas[neighbour] == 0 {
                    areas[neighbour] = 1;
                    region.push(neighbour);
                }
            }
        }
        for &pixel in &region {
            areas[pixel] = region.len() as u32;
        }
    }
    (areas, regions)
}

/// The up to eight pixels around one, and the pixel itself.
fn neighbours(pixel: usize, width: usize, len: usize) -> impl Iterator<Item = usize> {
    let (x, y) = (pixel % width, pixel / width);
    let columns = x.saturating_sub(1)..(x + 2).min(width);
    let rows = y.saturating_sub(1)..(y + 2).min(len / width);
    rows.flat_map(move |row| columns.clone().map(move |column| row * width + column))
}

#[cfg(test)]
mod tests;
