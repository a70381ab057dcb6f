//! Tensors for tests that need no file: `tests/reference/pattern.py` makes the same ones.

use burn::tensor::{Device, Tensor, TensorData};

/// Values from -1 to 1 by whole numbers, on the CPU.
pub fn pattern<const D: usize>(shape: [usize; D], seed: usize) -> Tensor<D> {
    let count: usize = shape.iter().product();
    let values: Vec<f32> =
        (0..count).map(|index| ((index * 37 + seed * 11) % 29) as f32 / 14.0 - 1.0).collect();
    Tensor::from_data(TensorData::new(values, shape), &Device::flex())
}

/// Compares evenly spaced values of a tensor, and its norm, with those that `pattern.py` sampled.
pub fn assert_sampled<const D: usize>(
    what: &str,
    tensor: &Tensor<D>,
    wanted: &serde_json::Value,
    tolerance: f64,
) {
    let values: Vec<f64> = tensor.try_to_vec_as::<f32>().unwrap().into_iter().map(f64::from).collect();
    let wanted: Vec<f64> = serde_json::from_value(wanted.clone()).unwrap();
    let (norm, wanted) = wanted.split_last().unwrap();
    let spaced = values.iter().step_by(values.len() / wanted.len());
    let found = values.iter().map(|value| value * value).sum::<f64>().sqrt();
    for (found, wanted) in spaced.zip(wanted).chain([(&found, norm)]) {
        assert!(
            (found - wanted).abs() <= tolerance * wanted.abs().max(0.01 * norm),
            "{what}: {found} is not {wanted}"
        );
    }
}
