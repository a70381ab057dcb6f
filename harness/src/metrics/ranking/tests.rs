//! What holds for every metric of ranked images.

use crate::metrics::{MetricResult, Undefined, auroc, average_precision, f1_max, fpr_at_tpr};
use proptest::prelude::*;

type Ranking = fn(&[f64], &[bool]) -> MetricResult;

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
