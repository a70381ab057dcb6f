//! What metrics of ranked images walk along: the scores from the highest down, equal scores as one step.
//!
//! They need at least one image of each kind. Counts stay integers for as long as they can, so the
//! results are exact up to the last division.

use super::{Undefined, all_finite, same_length};

/// The images at or above one distinct score.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Step {
    pub true_positives: u64,
    pub false_positives: u64,
}

/// A ROC curve under construction, of which only the end and the area below it are kept.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RocArea {
    pub end: Step,
    /// Twice the area, counted in (normal, anomalous) pairs: doubled so that a tie's half is whole.
    twice_area: u128,
}

impl RocArea {
    /// Moves the curve's end across one tie group.
    pub(super) fn add(&mut self, anomalous: u64, normal: u64) {
        let before = self.end.true_positives;
        self.end.true_positives += anomalous;
        self.end.false_positives += normal;
        self.twice_area += u128::from(normal) * u128::from(before + self.end.true_positives);
    }

    /// The area as a share of all pairs; `None` as long as there is no pair.
    pub(super) fn share(self) -> Option<f64> {
        let pairs = u128::from(self.end.true_positives) * u128::from(self.end.false_positives);
        (pairs > 0).then(|| self.twice_area as f64 / (2 * pairs) as f64)
    }
}

/// Checks the inputs and returns one step for each distinct score, the highest first.
///
/// On success the last step holds the totals, both of them positive.
pub(super) fn steps(scores: &[f64], anomalous: &[bool]) -> Result<(Vec<Step>, Step), Undefined> {
    same_length(scores.len(), anomalous.len())?;
    if scores.is_empty() {
        return Err(Undefined::NoImages);
    }
    all_finite(scores)?;

    let mut ranked: Vec<(f64, bool)> = scores.iter().copied().zip(anomalous.iter().copied()).collect();
    // An unstable sort is safe: only the counts within a tie group are read.
    ranked.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));

    let mut end = Step::default();
    let mut steps = Vec::new();
    // Grouped by value and not by bits: 0.0 and -0.0 are one threshold.
    for group in ranked.chunk_by(|a, b| a.0 == b.0) {
        let hits = group.iter().filter(|(_, anomalous)| *anomalous).count();
        end.true_positives += hits as u64;
        end.false_positives += (group.len() - hits) as u64;
        steps.push(end);
    }
    match end {
        Step { true_positives: 0, .. } => Err(Undefined::NoAnomalous),
        Step { false_positives: 0, .. } => Err(Undefined::NoNormal),
        _ => Ok((steps, end)),
    }
}

#[cfg(test)]
mod tests;
