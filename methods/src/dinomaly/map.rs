//! From the distances of patches to a picture's map and score.

use crate::layer::host::{gaussian_within, resize_aligned, resize_centred};
use crate::patch_features::top_mean;
use harness::contract::detector::{Anomaly, AnomalyMap};

/// Side of the map that is smoothed and scored, in pixels.
const SIDE: usize = 256;
/// Reach of the smoothing: a kernel of 5 by 5.
const RADIUS: usize = 2;
/// Share of the map whose mean is the picture's score.
const TOP: f64 = 0.01;

/// Distances of `patches * patches` points, up-sampled to a frame of `side` pixels (corners aligned), brought to a map
/// of 256 pixels (outlines aligned) and smoothed with deviation `sigma`: the mean of its highest 1 % is the score. The
/// map returned is the same one, brought back to the frame.
pub fn anomaly(distances: &[f32], patches: usize, side: u32, sigma: f64) -> Anomaly {
    let frame = single(resize_aligned(distances, (patches, patches), side as usize));
    let map = resize_centred(&frame, (side as usize, side as usize), SIDE);
    let map = single(gaussian_within(&map, SIDE, sigma, RADIUS));
    let values = single(resize_centred(&map, (SIDE, SIDE), side as usize));
    Anomaly { score: top_mean(&map, TOP), map: Some(AnomalyMap { width: side, height: side, values }) }
}

fn single(values: Vec<f64>) -> Vec<f32> {
    values.into_iter().map(|value| value as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{close, golden};
    use super::*;

    #[test]
    fn score_and_map_are_those_of_pytorch() {
        let distance = |place: f64| (1.0 + (0.7 * place + 0.01 * place * place).sin()) as f32;
        let distances: Vec<f32> = (0..49).map(|place| distance(f64::from(place))).collect();
        let Anomaly { score, map } = anomaly(&distances, 7, 98, 4.0);
        let thin: Vec<f32> = map.unwrap().values.into_iter().step_by(1001).collect();
        close("score", &[score], &[golden().score], 1e-6);
        close("map", &thin, &golden().map, 1e-5);
    }
}
