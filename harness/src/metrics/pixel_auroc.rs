//! AUROC of the pixels of anomaly maps.

use super::pixels::{check, normal_pixels, ranked, same_score};
use super::ranking::RocArea;
use super::{Definition, Metric, MetricResult, Undefined};

inventory::submit! {
    Metric {
        name: "pixel_auroc",
        heading: "pixel AUROC",
        explanation: "chance that a defective pixel scores above a normal one",
        order: 3,
        definition: Definition::Maps(|maps| pixel_auroc(&maps.values, &maps.masks)),
        ..Metric::HIGHER
    }
}

/// Area under the ROC curve over all pixels of all images, a tie counting half.
///
/// Range 0 to 1; 0.5 is chance. Equals sklearn's `roc_auc_score` on the flattened maps and masks. A
/// normal image takes part with a mask that is false throughout.
///
/// # Errors
/// [`Undefined`] if there is no image or no mask, a map and its mask differ in length, a map value
/// is not finite, or the defective or the normal pixels are missing.
pub fn pixel_auroc(maps: &[&[f32]], masks: &[&[bool]]) -> MetricResult {
    check(maps, masks)?;
    let pixels = ranked(maps, masks);
    let mut area = RocArea::default();
    for group in pixels.chunk_by(same_score) {
        let normal = normal_pixels(group);
        area.add((group.len() - normal) as u64, normal as u64);
    }
    // Both kinds are present after `check`.
    area.share().ok_or(Undefined::NoNormalPixels)
}
