//! From scores of patches to maps and numbers.

use crate::layer::host::{gaussian, resize_centred};
use harness::contract::detector::AnomalyMap;

/// The map of one picture: patch scores `[height, width]` up-sampled bilinearly to `side` pixels
/// (half-pixel centres, PyTorch's `align_corners=False`), then smoothed by a Gaussian of `sigma` pixels.
pub fn anomaly_map(scores: &[f32], (height, width): (usize, usize), side: u32, sigma: f64) -> AnomalyMap {
    let resized = resize_centred(scores, (height, width), side as usize);
    let values = gaussian(&resized, side as usize, sigma).into_iter().map(|value| value as f32).collect();
    AnomalyMap { width: side, height: side, values }
}

/// Mean of the highest `share` (0 to 1) of the values, of one at least.
pub fn top_mean(values: &[f32], share: f64) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let count = ((values.len() as f64 * share) as usize).clamp(1, values.len().max(1));
    let top = &sorted[..count.min(sorted.len())];
    (top.iter().map(|value| f64::from(*value)).sum::<f64>() / count as f64) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_fill_the_frame() {
        let map = anomaly_map(&[0.0, 1.0, 0.0, 1.0], (2, 2), 4, 0.0);
        assert_eq!((map.width, map.height), (4, 4));
        assert_eq!(map.values[..4], [0.0, 0.25, 0.75, 1.0]);
        assert_eq!(map.values[..4], map.values[12..]);
    }

    #[test]
    fn the_top_is_never_empty() {
        let values: Vec<f32> = (0..200).map(|value| value as f32).collect();
        assert_eq!(top_mean(&values, 0.01), 198.5);
        assert_eq!(top_mean(&[3.0, 7.0], 0.01), 7.0);
        assert_eq!(top_mean(&[3.0, 7.0], 1.0), 5.0);
    }
}
