//! False alarms across a shift: whether a threshold chosen on the domain trained on still works.
//!
//! The papers' protocol computes one AUROC per domain. That stays perfect even when the shift lifts every normal image
//! above the threshold in use, because only the order within a domain counts.

use super::{Definition, Metric, MetricResult, Undefined, all_finite, is_share};

inventory::submit! {
    Metric {
        name: "fpr_at_id_threshold",
        heading: "false alarms at the ID threshold",
        explanation: "share of shifted normal images above the threshold that 5 % of the normal ID images exceed",
        order: 1,
        definition: Definition::AcrossShift(|id, shifted| {
            false_positive_rate(&shifted.normal(), threshold_at_fpr(&id.normal(), 0.05)?)
        }),
        ..Metric::LOWER
    }
}

/// The threshold that lets at most a share `rate` of the in-distribution normal images through.
///
/// An image is flagged if its score lies *strictly above* the threshold. The result is the smallest
/// observed score `t` with `#{s > t} <= rate * n`. It is always one of the scores: no quantile is
/// interpolated, so the promise holds exactly on the images it was made with. With ties fewer
/// images than allowed may lie above it. At `rate` 0 it is the largest score, at 1 the smallest.
///
/// Range: that of the scores.
///
/// # Errors
/// [`Undefined`] if `rate` is not within 0 to 1, there is no score, or one is not finite.
pub fn threshold_at_fpr(normal_scores: &[f64], rate: f64) -> MetricResult {
    is_share(rate)?;
    all_finite(normal_scores)?;
    let mut descending = normal_scores.to_vec();
    descending.sort_unstable_by(|a, b| b.total_cmp(a));
    let n = descending.len();
    // The quotient is compared because `rate * n` may round to just below a whole number.
    let allowed = (1..=n).take_while(|flagged| *flagged as f64 / n as f64 <= rate).count();
    // At most `allowed` scores precede this one, hence lie above it; any smaller score has it and
    // all of them above.
    let at = allowed.min(n.saturating_sub(1));
    descending.get(at).copied().ok_or(Undefined::NoNormal)
}

/// The share of normal images, usually shifted ones, whose score lies strictly above a threshold
/// from [`threshold_at_fpr`].
///
/// Range 0 to 1; the rate asked for there is what it should be, more is the shift's false alarms.
///
/// # Errors
/// [`Undefined`] if there is no score, or a score or the threshold is not finite.
pub fn false_positive_rate(normal_scores_shifted: &[f64], threshold: f64) -> MetricResult {
    all_finite(normal_scores_shifted)?;
    all_finite(&[threshold])?;
    if normal_scores_shifted.is_empty() {
        return Err(Undefined::NoNormal);
    }
    let flagged = normal_scores_shifted.iter().filter(|score| **score > threshold).count();
    Ok(flagged as f64 / normal_scores_shifted.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn threshold_by_hand() {
        let scores: Vec<f64> = (1..=20).map(f64::from).collect();
        assert_eq!(threshold_at_fpr(&scores, 0.05), Ok(19.0));
        assert_eq!(threshold_at_fpr(&scores, 0.049), Ok(20.0));
        assert_eq!(threshold_at_fpr(&scores, 0.0), Ok(20.0));
        assert_eq!(threshold_at_fpr(&scores, 1.0), Ok(1.0));
        // 29 of 100, although 0.29 * 100.0 is below 29.
        let scores: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(threshold_at_fpr(&scores, 0.29), Ok(71.0));
        // Below 5 would put two of four above.
        assert_eq!(threshold_at_fpr(&[1.0, 5.0, 5.0, 1.0], 0.25), Ok(5.0));
        assert_eq!(threshold_at_fpr(&[2.0], 0.05), Ok(2.0));
    }

    #[test]
    fn rate_is_strictly_above() {
        assert_eq!(false_positive_rate(&[1.0, 2.0, 3.0, 4.0], 2.0), Ok(0.5));
        assert_eq!(false_positive_rate(&[2.0], 2.0), Ok(0.0));
    }

    #[test]
    fn undefined_is_named() {
        assert_eq!(threshold_at_fpr(&[], 0.05), Err(Undefined::NoNormal));
        assert_eq!(threshold_at_fpr(&[f64::NAN], 0.05), Err(Undefined::NotFinite));
        for rate in [-0.1, 1.1, f64::NAN] {
            assert_eq!(threshold_at_fpr(&[1.0], rate), Err(Undefined::RateOutOfRange));
        }
        assert_eq!(false_positive_rate(&[], 1.0), Err(Undefined::NoNormal));
        assert_eq!(false_positive_rate(&[1.0], f64::NAN), Err(Undefined::NotFinite));
    }

    proptest! {
        #[test]
        fn threshold_is_the_smallest_that_keeps_the_rate(
            grid in prop::collection::vec(-9_i8..9, 1..60),
            percent in 0_u32..=100,
        ) {
            let scores: Vec<f64> = grid.into_iter().map(f64::from).collect();
            let threshold = threshold_at_fpr(&scores, f64::from(percent) / 100.0).unwrap();
            // In whole numbers, free of the rounding that the function must get right.
            let kept = |t: f64| {
                let above = scores.iter().filter(|score| **score > t).count();
                above * 100 <= percent as usize * scores.len()
            };
            let keeping = scores.iter().copied().filter(|t| kept(*t));
            prop_assert_eq!(threshold, keeping.fold(f64::INFINITY, f64::min));
        }
    }
}
