//! Made-up scores.

use harness::results::ScoredImage;

/// Images named by their position, the last `anomalies` of them anomalous.
pub(super) fn images(scores: &[f32], anomalies: usize) -> Vec<ScoredImage> {
    let image = |(position, score): (usize, &f32)| ScoredImage {
        image: position.to_string(),
        anomalous: u8::from(position >= scores.len() - anomalies),
        score: *score,
    };
    scores.iter().enumerate().map(image).collect()
}
