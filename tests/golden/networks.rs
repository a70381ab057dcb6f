//! Teacher, bottleneck, decoder and what FiCo adds: outputs in evaluation and training, running averages.

use crate::data::{Tensors, assert_close, golden, host};
use crate::net::{Net, is_dead, ours, state};
use crate::tolerance::{AMPLIFIED, OUTPUT, RUNNING};
use burn::tensor::{Device, Tensor};
use methods::backbone::{Backbone, Features};
use methods::layer::Init;
use methods::reverse_distillation::official;
use methods::reverse_distillation::options::Options;
use methods::reverse_distillation::recipes::{Fico, Rd, Recipe};
use methods::reverse_distillation::student::{Student, StudentOutput};
use std::collections::BTreeMap;

/// Names of the golden data, and those of the fixture.
const NAMES: [(&str, &str); 9] = [
    ("eval.feat.", "teacher."),
    (".ocbe", ".embedding"),
    (".dec.", ".decoded."),
    (".fico.ori.", ".decoded."),
    (".fico.nor.", ".output."),
    (".fico.a1_aug", ".compensation.3"),
    (".fico.b1_aug", ".compensation.2"),
    (".fico.a0_transform_l1", ".invariant.2"),
    (".fico.b0_transform_l2", ".invariant.1"),
];

/// The golden tensors of a student with or without compensation, by the names of the fixture.
fn expected(net: &Net, fico: bool) -> Tensors {
    let mut tensors = Tensors::read(&net.folder.join("tensors.safetensors"));
    if net.name == "tiny" {
        tensors.0.retain(|name, _| !name.contains(".gradient.") && name.split('.').nth(1) != Some("running"));
        return tensors;
    }
    tensors
        .0
        .retain(|name, _| !name.contains("256.") && name.contains("fico") == fico || name.contains("feat"));
    let rename = |(mut name, data): (String, _)| {
        if let Some(name) = name.strip_prefix("running_after_1_train_forward.") {
            return (format!("running.{name}"), data);
        }
        for (theirs, wanted) in NAMES {
            name = name.replace(theirs, wanted);
        }
        (name, data)
    };
    tensors.0 = tensors.0.into_iter().map(rename).collect();
    tensors
}

/// An answer by the names of the fixture.
fn named(mode: &str, answer: &StudentOutput) -> BTreeMap<String, Tensor<4>> {
    let mut found = BTreeMap::from([(format!("{mode}.embedding"), answer.embedding.clone())]);
    let mut keep = |what: &str, tensors: &[Tensor<4>]| {
        for (number, tensor) in tensors.iter().enumerate() {
            found.insert(format!("{mode}.{what}.{}", number + 1), tensor.clone());
        }
    };
    keep("decoded", &answer.decoded);
    if let Some(compensation) = &answer.compensation {
        keep("compensation", compensation);
        keep("output", &answer.output());
    }
    if let Some(invariant) = &answer.invariant {
        keep("invariant", invariant);
    }
    found
}

/// Compares every expected tensor of this prefix; `got` may hold more pictures than were kept.
fn compare(net: &Net, expected: &Tensors, prefix: &str, got: &BTreeMap<String, Tensor<4>>, tolerance: f64) {
    let mut compared = 0;
    for name in expected.names().filter(|name| name.starts_with(prefix)) {
        // Released code runs the transform in evaluation, too, where nothing depends on it.
        if name.starts_with("eval.invariant") {
            continue;
        }
        let got = host(got.get(name).unwrap_or_else(|| panic!("{name} is not computed")));
        let wanted = expected.values(name);
        assert_close(&format!("{} {name}", net.name), &got[..wanted.len()], &wanted, tolerance);
        compared += 1;
    }
    assert!(compared >= 3, "{compared} tensors {prefix}");
}

fn forward_agrees(net: &Net, options: &Options, training_tolerance: f64) {
    let expected = expected(net, options.compensated.compensation);
    let features = net.teacher.features(net.view("clean"));
    let teacher =
        features.iter().enumerate().map(|(number, map)| (format!("teacher.{}", number + 1), map.clone()));
    compare(net, &expected, "teacher.", &teacher.collect(), OUTPUT);

    let answer = net.student(options, &Device::flex()).forward(features.clone());
    compare(net, &expected, "eval.", &named("eval", &answer), OUTPUT);

    let student = net.student(options, &Device::flex().autodiff());
    let answer = student.forward(features.map(Tensor::autodiff));
    compare(net, &expected, "train.", &named("train", &answer), training_tolerance);
    if !expected.below("running.").0.is_empty() {
        running_averages_agree(net, &expected.below("running."), &student, training_tolerance.min(RUNNING));
    }
}

/// Every running average after forward passes in training mode.
pub fn running_averages_agree(net: &Net, expected: &Tensors, student: &Student, tolerance: f64) {
    let ours_by_name = state(student);
    let mut compared = 0;
    for released in expected.names() {
        // The released transform runs its first layer twice per pass; ours once, and nothing reads its averages.
        if is_dead(released) || released.starts_with("dec.transform.") {
            continue;
        }
        let name = ours(released);
        let Some(got) = ours_by_name.get(&name) else { panic!("{released} has no counterpart {name}") };
        let gap = crate::data::difference(got, &expected.values(released));
        assert!(gap <= tolerance, "{released}: {gap:.2e} exceeds {tolerance:.0e}");
        compared += 1;
    }
    println!("{}: {compared} running averages agree", net.name);
    assert!(compared > 20);
}

#[test]
fn forward_of_the_fixture() {
    let net = Net::fixture();
    forward_agrees(&net, &Fico::options(), OUTPUT);
}

#[test]
#[ignore = "needs SHIFTBENCH_GOLDEN"]
fn forward_of_resnet18() {
    let golden = golden();
    forward_agrees(&Net::golden(&golden, "r18"), &Rd::options(), OUTPUT);
}

#[test]
#[ignore = "needs SHIFTBENCH_GOLDEN"]
fn forward_of_the_narrow_wide_resnet() {
    let golden = golden();
    forward_agrees(&Net::golden(&golden, "w8"), &Rd::options(), AMPLIFIED);
}

#[test]
#[ignore = "needs SHIFTBENCH_GOLDEN"]
fn forward_of_fico() {
    let golden = golden();
    forward_agrees(&Net::golden(&golden, "w8"), &Fico::options(), AMPLIFIED);
}

/// A checkpoint with the official names is read as it is, dead parameters and all.
#[test]
fn a_released_checkpoint_is_read() {
    let net = Net::fixture();
    let answer =
        |student: &Student| -> Features { student.forward(net.teacher.features(net.view("clean"))).output() };
    let mut student = Student::new(&Init::blank(&Device::flex()), &net.teacher, &Fico::options());
    official::load(&net.folder.join("weights.safetensors"), &mut student).unwrap();
    let expected = Tensors::read(&net.folder.join("tensors.safetensors"));
    for (number, map) in answer(&student).iter().enumerate() {
        let wanted = expected.values(&format!("eval.output.{}", number + 1));
        assert_close("read output", &host(map)[..wanted.len()], &wanted, OUTPUT);
    }
}
