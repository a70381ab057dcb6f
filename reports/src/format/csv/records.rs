//! Every number of every record, one a line.

use crate::result::one_line;
use crate::{Comparison, Group, Hole, Outcome, Place};
use harness::contract::text::{line as line_of, name};
use harness::results::MetricValue;
use serde::Serialize;
use std::borrow::Cow;

/// One line. Results that are not there have a line without a metric.
#[derive(Serialize)]
struct Line<'a> {
    suite: Cow<'a, str>,
    dataset: Cow<'a, str>,
    category: Cow<'a, str>,
    method: Cow<'a, str>,
    setting: Cow<'a, str>,
    seed: u64,
    reference: Option<usize>,
    condition: Cow<'a, str>,
    metric: &'a str,
    value: Option<f64>,
    undefined_reason: String,
    images: Option<usize>,
    protocol: &'a str,
    backbone: Cow<'a, str>,
    image_size: u32,
    device: String,
}

/// The long format: by data set, method, condition, category, seed,
/// reference image and metric.
pub fn csv(comparison: &Comparison) -> String {
    let protocol = comparison.protocol.to_string();
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    for group in &comparison.groups {
        for (place, outcome) in &group.cells {
            for line in lines(comparison, group, place, outcome, &protocol) {
                writer.serialize(line).expect("strings and numbers can be written to memory");
            }
        }
    }
    let bytes = writer.into_inner().expect("memory can be flushed");
    String::from_utf8(bytes).expect("strings and numbers are UTF-8")
}

fn lines<'a>(
    comparison: &'a Comparison,
    group: &'a Group,
    place: &Place,
    outcome: &'a Outcome,
    protocol: &'a str,
) -> Vec<Line<'a>> {
    let row = &group.rows[place.row];
    let line = |metric, value, reason: String| Line {
        suite: name(&comparison.suite),
        dataset: name(&group.dataset),
        category: name(&group.categories[place.category]),
        method: name(&row.method),
        setting: name(&row.setting()).into_owned().into(),
        seed: place.seed,
        reference: place.reference,
        condition: name(&group.conditions[place.condition].label),
        metric,
        value,
        undefined_reason: name(&line_of(&reason)).into_owned(),
        images: None,
        protocol,
        backbone: "".into(),
        image_size: comparison.image_size,
        device: String::new(),
    };
    let record = match outcome {
        Outcome::Done(record) => record,
        Outcome::Failed(failure) => return vec![line("", None, format!("failed: {}", one_line(failure)))],
        Outcome::Hole(hole) => return vec![line("", None, why(hole).into())],
    };
    let of_metric = |(metric, value): (&'a String, &MetricValue)| {
        let reason = match value {
            MetricValue::Value(_) => String::new(),
            MetricValue::Undefined(reason) => reason.clone(),
        };
        Line {
            images: Some(record.images),
            backbone: name(record.teacher.as_deref().unwrap_or_default()),
            device: record.provenance.device.to_string(),
            ..line(metric, value.value(), reason)
        }
    };
    record.metrics.iter().map(of_metric).collect()
}

fn why(hole: &Hole) -> &'static str {
    match hole {
        Hole::Missing => "missing",
        Hole::Outdated => "computed from other inputs",
        Hole::Damaged(_) => "damaged",
    }
}
