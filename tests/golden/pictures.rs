//! Pictures: Pillow's operations and resizing, normalisation, and AugMix replayed from a trace.

use crate::data::{Tensors, fixture, golden, json, picture, pictures, wide};
use crate::tolerance::NORMALISED;
use harness::contract::picture::Geometry;
use image::RgbImage;
use methods::view::pixel_ops::PixelOp;
use methods::view::{AugMixDraw, Planes, grey_after_normalisation};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The input pictures of the fixtures stand beside the corruptions made of them.
fn inputs() -> PathBuf {
    fixture("corruptions")
}

/// `<input>__<what>` of a folder: the input picture, what was done to it, and the result.
fn results(folder: &Path, inputs: &Path) -> Vec<(String, RgbImage, RgbImage)> {
    let mut found = Vec::new();
    for stem in pictures(folder) {
        let (input, what) = stem.split_once("__").unwrap();
        let source = match input {
            "edge32" => folder.join("edge32__input.png"),
            _ => inputs.join(format!("{input}.png")),
        };
        if what != "input" && source.exists() {
            found.push((stem.clone(), picture(&source), picture(&folder.join(format!("{stem}.png")))));
        }
    }
    found
}

/// An operation by its name in a trace, with its parameter.
fn operation(name: &str, parameter: f64) -> Option<PixelOp> {
    Some(match name {
        "autocontrast" => PixelOp::Autocontrast,
        "equalize" => PixelOp::Equalize,
        "posterize" => PixelOp::Posterize(parameter as u8),
        "solarize" => PixelOp::Solarize(parameter as u16),
        "color" => PixelOp::Color(parameter as f32),
        "contrast" => PixelOp::Contrast(parameter as f32),
        "brightness" => PixelOp::Brightness(parameter as f32),
        "sharpness" => PixelOp::Sharpness(parameter as f32),
        "rotate" => PixelOp::Rotate(parameter),
        "shear_x" => PixelOp::ShearX(parameter),
        "shear_y" => PixelOp::ShearY(parameter),
        "translate_x" => PixelOp::TranslateX(parameter as i32),
        "translate_y" => PixelOp::TranslateY(parameter as i32),
        _ => return None,
    })
}

/// Byte for byte, every file that is not a resized picture.
fn operations_agree(folder: &Path, inputs: &Path) -> BTreeMap<String, usize> {
    let mut compared = BTreeMap::<String, usize>::new();
    for (stem, source, wanted) in results(folder, inputs) {
        let what = stem.split_once("__").unwrap().1;
        if what.starts_with("resize") {
            continue;
        }
        let (name, parameter) = what.rsplit_once('_').unwrap_or((what, "0"));
        let number = parameter.trim_start_matches(|letter: char| letter.is_alphabetic()).parse().unwrap();
        let operation = operation(name, number).unwrap_or_else(|| panic!("{stem}: no operation {name}"));
        assert!(operation.apply(&source) == wanted, "{stem}: {operation:?} differs from Pillow");
        *compared.entry(name.into()).or_default() += 1;
    }
    println!("{compared:?} equal Pillow");
    compared
}

#[test]
fn operations_of_the_fixture() {
    assert_eq!(operations_agree(&fixture("pictures"), &inputs()).len(), 13);
}

#[test]
#[ignore = "needs SHIFTBENCH_GOLDEN"]
fn operations_of_the_golden_data() {
    let golden = golden();
    let compared = operations_agree(&golden.join("pil_ops"), &golden.join("inputs"));
    assert_eq!(compared.values().sum::<usize>(), 98);
}

fn resizing_agrees(folder: &Path, inputs: &Path) {
    let mut compared = 0;
    for (stem, source, wanted) in results(folder, inputs) {
        let Some((_, side)) = stem.split_once("__resize_bilinear_") else { continue };
        let got = Geometry::Stretch(side.parse().unwrap()).picture(&source);
        assert!(got == wanted, "{stem} differs from Pillow's");
        compared += 1;
    }
    println!("{compared} resized pictures equal Pillow's byte for byte");
    assert!(compared >= 4);
}

