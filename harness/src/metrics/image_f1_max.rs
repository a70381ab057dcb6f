//! F1 of image scores, at the threshold best for the test labels.

use super::ranking::steps;
use super::{Definition, Metric, MetricResult};

inventory::submit! {
    Metric {
        name: "image_f1_max",
        heading: "image F1 max",
        explanation: "F1 at the threshold best for the test labels: an upper bound",
        order: 6,
        reported: false,
        definition: Definition::Images(|images| f1_max(images.scores, images.anomalous)),
        ..Metric::HIGHER
    }
}

/// The best F1 score that any threshold reaches (an image is flagged at or above the threshold).
///
/// Range above 0 to 1; flagging everything already gives `2p / (1 + p)` at a share `p` of anomalous
/// images. Equals the maximum of `2PR / (P + R)` over sklearn's `precision_recall_curve`.
///
/// # Errors
/// [`Undefined`](super::Undefined) if the lengths differ, a score is not finite, or either kind of image is missing.
pub fn f1_max(scores: &[f64], anomalous: &[bool]) -> MetricResult {
    let (steps, total) = steps(scores, anomalous)?;
    let best = steps
        .iter()
        .map(|step| {
            let flagged = step.true_positives + step.false_positives;
            (2 * step.true_positives) as f64 / (flagged + total.true_positives) as f64
        })
        .fold(0.0, f64::max);
    Ok(best)
}
