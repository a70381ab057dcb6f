//! Average precision of image scores.

use super::ranking::steps;
use super::{Definition, Metric, MetricResult};

inventory::submit! {
    Metric {
        name: "image_ap",
        heading: "image average precision",
        explanation: "mean precision over the recall of anomalous images",
        order: 5,
        reported: false,
        definition: Definition::Images(|images| average_precision(images.scores, images.anomalous)),
        ..Metric::HIGHER
    }
}

/// Average precision: the sum of `(R_i - R_{i-1}) P_i` over the distinct thresholds from the
/// highest down, with recall `R` and precision `P`; nothing is interpolated.
///
/// Range above 0 to 1; a constant score gives the share of anomalous images. Equals sklearn's
/// `average_precision_score`, except that a missing kind of image is an error here.
///
/// # Errors
/// [`Undefined`](super::Undefined) if the lengths differ, a score is not finite, or either kind of image is missing.
pub fn average_precision(scores: &[f64], anomalous: &[bool]) -> MetricResult {
    let (steps, total) = steps(scores, anomalous)?;
    let mut found = 0;
    let mut sum = 0.0;
    for step in steps {
        let flagged = step.true_positives + step.false_positives;
        let precision = step.true_positives as f64 / flagged as f64;
        sum += (step.true_positives - found) as f64 * precision;
        found = step.true_positives;
    }
    Ok(sum / total.true_positives as f64)
}