#[test]
fn resizing_of_the_fixture() {
    resizing_agrees(&fixture("pictures"), &inputs());
}

#[test]
#[ignore = "needs SHIFTBENCH_GOLDEN"]
fn resizing_of_the_golden_data() {
    let golden = golden();
    resizing_agrees(&golden.join("pil_ops"), &golden.join("inputs"));
}

fn assert_planes(what: &str, got: &[f32], wanted: &[f64]) {
    assert_eq!(got.len(), wanted.len(), "{what}");
    let gap = wide(got).iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    println!("{what}: {gap:.1e}");
    assert!(gap <= NORMALISED, "{what}: {gap:.1e}");
}

/// `ToTensor` and `Normalize`, of what Pillow resized.
#[test]
#[ignore = "needs SHIFTBENCH_GOLDEN"]
fn normalisation_of_the_golden_data() {
    let golden = golden();
    let data = Tensors::read(&golden.join("pil_ops/resize256_normalised.safetensors"));
    let resized = picture(&golden.join("pil_ops/chelsea225x300__resize_bilinear_256.png"));
    let wanted = data.values("chelsea225x300.resize256.normalised");
    assert_planes("normalised", &Planes::normalise(&resized).values, &wanted);

    let native = picture(&golden.join("inputs/chelsea225x300.png"));
    let ours = Planes::normalise(&Geometry::Stretch(256).picture(&native)).values;
    assert_planes("resized and normalised", &ours, &wanted);
}

/// The rows `rows` of all three planes.
fn cut(planes: &Planes, rows: std::ops::Range<usize>) -> Vec<f32> {
    let width = planes.width as usize;
    planes.channels().iter().flat_map(|plane| plane[rows.start * width..rows.end * width].to_vec()).collect()
}

/// Every recorded draw replayed, the grey view, and plain normalisation.
fn views_agree(
    trace: &Path,
    tensors: &Path,
    picture_of: &dyn Fn(&str) -> RgbImage,
    rows: std::ops::Range<usize>,
) {
    let (trace, tensors) = (json(trace), Tensors::read(tensors));
    let mut compared = 0;
    for (name, draw) in trace.as_object().unwrap() {
        let number = |value: &serde_json::Value| value.as_f64().unwrap();
        let step = |step: &serde_json::Value| {
            operation(step[0].as_str().unwrap(), step[1].as_f64().unwrap_or(0.0)).unwrap()
        };
        let list = |value: &serde_json::Value| value.as_array().unwrap().clone();
        let draw = AugMixDraw {
            weights: std::array::from_fn(|chain| number(&draw["ws_f64"][chain]) as f32),
            skip: number(&draw["m_f64"]) as f32,
            chains: list(&draw["chains"])
                .iter()
                .map(|chain| list(chain).iter().map(step).collect())
                .collect(),
            severity: number(&draw["severity"]) as u8,
        };
        let view = draw.apply(&picture_of(name.split('.').next().unwrap()));
        assert_planes(name, &cut(&view, rows.clone()), &tensors.values(name));
        compared += 1;
    }
    assert!(compared >= 8);
    for name in tensors.names().filter(|name| !name.contains("augmix")) {
        let (input, what) = name.split_once('.').unwrap();
        let clean = Planes::normalise(&picture_of(input));
        let planes = if what == "gray" { grey_after_normalisation(&clean) } else { clean };
        assert_planes(name, &cut(&planes, rows.clone()), &tensors.values(name));
    }
}

#[test]
fn views_of_the_fixture() {
    let folder = fixture("augmix");
    let astro = |_: &str| picture(&inputs().join("astro64.png"));
    views_agree(&folder.join("trace.json"), &folder.join("rows24to40.safetensors"), &astro, 24..40);
}

#[test]
#[ignore = "needs SHIFTBENCH_GOLDEN"]
fn views_of_the_golden_data() {
    let golden = golden();
    let folder = golden.join("augmix");
    let small = |input: &str| picture(&folder.join(format!("{input}_64.png")));
    views_agree(&folder.join("augmix64_trace.json"), &folder.join("augmix64.safetensors"), &small, 0..64);
}
