//! Against `tests/reference/dinomaly.py`, which restates the method in PyTorch.

use super::network::Restorer;
use super::options::Options;
use super::train::Student;
use crate::layer::Init;
use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Tensor, TensorData};
use serde::Deserialize;
use std::collections::BTreeMap;

/// `tests/fixtures/dinomaly.json`.
#[derive(Deserialize)]
pub struct Golden {
    /// By the number of steps taken.
    pub trajectory: BTreeMap<usize, Moment>,
    losses: Vec<f64>,
    pub score: f64,
    pub map: Vec<f64>,
}

/// Where the optimiser is, and what it divides by.
#[derive(Deserialize)]
pub struct Moment {
    pub at: Vec<f64>,
    pub denominators: Vec<f64>,
}

pub fn golden() -> Golden {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/dinomaly.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

pub fn close(what: &str, ours: &[f32], theirs: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let near =
        |(ours, theirs): (&f32, &f64)| (f64::from(*ours) - theirs).abs() < tolerance * theirs.abs().max(1.0);
    assert!(ours.iter().zip(theirs).all(near), "{what}: {ours:?} {theirs:?}");
}

const BATCH: usize = 3;
const TOKENS: usize = 7;
const WIDTH: usize = 8;

/// Fills all parameters, in their order, with one running formula.
struct Formula(usize);

impl ModuleMapper for Formula {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, value, mapper) = param.consume();
        let shape = value.dims();
        let places = self.0..self.0 + shape.iter().product::<usize>();
        self.0 = places.end;
        let values: Vec<f32> = places.map(|place| (0.2 * (0.37 * place as f64).sin()) as f32).collect();
        let value = Tensor::from_data(TensorData::new(values, shape), &value.device()).require_grad();
        Param::from_mapped_value(id, value, mapper)
    }
}

fn layers(step: usize) -> Vec<Tensor<3>> {
    let layer = |layer: usize| {
        let value =
            |place: usize| ((0.11 + 0.013 * layer as f64) * place as f64 + 0.5 * step as f64).sin() as f32;
        let values: Vec<f32> = (0..BATCH * TOKENS * WIDTH).map(value).collect();
        Tensor::from_data(TensorData::new(values, [BATCH, TOKENS, WIDTH]), &Device::flex())
    };
    (0..4).map(layer).collect()
}

/// The decoder, its loss with damped gradients, their clipping, the schedule and the optimiser in one. Gradients are
/// longer than 0.1 in the first eight steps only.
#[test]
fn twenty_steps_of_training_are_those_of_pytorch() {
    let restorer = Restorer::sized(&Init::blank(&Device::flex().autodiff()), WIDTH, 2, 4);
    let mut student = Student::new(restorer.map(&mut Formula(0)));
    let options = Options { warm_up: 0.2, ramp: 0.5, ..Options::default() };
    let losses: Vec<f32> = (0..20)
        .map(|step| {
            let (damped, rate) = (options.damped_in(step, 20), options.rate(step, 20));
            student.learn(layers(step), 1, None, damped, rate).unwrap() as f32
        })
        .collect();
    close("losses", &losses, &golden().losses, 2e-5);
}
