//! Where the first value of every parameter comes from.
//!
//! Each parameter has its own stream of random numbers, named by its path in the network, and is drawn
//! on the host. So initial weights are a function of (seed, data set, category, path): the same on
//! every device, for any order of construction, and unchanged when a layer elsewhere is added.

use burn::module::Param;
use burn::tensor::{Device, Tensor, TensorData};
use harness::contract::seed::{Root, Stream};
use rand::RngExt;
use rand_distr::StandardNormal;
use std::fmt::Display;

/// A place in a network under construction.
#[derive(Clone, Debug)]
pub struct Init<'a> {
    root: Option<&'a Root>,
    path: String,
    device: &'a Device,
}

impl<'a> Init<'a> {
    /// Draws parameters from streams of `root`.
    pub fn random(root: &'a Root, device: &'a Device) -> Self {
        Self { root: Some(root), path: String::new(), device }
    }

    /// Leaves drawn parameters at zero: they are about to be loaded.
    pub fn blank(device: &'a Device) -> Self {
        Self { root: None, path: String::new(), device }
    }

    /// The place `name` below this one.
    pub fn at(&self, name: impl Display) -> Self {
        let path = if self.path.is_empty() { name.to_string() } else { format!("{}.{name}", self.path) };
        Self { path, ..*self }
    }

    /// Where the network lives.
    pub fn device(&self) -> &Device {
        self.device
    }

    /// Kaiming-normal weights of a convolution `[out, in, height, width]` for ReLU, by fan-out:
    /// standard deviation `sqrt(2 / (out * height * width))`.
    pub fn kaiming<const D: usize>(&self, shape: [usize; D]) -> Param<Tensor<D>> {
        let fan_out = shape[0] * shape[2..].iter().product::<usize>();
        self.normal(shape, (2.0 / fan_out as f64).sqrt())
    }

    /// Xavier-uniform weights of a convolution `[out, in, height, width]`: bound
    /// `gain * sqrt(6 / (height * width * (in + out)))`.
    pub fn xavier<const D: usize>(&self, shape: [usize; D], gain: f64) -> Param<Tensor<D>> {
        let fans = (shape[0] + shape[1]) * shape[2..].iter().product::<usize>();
        self.uniform(shape, gain * (6.0 / fans as f64).sqrt())
    }

    /// Weights from the normal distribution around 0 with this standard deviation.
    pub fn normal<const D: usize>(&self, shape: [usize; D], deviation: f64) -> Param<Tensor<D>> {
        let deviation = deviation as f32;
        self.draw(shape, |stream| deviation * stream.sample::<f32, _>(StandardNormal))
    }

    /// The same, drawn anew until no further than `bound` from 0.
    pub fn truncated_normal<const D: usize>(
        &self,
        shape: [usize; D],
        deviation: f64,
        bound: f64,
    ) -> Param<Tensor<D>> {
        let (deviation, bound) = (deviation as f32, bound as f32);
        self.draw(shape, |stream| {
            loop {
                let value = deviation * stream.sample::<f32, _>(StandardNormal);
                if value.abs() <= bound {
                    return value;
                }
            }
        })
    }

    /// PyTorch's default bound of uniform weights and biases, for so many inputs.
    pub fn bound(inputs: usize) -> f64 {
        1.0 / (inputs as f64).sqrt()
    }

    /// Weights uniform on `-bound..bound`.
    pub fn uniform<const D: usize>(&self, shape: [usize; D], bound: f64) -> Param<Tensor<D>> {
        let bound = bound as f32;
        self.draw(shape, |stream| bound * (2.0 * stream.random::<f32>() - 1.0))
    }

    /// Every value equal.
    pub fn constant<const D: usize>(&self, shape: [usize; D], value: f32) -> Param<Tensor<D>> {
        Param::from_tensor(Tensor::full(shape, value, self.device))
    }

    fn draw<const D: usize>(
        &self,
        shape: [usize; D],
        sample: impl Fn(&mut Stream) -> f32,
    ) -> Param<Tensor<D>> {
        let Some(root) = self.root else { return self.constant(shape, 0.0) };
        let mut stream = root.stream("init", &self.path);
        let values: Vec<f32> = (0..shape.iter().product()).map(|_| sample(&mut stream)).collect();
        Param::from_tensor(Tensor::from_data(TensorData::new(values, shape), self.device))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_depends_on_its_path_alone() {
        let (root, device) = (Root::new(3, "toy", "a"), Device::flex());
        let init = Init::random(&root, &device);
        let values = |init: &Init| init.kaiming([4, 2, 3, 3]).val().try_to_vec_as::<f32>().unwrap();
        let first = values(&init.at("decoder").at(0));
        values(&init.at("elsewhere"));
        assert_eq!(first, values(&init.at("decoder").at(0)));
        assert_ne!(first, values(&init.at("decoder").at(1)));
        let deviation = (first.iter().map(|value| value * value).sum::<f32>() / first.len() as f32).sqrt();
        assert!((deviation / (2.0_f32 / 36.0).sqrt() - 1.0).abs() < 0.3);
    }

    /// Cut off at three deviations, a normal distribution keeps 0.9866 of its deviation.
    #[test]
    fn truncated_weights_have_no_tails() {
        let (root, device) = (Root::new(3, "toy", "a"), Device::flex());
        let weights = Init::random(&root, &device).truncated_normal([100, 1000], 0.01, 0.03).val();
        let values = weights.try_to_vec_as::<f32>().unwrap();
        assert!(values.iter().all(|value| value.abs() <= 0.03));
        assert!(values.iter().filter(|value| value.abs() > 0.029).count() > 50, "but they reach the bound");
        let square = values.iter().map(|value| f64::from(value * value)).sum::<f64>() / values.len() as f64;
        assert!((square.sqrt() - 0.009866).abs() < 1e-4, "{}", square.sqrt());
    }
}
