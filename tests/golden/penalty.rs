//! The gradient penalty of f-AnoGAN's critic beside PyTorch's derivatives of derivatives.

use crate::data::{fixture, host, json};
use crate::formula::{assert_summary, filled, pattern};
use crate::gradients;
use burn::module::Module;
use burn::tensor::Device;
use methods::f_anogan::critic::Critic;
use methods::f_anogan::penalty::{direction, penalty};
use methods::layer::Init;

/// PyTorch's own f32 is 2.4e-6 away from its f64; ten times that.
const TOLERANCE: f64 = 3e-5;

#[test]
fn the_penalty_moves_every_weight_as_a_derivative_of_the_gradient_does() {
    let wanted = json(&fixture("penalty.json"));
    let critic = filled(Critic::new(&Init::blank(&Device::flex().autodiff()), 4, 32));
    let points = pattern("points", [3, 3, 32, 32]);
    let still = critic.clone().freeze();
    let ascent = direction(|points| still.forward(points), points.clone());
    let slopes = critic.slope(points.autodiff(), ascent.autodiff());
    let expected: Vec<f64> =
        wanted["slopes"].as_array().unwrap().iter().map(|slope| slope.as_f64().unwrap()).collect();
    for (slope, expected) in host(&slopes).iter().zip(&expected) {
        assert!((slope / expected - 1.0).abs() < TOLERANCE, "{slope} is not {expected}");
    }
    let found = gradients::of(&penalty(slopes), &critic);
    for (name, expected) in wanted["gradients"].as_object().unwrap() {
        assert_summary(name, &found[name], expected, TOLERANCE);
    }
    // Parameters that no slope depends on.
    let left = found.iter().filter(|(name, _)| wanted["gradients"].get(name).is_none());
    assert!(
        left.clone().all(|(_, gradient)| gradient.iter().all(|value| *value == 0.0)),
        "{:?}",
        left.count()
    );
}
