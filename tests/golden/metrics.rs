//! Metrics: scikit-learn's numbers, and AUPRO by its definition and by the rule of the released programs.

use crate::data::{Tensors, fixture, golden, json};
use crate::tolerance::METRIC;
use harness::metrics::{MetricResult, aupro, auroc, average_precision, f1_max, pixel_auroc};
use std::path::Path;

/// Part of the curve that counts.
const LIMIT: f64 = 0.3;

fn assert_metric(what: &str, got: MetricResult, wanted: f64) {
    let got = got.unwrap_or_else(|reason| panic!("{what}: {reason}"));
    assert!((got - wanted).abs() <= METRIC, "{what}: {got} is not {wanted}");
}

/// The labels lie beside the scores under one of two names.
fn flags(tensors: &Tensors, case: &str, name: &str) -> Vec<bool> {
    let plain = format!("{case}.{name}");
    if tensors.0.contains_key(&plain) {
        tensors.flags(&plain)
    } else {
        tensors.flags(&format!("{plain}_i64"))
    }
}

fn scores_agree(expected: &Path, inputs: &Path) -> usize {
    let (expected, inputs) = (json(expected), Tensors::read(inputs));
    let mut compared = 0;
    for (case, numbers) in expected["cases"].as_object().unwrap() {
        let scores = inputs.values(&format!("{case}.scores"));
        let labels = flags(&inputs, case, "labels");
        let found = [
            ("auroc", auroc(&scores, &labels), &numbers["auroc"]),
            ("average precision", average_precision(&scores, &labels), &numbers["ap"]),
            ("F1 max", f1_max(&scores, &labels), &numbers["f1max"][0]),
        ];
        for (metric, got, wanted) in found {
            // Where scikit-learn has no AUROC, we have none of the three: one class only, or a NaN.
            match (numbers["auroc"].is_string(), wanted.as_f64()) {
                (false, Some(wanted)) => assert_metric(&format!("{case} {metric}"), got, wanted),
                _ => assert!(got.is_err(), "{case} {metric}: {got:?}"),
            }
            compared += 1;
        }
    }
    compared
}

#[test]
fn ranking_of_the_fixture() {
    let folder = fixture("metrics");
    assert_eq!(scores_agree(&folder.join("expected.json"), &folder.join("scores.safetensors")), 3 * 16);
}

#[test]
#[ignore = "needs SHIFTBENCH_GOLDEN"]
fn ranking_of_the_golden_data() {
    let golden = golden();
    let folder = golden.join("metrics");
    assert_eq!(
        scores_agree(&folder.join("metrics.json"), &folder.join("metrics_inputs.safetensors")),
        3 * 18
    );
}

/// 1e5 scores with ties in both kinds, made by whole numbers so that Python makes the same.
#[test]
fn ranking_of_many_scores() {
    let numbers = json(&fixture("metrics/many.json"));
    let count = numbers["count"].as_u64().unwrap();
    let scores: Vec<f64> = (0..count).map(|i| ((i * i * 7_919 + i * 13) % 10_007) as f64).collect();
    let labels: Vec<bool> =
        (0..count).map(|i| (i * 31 + i * i * 17) % 97 < 9 + scores[i as usize] as u64 / 1000).collect();
    assert_eq!(labels.iter().filter(|label| **label).count() as u64, numbers["anomalous"].as_u64().unwrap());
    assert_metric("auroc", auroc(&scores, &labels), numbers["auroc"].as_f64().unwrap());
    assert_metric("ap", average_precision(&scores, &labels), numbers["average_precision"].as_f64().unwrap());
    assert_metric("f1", f1_max(&scores, &labels), numbers["f1_max"].as_f64().unwrap());
}

/// Maps and masks of one case, picture by picture.
struct Case {
    maps: Vec<Vec<f64>>,
    masks: Vec<Vec<bool>>,
    width: usize,
}

/// A point of the overlap curve: false-positive rate, mean overlap of the regions.
type Point = (f64, f64);

impl Case {
    fn read(inputs: &Tensors, name: &str) -> Self {
        let [_, height, width]: [usize; 3] = inputs.shape(&format!("{name}.maps")).try_into().unwrap();
        let maps = inputs.values(&format!("{name}.maps"));
        let masks = flags(inputs, name, "masks");
        Self {
            maps: maps.chunks(height * width).map(<[f64]>::to_vec).collect(),
            masks: masks.chunks(height * width).map(<[bool]>::to_vec).collect(),
            width,
        }
    }

    /// The 8-connected regions of every mask, as (picture, pixels).
    fn regions(&self) -> Vec<(usize, Vec<usize>)> {
        let mut regions = Vec::new();
        for (picture, mask) in self.masks.iter().enumerate() {
            let mut open: Vec<usize> = (0..mask.len()).filter(|pixel| mask[*pixel]).collect();
            while let Some(first) = open.pop() {
                let mut region = vec![first];
                let mut next = 0;
                while next < region.len() {
                    let (x, y) = (region[next] % self.width, region[next] / self.width);
                    let touches = |pixel: &usize| {
                        (pixel % self.width).abs_diff(x) <= 1 && (pixel / self.width).abs_diff(y) <= 1
                    };
                    let (near, far) = open.into_iter().partition(touches);
                    region.extend::<Vec<usize>>(near);
                    open = far;
                    next += 1;
                }
                regions.push((picture, region));
            }
        }
        regions
    }

