//! RealNet's networks beside the reference program's.

use crate::data::{fixture, host, json};
use crate::formula::{assert_summary, filled, pattern};
use burn::tensor::Device;
use methods::layer::Init;
use methods::realnet::discrimination::Discrimination;
use methods::realnet::reconstruction::Reconstruction;

/// Sums of thousands of products in single precision, through forty layers.
const TOLERANCE: f64 = 1e-5;

#[test]
fn a_u_net_reconstructs_the_same() {
    let network = filled(Reconstruction::new(&Init::blank(&Device::flex()), 64, 32));
    let made = network.forward(pattern("features", [2, 64, 8, 8]));
    assert_summary(
        "reconstruction",
        &host(&made),
        &json(&fixture("realnet.json"))["reconstruction"],
        TOLERANCE,
    );
}

#[test]
fn the_head_selects_and_answers_the_same() {
    let wanted = json(&fixture("realnet.json"));
    let residuals = pattern("residuals", [3, 12, 8, 8]).square();
    let head = filled(Discrimination::new(&Init::blank(&Device::flex()), 12));
    let logits = head.forward(residuals.clone(), 32).unwrap();
    assert_summary("logits", &host(&logits), &wanted["logits"], TOLERANCE);
    let head = filled(Discrimination::new(&Init::blank(&Device::flex().autodiff()), 12));
    let logits = head.forward(residuals.autodiff(), 32).unwrap();
    assert_summary("training", &host(&logits.inner()), &wanted["training_logits"], TOLERANCE);
}
