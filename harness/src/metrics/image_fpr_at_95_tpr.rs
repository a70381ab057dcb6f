//! The false-positive rate of image scores where most anomalous images are found.

use super::ranking::steps;
use super::{Definition, Metric, MetricResult, is_share};

inventory::submit! {
    Metric {
        name: "image_fpr_at_95_tpr",
        heading: "image FPR at 95 % TPR",
        explanation: "share of normal images flagged where 95 % of the anomalous ones are found",
        order: 7,
        reported: false,
        definition: Definition::Images(|images| fpr_at_tpr(images.scores, images.anomalous, 0.95)),
        ..Metric::LOWER
    }
}

/// The smallest false-positive rate among the thresholds whose true-positive rate is at least
/// `min_tpr` (an image is flagged at or above the threshold); with 0.95 the usual "FPR95".
///
/// Range 0 to 1; lower is better. The steps of the ROC curve are not interpolated, as in sklearn's
/// `roc_curve` followed by the first point with `tpr >= min_tpr`.
///
/// # Errors
/// [`Undefined`](super::Undefined) if `min_tpr` is not within 0 to 1, the lengths differ, a score is not finite, or
/// either kind of image is missing.
pub fn fpr_at_tpr(scores: &[f64], anomalous: &[bool], min_tpr: f64) -> MetricResult {
    is_share(min_tpr)?;
    let (steps, total) = steps(scores, anomalous)?;
    if min_tpr == 0.0 {
        // A threshold above every score flags nothing and is enough.
        return Ok(0.0);
    }
    // Both rates only grow from step to step, so the first step that qualifies is the smallest. The
    // quotient is compared, not `min_tpr * total`: 19 / 20 rounds to the same number as 0.95.
    let enough = steps
        .iter()
        .find(|step| step.true_positives as f64 / total.true_positives as f64 >= min_tpr)
        .unwrap_or(&total);
    Ok(enough.false_positives as f64 / total.false_positives as f64)
}
