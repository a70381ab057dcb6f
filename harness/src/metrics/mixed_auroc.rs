//! AUROC across a shift: one ranking of both domains.

use super::{Definition, Images, Metric, MetricResult, Undefined, auroc, same_length};

inventory::submit! {
    Metric {
        name: "mixed_auroc",
        heading: "mixed AUROC",
        explanation: "image AUROC over ID and shifted images ranked together, as a detector in use sees them",
        order: 2,
        definition: Definition::AcrossShift(mixed_auroc),
        ..Metric::HIGHER
    }
}

/// [`auroc`] over the union of the in-distribution and the shifted images: one ranking for both.
///
/// Range 0 to 1; 0.5 is chance. It falls below the two separate values when a shifted normal image
/// scores like an unshifted anomalous one. Each domain weighs as much as it has images.
///
/// # Errors
/// [`Undefined`] if either domain has no image (then nothing is mixed), the lengths within a domain
/// differ, a score is not finite, or the union lacks one kind of image.
pub fn mixed_auroc(id: &Images<'_>, shifted: &Images<'_>) -> MetricResult {
    // Checked per domain: two opposite mismatches would cancel in the union and shift every label.
    same_length(id.scores.len(), id.anomalous.len())?;
    same_length(shifted.scores.len(), shifted.anomalous.len())?;
    if id.scores.is_empty() || shifted.scores.is_empty() {
        return Err(Undefined::NoImages);
    }
    auroc(&[id.scores, shifted.scores].concat(), &[id.anomalous, shifted.anomalous].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{false_positive_rate, threshold_at_fpr};

    #[test]
    fn a_lift_of_one_domain_shows_only_in_the_mixture() {
        let anomalous = &[false, false, true, true];
        let id = Images { scores: &[0.0, 1.0, 2.0, 3.0], anomalous };
        let shifted = Images { scores: &[10.0, 11.0, 12.0, 13.0], anomalous };
        assert_eq!(auroc(id.scores, anomalous), Ok(1.0));
        assert_eq!(auroc(shifted.scores, anomalous), Ok(1.0));
        // Of 16 pairs, the 4 of an unshifted anomalous and a shifted normal image are lost.
        assert_eq!(mixed_auroc(&id, &shifted), Ok(0.75));
        let threshold = threshold_at_fpr(&id.normal(), 0.05).unwrap();
        assert_eq!(false_positive_rate(&shifted.normal(), threshold), Ok(1.0));
    }

    #[test]
    fn undefined_is_named() {
        let images = |scores, anomalous| Images { scores, anomalous };
        let one = images(&[1.0], &[true]);
        assert_eq!(mixed_auroc(&one, &images(&[], &[])), Err(Undefined::NoImages));
        assert_eq!(mixed_auroc(&one, &one), Err(Undefined::NoNormal));
        let cancelling = mixed_auroc(&images(&[1.0], &[true, false]), &images(&[0.0, 1.0], &[false]));
        assert!(matches!(cancelling, Err(Undefined::LengthMismatch { .. })));
    }
}
