//! From scores to metrics.

use crate::metrics::{self, Metric, Undefined};
use crate::results::{MetricValue, ScoredImage};
use std::collections::BTreeMap;

/// Maps and masks of the images of one cell, in the network's frame.
pub(super) struct Maps {
    pub side: u32,
    pub maps: Vec<Vec<f32>>,
    pub masks: Vec<Vec<bool>>,
}

/// Every metric of a cell.
///
/// `id` are the scores of the same model on the distribution it was trained on: for shifted cells they
/// give the threshold-transfer metrics that AUROC inside a fully shifted set cannot see.
pub(super) fn evaluate(
    scores: &[ScoredImage],
    maps: Result<&Maps, Undefined>,
    id: Option<&[ScoredImage]>,
) -> BTreeMap<String, MetricValue> {
    let mut metrics = of_scores(scores, id);
    let pixels = |metric: fn(&[&[f32]], &[&[bool]], usize) -> Metric| {
        let maps = maps?;
        let values: Vec<&[f32]> = maps.maps.iter().map(Vec::as_slice).collect();
        let masks: Vec<&[bool]> = maps.masks.iter().map(Vec::as_slice).collect();
        metric(&values, &masks, maps.side as usize)
    };
    let auroc = pixels(|maps, masks, _| metrics::pixel_auroc(maps, masks));
    let aupro = pixels(|maps, masks, side| metrics::aupro(maps, masks, side, side, 0.3));
    metrics.extend([("pixel_auroc".into(), auroc.into()), ("aupro".into(), aupro.into())]);
    metrics
}

/// The metrics of [`evaluate`] that follow from scores alone.
pub(super) fn of_scores(scores: &[ScoredImage], id: Option<&[ScoredImage]>) -> BTreeMap<String, MetricValue> {
    let (values, labels) = split(scores);
    let mut metrics: BTreeMap<String, MetricValue> = BTreeMap::new();
    let mut put = |name: &str, metric: Metric| metrics.insert(name.into(), metric.into());
    put("image_auroc", metrics::auroc(&values, &labels));
    put("image_ap", metrics::average_precision(&values, &labels));
    put("image_f1_max", metrics::f1_max(&values, &labels));
    put("image_fpr_at_95_tpr", metrics::fpr_at_tpr(&values, &labels, 0.95));
    if let Some(id) = id {
        let (id_values, id_labels) = split(id);
        let threshold = metrics::threshold_at_fpr(&normals(&id_values, &id_labels), 0.05);
        let alarms = threshold.and_then(|t| metrics::false_positive_rate(&normals(&values, &labels), t));
        put("fpr_at_id_threshold", alarms);
        put("mixed_auroc", metrics::mixed_auroc(&id_values, &id_labels, &values, &labels));
    }
    metrics
}

fn split(scores: &[ScoredImage]) -> (Vec<f64>, Vec<bool>) {
    scores.iter().map(|line| (f64::from(line.score), line.anomalous != 0)).unzip()
}

fn normals(values: &[f64], labels: &[bool]) -> Vec<f64> {
    values.iter().zip(labels).filter(|(_, anomalous)| !**anomalous).map(|(value, _)| *value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(score: f32, anomalous: u8) -> ScoredImage {
        ScoredImage { image: String::new(), anomalous, score }
    }

    #[test]
    fn a_shift_that_lifts_every_score_shows_only_across_conditions() {
        let id: Vec<_> = (0..20).map(|i| line(i as f32, u8::from(i >= 10))).collect();
        let shifted: Vec<_> = id.iter().map(|l| line(l.score + 100.0, l.anomalous)).collect();
        let metrics = evaluate(&shifted, Err(Undefined::NoMasks), Some(&id));
        assert_eq!(metrics["image_auroc"], MetricValue::Value(1.0));
        assert_eq!(metrics["fpr_at_id_threshold"], MetricValue::Value(1.0));
        assert_eq!(metrics["mixed_auroc"], MetricValue::Value(0.75));
        assert!(matches!(&metrics["aupro"], MetricValue::Undefined(_)));
    }

    #[test]
    fn one_class_is_undefined_not_a_half() {
        let metrics = evaluate(&[line(1.0, 0), line(2.0, 0)], Err(Undefined::NoMasks), None);
        assert_eq!(metrics["image_auroc"].value(), None);
    }
}
