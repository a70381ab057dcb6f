//! How well the image scores put anomalous images above normal ones.
//!
//! All four metrics walk the same list: the scores from the highest down, equal scores as one step.
//! They need at least one image of each kind. Counts stay integers for as long as they can, so the
//! results are exact up to the last division.

use super::{Metric, Undefined, all_finite, is_share, same_length};

/// The images at or above one distinct score.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    true_positives: u64,
    false_positives: u64,
}

/// A ROC curve under construction, of which only the end and the area below it are kept.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RocArea {
    end: Step,
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
fn steps(scores: &[f64], anomalous: &[bool]) -> Result<(Vec<Step>, Step), Undefined> {
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

/// Area under the ROC curve: the share of (anomalous, normal) pairs in which the anomalous image
/// has the higher score, a tie counting half.
///
/// Range 0 to 1; 0.5 is chance. Equals sklearn's `roc_auc_score`.
///
/// # Errors
/// [`Undefined`] if the lengths differ, a score is not finite, or either kind of image is missing.
pub fn auroc(scores: &[f64], anomalous: &[bool]) -> Metric {
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

/// Average precision: the sum of `(R_i - R_{i-1}) P_i` over the distinct thresholds from the
/// highest down, with recall `R` and precision `P`; nothing is interpolated.
///
/// Range above 0 to 1; a constant score gives the share of anomalous images. Equals sklearn's
/// `average_precision_score`, except that a missing kind of image is an error here.
///
/// # Errors
/// [`Undefined`] if the lengths differ, a score is not finite, or either kind of image is missing.
pub fn average_precision(scores: &[f64], anomalous: &[bool]) -> Metric {
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

/// The best F1 score that any threshold reaches (an image is flagged at or above the threshold).
///
/// Range above 0 to 1; flagging everything already gives `2p / (1 + p)` at a share `p` of anomalous
/// images. Equals the maximum of `2PR / (P + R)` over sklearn's `precision_recall_curve`.
///
/// # Errors
/// [`Undefined`] if the lengths differ, a score is not finite, or either kind of image is missing.
pub fn f1_max(scores: &[f64], anomalous: &[bool]) -> Metric {
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

/// The smallest false-positive rate among the thresholds whose true-positive rate is at least
/// `min_tpr` (an image is flagged at or above the threshold); with 0.95 the usual "FPR95".
///
/// Range 0 to 1; lower is better. The steps of the ROC curve are not interpolated, as in sklearn's
/// `roc_curve` followed by the first point with `tpr >= min_tpr`.
///
/// # Errors
/// [`Undefined`] if `min_tpr` is not within 0 to 1, the lengths differ, a score is not finite, or
/// either kind of image is missing.
pub fn fpr_at_tpr(scores: &[f64], anomalous: &[bool], min_tpr: f64) -> Metric {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Ranking = fn(&[f64], &[bool]) -> Metric;

    const METRICS: [Ranking; 4] =
        [auroc, average_precision, f1_max, |scores, anomalous| fpr_at_tpr(scores, anomalous, 0.95)];

    /// Scores on a coarse grid, so that ties are common, with both kinds of image present.
    fn images() -> impl Strategy<Value = (Vec<f64>, Vec<bool>)> {
        prop::collection::vec((-12_i8..12, any::<bool>()), 2..60)
            .prop_map(|images| {
                images.into_iter().map(|(score, anomalous)| (f64::from(score) / 8.0, anomalous)).unzip()
            })
            .prop_filter("both kinds", |(_, anomalous): &(Vec<f64>, Vec<bool>)| {
                anomalous.contains(&true) && anomalous.contains(&false)
            })
    }

    fn pairwise_auroc(scores: &[f64], anomalous: &[bool]) -> f64 {
        let (mut won, mut pairs) = (0.0, 0.0);
        for (high, _) in scores.iter().zip(anomalous).filter(|(_, a)| **a) {
            for (low, _) in scores.iter().zip(anomalous).filter(|(_, a)| !**a) {
                pairs += 1.0;
                won += if high > low {
                    1.0
                } else if high == low {
                    0.5
                } else {
                    0.0
                };
            }
        }
        won / pairs
    }

    #[test]
    fn hand_computed() {
        // From the top: anomalous, normal, anomalous, normal.
        let scores = [0.1, 0.4, 0.35, 0.8];
        let anomalous = [false, false, true, true];
        assert_eq!(auroc(&scores, &anomalous), Ok(0.75));
        // Half the recall at precision 1, the other half at 2/3.
        let ap = average_precision(&scores, &anomalous).unwrap();
        assert!((ap - 5.0 / 6.0).abs() < 1e-15);
        assert_eq!(f1_max(&scores, &anomalous), Ok(0.8));
        assert_eq!(fpr_at_tpr(&scores, &anomalous, 0.95), Ok(0.5));
        assert_eq!(fpr_at_tpr(&scores, &anomalous, 0.5), Ok(0.0));
        assert_eq!(fpr_at_tpr(&scores, &anomalous, 0.0), Ok(0.0));
    }

    #[test]
    fn nineteen_of_twenty_is_95_per_cent() {
        let mut scores = vec![1.0; 19];
        scores.extend([0.0, 0.5]);
        let mut anomalous = vec![true; 20];
        anomalous.push(false);
        assert_eq!(fpr_at_tpr(&scores, &anomalous, 0.95), Ok(0.0));
        assert_eq!(fpr_at_tpr(&scores, &anomalous, 0.96), Ok(1.0));
    }

    #[test]
    fn signed_zeros_tie() {
        for scores in [[0.0, -0.0], [-0.0, 0.0]] {
            assert_eq!(auroc(&scores, &[true, false]), Ok(0.5));
        }
    }

    #[test]
    fn undefined_is_named() {
        for metric in METRICS {
            assert_eq!(metric(&[], &[]), Err(Undefined::NoImages));
            assert_eq!(metric(&[1.0], &[true]), Err(Undefined::NoNormal));
            assert_eq!(metric(&[1.0], &[false]), Err(Undefined::NoAnomalous));
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                let scores = [bad, 0.0];
                assert_eq!(metric(&scores, &[true, false]), Err(Undefined::NotFinite));
            }
            let mismatch = Undefined::LengthMismatch { expected: 1, found: 2 };
            assert_eq!(metric(&[1.0], &[true, false]), Err(mismatch));
        }
        for rate in [-0.1, 1.1, f64::NAN] {
            let metric = fpr_at_tpr(&[1.0, 0.0], &[true, false], rate);
            assert_eq!(metric, Err(Undefined::RateOutOfRange));
        }
    }

    proptest! {
        #[test]
        fn auroc_counts_pairs((scores, anomalous) in images()) {
            let exact = auroc(&scores, &anomalous).unwrap();
            prop_assert_eq!(exact, pairwise_auroc(&scores, &anomalous));
        }

        #[test]
        fn auroc_mirrors((scores, anomalous) in images()) {
            let negated: Vec<f64> = scores.iter().map(|score| -score).collect();
            let sum = auroc(&scores, &anomalous).unwrap() + auroc(&negated, &anomalous).unwrap();
            prop_assert!((sum - 1.0).abs() < 1e-15);
        }

        #[test]
        fn only_the_order_of_scores_matters((scores, anomalous) in images()) {
            let monotone: Vec<f64> = scores.iter().map(|score| 3.0 + 7.0 * score.exp()).collect();
            for metric in METRICS {
                prop_assert_eq!(metric(&monotone, &anomalous), metric(&scores, &anomalous));
            }
        }

        #[test]
        fn the_order_of_images_does_not_matter(
            (images, shuffled) in images().prop_flat_map(|(scores, anomalous)| {
                let images: Vec<_> = scores.into_iter().zip(anomalous).collect();
                (Just(images.clone()), Just(images).prop_shuffle())
            })
        ) {
            let (scores, anomalous): (Vec<f64>, Vec<bool>) = images.into_iter().unzip();
            let (others, labels): (Vec<f64>, Vec<bool>) = shuffled.into_iter().unzip();
            for metric in METRICS {
                prop_assert_eq!(metric(&others, &labels), metric(&scores, &anomalous));
            }
        }

        #[test]
        fn a_constant_score_is_chance((_, anomalous) in images()) {
            let scores = vec![0.3; anomalous.len()];
            let prevalence =
                anomalous.iter().filter(|a| **a).count() as f64 / anomalous.len() as f64;
            prop_assert_eq!(auroc(&scores, &anomalous), Ok(0.5));
            let ap = average_precision(&scores, &anomalous).unwrap();
            prop_assert!((ap - prevalence).abs() < 1e-15);
            let f1 = f1_max(&scores, &anomalous).unwrap();
            prop_assert!((f1 - 2.0 * prevalence / (1.0 + prevalence)).abs() < 1e-15);
            prop_assert_eq!(fpr_at_tpr(&scores, &anomalous, 0.95), Ok(1.0));
        }

        #[test]
        fn all_stay_within_0_and_1((scores, anomalous) in images()) {
            for metric in METRICS {
                prop_assert!((0.0..=1.0).contains(&metric(&scores, &anomalous).unwrap()));
            }
        }
    }
}
