//! From scores to metrics.

use crate::metrics::{Definition, Images, Maps as Marked, Metric, MetricResult, Undefined};
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
/// give the metrics across the shift that AUROC inside a fully shifted set cannot see.
pub(super) fn evaluate(
    scores: &[ScoredImage],
    maps: Result<&Maps, Undefined>,
    id: Option<&[ScoredImage]>,
) -> BTreeMap<String, MetricValue> {
    let mut metrics = of_scores(scores, id);
    let maps = maps.map(|maps| Marked {
        side: maps.side as usize,
        values: maps.maps.iter().map(Vec::as_slice).collect(),
        masks: maps.masks.iter().map(Vec::as_slice).collect(),
    });
    metrics.extend(each(|definition| match definition {
        Definition::Maps(of) => Some(maps.as_ref().map_err(|reason| *reason).and_then(of)),
        Definition::Images(_) | Definition::AcrossShift(_) => None,
    }));
    metrics
}

/// The metrics of [`evaluate`] that follow from scores alone.
pub(super) fn of_scores(scores: &[ScoredImage], id: Option<&[ScoredImage]>) -> BTreeMap<String, MetricValue> {
    let (scores, id) = (Columns::of(scores), id.map(Columns::of));
    each(|definition| match definition {
        Definition::Images(of) => Some(of(&scores.images())),
        Definition::AcrossShift(of) => id.as_ref().map(|id| of(&id.images(), &scores.images())),
        Definition::Maps(_) => None,
    })
}

/// What `value` makes of the definition of each metric; nothing where it makes nothing.
fn each(value: impl Fn(Definition) -> Option<MetricResult>) -> BTreeMap<String, MetricValue> {
    let valued = |metric: &Metric| Some((metric.name.to_owned(), value(metric.definition)?.into()));
    Metric::all().into_iter().filter_map(valued).collect()
}

/// Scores and labels apart.
struct Columns {
    scores: Vec<f64>,
    anomalous: Vec<bool>,
}

impl Columns {
    fn of(lines: &[ScoredImage]) -> Self {
        let (scores, anomalous) =
            lines.iter().map(|line| (f64::from(line.score), line.anomalous != 0)).unzip();
        Self { scores, anomalous }
    }

    fn images(&self) -> Images<'_> {
        Images { scores: &self.scores, anomalous: &self.anomalous }
    }
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
