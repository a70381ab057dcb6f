//! Parameters that need no file: every value is a function of its name and place, here and in `tests/reference/formula.py`.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Tensor, TensorData};

/// Numbers from -1 to 1 without a pattern: a hash of the index and of the sum of the name's bytes.
pub fn noise(name: &str, count: usize) -> Vec<f64> {
    let phase = 7919 * name.bytes().map(u32::from).sum::<u32>();
    let hashed = |index: u32| {
        let mixed = index.wrapping_add(phase).wrapping_mul(2_654_435_761);
        let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(2_246_822_519);
        mixed ^ (mixed >> 13)
    };
    (0..count as u32).map(|index| f64::from(hashed(index)) / f64::from(1_u32 << 31) - 1.0).collect()
}

/// Plain noise of this shape.
pub fn pattern<const D: usize>(name: &str, shape: [usize; D]) -> Tensor<D> {
    let values: Vec<f32> =
        noise(name, shape.iter().product()).into_iter().map(|value| value as f32).collect();
    Tensor::from_data(TensorData::new(values, shape), &Device::flex())
}

/// A module whose parameters are noise of variance 2 / fan-in; vectors half of it, around 1 if they are weights.
pub fn filled<M: Module>(module: M) -> M {
    module.map(&mut Filling { path: Vec::new() })
}

struct Filling {
    path: Vec<String>,
}

impl ModuleMapper for Filling {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.join(".");
        // Running averages stay as they are.
        if name.contains(".running_") {
            return param;
        }
        let (id, old, mapper) = param.consume();
        let shape = old.dims();
        let fan_in = shape[1..].iter().product::<usize>() as f64;
        let around = f64::from(u8::from(name.ends_with("weight")));
        let value = |value: f64| if D == 1 { value / 2.0 + around } else { value * (6.0 / fan_in).sqrt() };
        let values = noise(&name, shape.iter().product()).into_iter().map(|noise| value(noise) as f32);
        let values = TensorData::new(values.collect::<Vec<f32>>(), shape);
        let new = Tensor::from_data(values, &old.device()).set_require_grad(old.is_require_grad());
        Param::from_mapped_value(id, new, mapper)
    }
}

/// Norm, product with the noise named "summary", and the first eight values.
pub fn summary(values: &[f64]) -> Vec<f64> {
    let product = |other: &[f64]| values.iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
    let first = values.iter().take(8).copied();
    [product(values).sqrt(), product(&noise("summary", values.len()))].into_iter().chain(first).collect()
}

/// Compares a summary with the wanted one, of a tensor whose norm is the first of its numbers.
pub fn assert_summary(what: &str, values: &[f64], wanted: &serde_json::Value, tolerance: f64) {
    let wanted: Vec<f64> = wanted.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect();
    let found = summary(values);
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (found, expected) in found.iter().zip(&wanted) {
        let gap = (found - expected).abs() / wanted[0];
        assert!(gap <= tolerance, "{what}: {found} is not {expected}, off by {gap:.1e} of the norm");
    }
}
