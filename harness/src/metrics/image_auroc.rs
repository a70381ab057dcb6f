//! Image AUROC: what papers compare.

use super::ranking::{RocArea, steps};
use super::{Definition, Metric, MetricResult, Undefined};

inventory::submit! { METRIC }

const METRIC: Metric = Metric {
    name: "image_auroc",
    heading: "image AUROC",
    explanation: "chance that an anomalous image scores above a normal one",
    order: 0,
    definition: Definition::Images(|images| auroc(images.scores, images.anomalous)),
    ..Metric::HIGHER
};

impl Metric {
    /// What papers compare.
    pub const DEFAULT: &Self = &METRIC;
}

/// Area under the ROC curve: the share of (anomalous, normal) pairs in which the anomalous image
/// has the higher score, a tie counting half.
///
/// Range 0 to 1; 0.5 is chance. Equals sklearn's `roc_auc_score`.
///
/// # Errors
/// [`Undefined`] if the lengths differ, a score is not finite, or either kind of image is missing.
pub fn auroc(scores: &[f64], anomalous: &[bool]) -> MetricResult {
    let (steps, _) = steps(scores, anomalous)?;
    let mut area = RocArea::default();
    for step in steps {
        area.add(
            step.true_positives - area.end.true_positives,
            step.false_positives - area.end.false_positives,
        );
    }
    area.share().ok_or(Undefined::NoNormal)
}