    /// The curve's point where everything that `flagged` accepts is flagged.
    fn point(&self, regions: &[(usize, Vec<usize>)], flagged: impl Fn(f64) -> bool) -> Point {
        let hits = |(picture, pixels): &(usize, Vec<usize>)| {
            let hits = pixels.iter().filter(|pixel| flagged(self.maps[*picture][**pixel])).count();
            hits as f64 / pixels.len() as f64
        };
        let overlap = regions.iter().map(hits).sum::<f64>() / regions.len() as f64;
        let pixels = self.maps.iter().flatten().zip(self.masks.iter().flatten());
        let normal: Vec<f64> =
            pixels.filter(|(_, defective)| !**defective).map(|(value, _)| *value).collect();
        let alarms = normal.iter().filter(|value| flagged(**value)).count();
        (alarms as f64 / normal.len() as f64, overlap)
    }

    /// The released rule: 200 thresholds in equal steps from the lowest to below the highest value (201 where
    /// rounding adds one), a pixel is flagged *above* one; only rates below the limit count, rescaled by
    /// the largest of them. None where a division by zero or an empty curve is all there is.
    fn released(&self) -> Option<f64> {
        let values = || self.maps.iter().flatten().copied();
        let (low, high) = (values().fold(f64::MAX, f64::min), values().fold(f64::MIN, f64::max));
        let step = (high - low) / 200.0;
        let count = ((high - low) / step).ceil();
        let regions = self.regions();
        let mut curve: Vec<Point> = Vec::new();
        for index in 0..if count.is_finite() { count as usize } else { 0 } {
            let threshold = low + index as f64 * step;
            let point = self.point(&regions, |value| value > threshold);
            if point.0 < LIMIT {
                curve.push(point);
            }
        }
        let largest = curve.iter().fold(0.0_f64, |largest, point| largest.max(point.0));
        (largest > 0.0).then(|| area(&curve) / largest)
    }

    /// The definition: every distinct value is a threshold, at or above which a pixel is flagged; the curve
    /// is cut at the limit by a straight line.
    fn exact(&self) -> f64 {
        let regions = self.regions();
        let mut thresholds: Vec<f64> = self.maps.iter().flatten().copied().collect();
        thresholds.sort_by(f64::total_cmp);
        thresholds.dedup();
        let mut curve = vec![(0.0, 0.0)];
        for threshold in thresholds.into_iter().rev() {
            let (rate, overlap) = self.point(&regions, |value| value >= threshold);
            let (before, height) = curve[curve.len() - 1];
            if rate >= LIMIT {
                let share = (LIMIT - before) / (rate - before);
                curve.push((LIMIT, height + share * (overlap - height)));
                break;
            }
            curve.push((rate, overlap));
        }
        area(&curve) / LIMIT
    }
}

/// Trapezoids below a curve, whichever way it runs.
fn area(curve: &[Point]) -> f64 {
    curve.windows(2).map(|pair| ((pair[1].0 - pair[0].0) * (pair[0].1 + pair[1].1) / 2.0).abs()).sum()
}

fn pixels_agree(expected: &Path, inputs: &Path) -> usize {
    let (expected, inputs) = (json(expected), Tensors::read(inputs));
    let mut compared = 0;
    for (name, numbers) in expected["pixel"].as_object().unwrap() {
        let mut case = Case::read(&inputs, name);
        if case.maps[0].len() <= 64 * 64 {
            // The released rule on the very numbers the released program saw.
            match (case.released(), numbers["pro_rd4ad"].as_f64()) {
                (Some(got), Some(wanted)) => {
                    assert_metric(&format!("{name}, released AUPRO"), Ok(got), wanted)
                }
                (got, wanted) => assert_eq!(got, wanted, "{name}, released AUPRO"),
            }
        }
        let flat: Vec<f64> = case.maps.concat();
        let wanted = numbers["pixel_auroc"].as_f64().unwrap();
        assert_metric(name, auroc(&flat, &case.masks.concat()), wanted);
        // Maps are f32 here, which ties some values that f64 keeps apart.
        let singles: Vec<Vec<f32>> =
            case.maps.iter().map(|map| map.iter().map(|value| *value as f32).collect()).collect();
        case.maps = singles.iter().map(|map| map.iter().map(|value| f64::from(*value)).collect()).collect();
        let maps: Vec<&[f32]> = singles.iter().map(Vec::as_slice).collect();
        let masks: Vec<&[bool]> = case.masks.iter().map(Vec::as_slice).collect();
        let rounded = auroc(&case.maps.concat(), &case.masks.concat()).unwrap();
        assert_metric(name, pixel_auroc(&maps, &masks), rounded);
        let height = maps[0].len() / case.width;
        let ours = aupro(&maps, &masks, case.width, height, LIMIT);
        println!("{name}: AUPRO {ours:?}, released rule {}", numbers["pro_rd4ad"]);
        assert_metric(&format!("{name}, AUPRO"), ours, case.exact());
        compared += 1;
    }
    compared
}

#[test]
fn localisation_of_the_fixture() {
    let folder = fixture("metrics");
    assert_eq!(pixels_agree(&folder.join("expected.json"), &folder.join("pixels.safetensors")), 6);
}

#[test]
#[ignore = "needs SHIFTBENCH_GOLDEN"]
fn localisation_of_the_golden_data() {
    let golden = golden();
    let folder = golden.join("metrics");
    assert_eq!(pixels_agree(&folder.join("metrics.json"), &folder.join("pixel_inputs.safetensors")), 10);
}
