//! Scores and maps in the form the harness takes them.

use harness::contract::detector::{Anomaly, AnomalyMap};

/// An anomaly for each score, with square maps of `side` pixels from `maps`, one after another.
pub fn with_maps(scores: Vec<f32>, maps: &[f32], side: u32) -> Vec<Anomaly> {
    let anomaly = |(score, map): (f32, &[f32])| {
        let map = AnomalyMap { width: side, height: side, values: map.to_vec() };
        Anomaly { score, map: Some(map) }
    };
    scores.into_iter().zip(maps.chunks_exact((side * side) as usize)).map(anomaly).collect()
}
