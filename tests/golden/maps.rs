//! Anomaly maps: distances per location, resized, fused, smoothed as SciPy does, and their maximum.

use crate::data::{Tensors, assert_close, fixture, golden, json, wide};
use crate::tolerance::MAP;
use burn::tensor::Device;
use methods::backbone::Features;
use methods::reverse_distillation::anomaly_map::anomalies;
use methods::reverse_distillation::options::{Fusion, ImageScore};
use methods::reverse_distillation::recipes::{Rd, Recipe};
use std::path::Path;

/// The features of a case: `ft` of the teacher, `fs` of the student.
fn features(data: &Tensors, case: &str, whose: &str) -> Features {
    std::array::from_fn(|scale| data.tensor(&format!("{case}.{whose}{scale}"), &Device::flex()))
}

fn map_agrees(data: &Tensors, case: &str, side: usize, fusion: Fusion, sigma: f64) -> Option<f64> {
    let mode = if fusion == Fusion::Sum { "a" } else { "mul" };
    let name = format!("{case}.{mode}.{}_f64", if sigma > 0.0 { "gauss" } else { "map" });
    data.0.get(&name)?;
    let options = Rd::options().with(|options| {
        options.scoring.fusion = fusion;
        options.scoring.sigma = sigma;
    });
    let (teacher, student) = (features(data, case, "ft"), features(data, case, "fs"));
    let found = anomalies(teacher, student, side, &options).unwrap().remove(0);
    assert_close(&name, &wide(&found.map.unwrap().values), &data.values(&name), MAP);
    Some(f64::from(found.score))
}

fn maps_agree(path: &Path, cases: &[(&str, usize)], scores: Option<&serde_json::Value>) {
    let data = Tensors::read(path);
    for &(case, side) in cases {
        for (fusion, mode) in [(Fusion::Sum, "a"), (Fusion::Product, "mul")] {
            map_agrees(&data, case, side, fusion, 0.0);
            let score = map_agrees(&data, case, side, fusion, 4.0).unwrap();
            let wanted = match scores {
                Some(scores) => scores[format!("{case}.{mode}")]["score_max_gauss"].as_f64().unwrap(),
                None => data.values(&format!("{case}.{mode}.gauss_f64")).into_iter().fold(f64::MIN, f64::max),
            };
            assert_close(&format!("{case}.{mode} score"), &[score], &[wanted], MAP);
        }
    }
}

#[test]
fn maps_of_the_fixture() {
    maps_agree(&fixture("maps/odd.safetensors"), &[("odd", 113)], None);
}

#[test]
#[ignore = "needs SHIFTBENCH_GOLDEN"]
fn maps_of_the_golden_data() {
    let golden = golden();
    let scores = json(&golden.join("anomaly_map/anomaly_map.json"));
    let cases = [("a128", 128), ("a256", 256), ("odd", 113)];
    maps_agree(&golden.join("anomaly_map/anomaly_map.safetensors"), &cases, Some(&scores));
}

/// The other image score: the mean, which smoothing with a reflected border leaves alone.
#[test]
fn the_mean_of_a_map_survives_smoothing() {
    let data = Tensors::read(&fixture("maps/odd.safetensors"));
    let options = Rd::options().with(|options| options.scoring.image_score = ImageScore::Mean);
    let found = anomalies(features(&data, "odd", "ft"), features(&data, "odd", "fs"), 113, &options).unwrap();
    let map = data.values("odd.a.map_f64");
    let mean = map.iter().sum::<f64>() / map.len() as f64;
    assert_close("odd mean", &[f64::from(found[0].score)], &[mean], MAP);
}
