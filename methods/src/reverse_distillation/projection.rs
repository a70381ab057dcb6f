//! What RD++ adds to reverse distillation: projections of the teacher's features, through which the bottleneck sees
//! them, and the losses that teach the projections to drop what is abnormal (Tien et al., "Revisiting Reverse
//! Distillation for Anomaly Detection", CVPR 2023).
//!
//! Per scale four layers of 3x3 convolution, instance normalisation and leaky ReLU with channels
//! `c -> c/2 -> c/4 -> c/2 -> c`. The student's target stays the teacher's own features. With `p` the projected
//! features of the batch, `n` those of the batch with a patch of simplex noise, `t` the teacher's own of the latter:
//!
//! ```text
//! reconstruction   mean over locations of 1 - cos(n, p) over channels
//! contrast         mean over pictures of max(0, cos(t, p) - 1/2) of whole maps
//! transport        see the module `transport`
//! ```
//!
//! each summed over the three scales.

use super::options::{Options, ProjectedOptions, Transport};
use super::term::Term;
use super::transport;
use crate::backbone::Features;
use crate::kernel::{conv2d, instance_norm_leaky};
use crate::layer::Init;
use crate::loss::cosine_distance;
use burn::module::{Module, Param};
use burn::tensor::Tensor;
use harness::contract::error::DetectorError;

/// Slope of the leaky ReLU below zero; PyTorch's default.
const SLOPE: f64 = 0.01;
/// Added to variances; PyTorch's default.
const EPSILON: f64 = 1e-5;
/// The cosine above which features of noise are pushed away.
const MARGIN: f64 = 0.5;

/// The projections of the three scales, finest first.
#[derive(Module, Debug)]
pub struct Projection {
    heads: Vec<Head>,
}

/// The projection of one scale.
#[derive(Module, Debug)]
struct Head {
    layers: Vec<Layer>,
}

/// A convolution of side 3, then normalisation without learned scale and offset, then leaky ReLU.
#[derive(Module, Debug)]
struct Layer {
    /// `[out, in, 3, 3]`.
    weight: Param<Tensor<4>>,
    /// `[out]`. Normalisation removes it; it is there because the released network has it.
    bias: Param<Tensor<1>>,
}

/// What the losses of the projections compare, at three scales.
#[derive(Clone, Debug)]
pub struct Projected {
    /// Projected features of the batch.
    pub normal: Features,
    /// Projected features of the batch with noise.
    pub noisy: Features,
    /// The teacher's own features of the batch with noise.
    pub noise: Features,
    /// For each picture another one: a permutation of the batch.
    pub partners: Vec<usize>,
}

impl Projection {
    /// For features of these channels.
    pub fn new(init: &Init<'_>, channels: [usize; 3]) -> Self {
        let head = |(index, channels)| Head::new(&init.at("heads").at(index), channels);
        Self { heads: channels.into_iter().enumerate().map(head).collect() }
    }

    /// Features to features of the same shapes.
    pub fn forward(&self, [fine, middle, coarse]: Features) -> Features {
        let project = |scale: usize, features| self.heads[scale].forward(features);
        [project(0, fine), project(1, middle), project(2, coarse)]
    }
}

impl Head {
    fn new(init: &Init<'_>, channels: usize) -> Self {
        let (half, quarter) = ((channels / 2).max(1), (channels / 4).max(1));
        let widths = [(channels, half), (half, quarter), (quarter, half), (half, channels)];
        let layer = |(index, width)| Layer::new(&init.at("layers").at(index), width);
        Self { layers: widths.into_iter().enumerate().map(layer).collect() }
    }

    fn forward(&self, features: Tensor<4>) -> Tensor<4> {
        self.layers.iter().fold(features, |x, layer| layer.forward(x))
    }
}

impl Layer {
    /// As PyTorch initialises convolutions: uniform, with bound `1 / sqrt(9 in)`.
    fn new(init: &Init<'_>, (input, output): (usize, usize)) -> Self {
        let bound = 1.0 / ((9 * input) as f64).sqrt();
        Self {
            weight: init.at("weight").uniform([output, input, 3, 3], bound),
            bias: init.at("bias").uniform([output], bound),
        }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let channels = self.bias.dims()[0];
        let convolved = conv2d(input, self.weight.val(), 1, 1) + self.bias.val().reshape([1, channels, 1, 1]);
        instance_norm_leaky(convolved, EPSILON, SLOPE)
    }
}

/// The losses of the projections with their weights in the total, those of zero weight or value left out.
///
/// # Errors
/// When the device fails.
pub fn terms(options: &Options, projected: &Projected) -> Result<Vec<Term>, DetectorError> {
    let ProjectedOptions { projection_loss, reconstruction, contrast, .. } = options.projected;
    let sum: f64 = 1.0 + reconstruction + contrast;
    let Projected { normal, noisy, noise, partners } = projected;
    let pairs = |a: &Features, b: &Features, loss: &dyn Fn(Tensor<4>, Tensor<4>) -> Tensor<1>| {
        let scale = |index: usize| loss(a[index].clone(), b[index].clone());
        scale(0) + scale(1) + scale(2)
    };
    let mut terms = Vec::new();
    let mut add = |name, weight: f64, value: &dyn Fn() -> Result<Tensor<1>, DetectorError>| {
        let weight = projection_loss * weight / sum;
        if weight != 0.0 {
            terms.push(Term { name, weight, value: value()? });
        }
        Ok::<_, DetectorError>(())
    };
    if options.projected.ssot == Transport::Paired {
        add("ssot", 1.0, &|| transport::between_pairs(normal, partners))?;
    }
    add("reconstruction", reconstruction, &|| Ok(pairs(noisy, normal, &disagreement)))?;
    add("contrast", contrast, &|| Ok(pairs(noise, normal, &excess)))?;
    Ok(terms)
}

fn disagreement(noisy: Tensor<4>, normal: Tensor<4>) -> Tensor<1> {
    cosine_distance(noisy, normal, 1).mean()
}

/// PyTorch's cosine embedding loss of target -1.
fn excess(noise: Tensor<4>, normal: Tensor<4>) -> Tensor<1> {
    let distance = cosine_distance::<2>(noise.flatten(1, 3), normal.flatten(1, 3), 1);
    (distance.neg() + (1.0 - MARGIN)).clamp_min(0.0).mean()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData};
    use harness::contract::seed::Root;

    fn features(device: &Device, seed: usize) -> Features {
        [(8, 8), (16, 4), (32, 2)].map(|(channels, side)| {
            let count = 2 * channels * side * side;
            let values: Vec<f32> =
                (0..count).map(|index| ((index * (17 + seed)) % 29) as f32 / 10.0).collect();
            Tensor::from_data(TensorData::new(values, [2, channels, side, side]), device)
        })
    }

    fn value(tensor: Tensor<1>) -> f32 {
        tensor.try_to_vec_as::<f32>().unwrap()[0]
    }

    #[test]
    fn shapes_are_kept_and_the_published_network_has_15_million_parameters() {
        let device = Device::flex();
        let root = Root::new(0, "toy", "");
        let projection = Projection::new(&Init::random(&root, &device), [8, 16, 32]);
        let before = features(&device, 0);
        let after = projection.forward(before.clone());
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before.dims(), after.dims());
        }
        let wide = Projection::new(&Init::blank(&device), [256, 512, 1024]);
        assert_eq!((wide.num_params() as f64 / 1e6 * 10.0).round() / 10.0, 15.5);
    }

    #[test]
    fn a_constant_channel_is_projected_to_nothing() {
        let device = Device::flex();
        let layer = Layer::new(&Init::random(&Root::new(0, "toy", ""), &device), (1, 2));
        // The borders see zeros beside the picture, so only a kernel's middle keeps a constant constant.
        let middle = Tensor::<4>::from_data([[[[1.0]]], [[[-2.0]]]], &device).pad([(1, 1), (1, 1)], 0.0);
        let layer = Layer { weight: Param::from_tensor(middle), ..layer };
        let output = layer.forward(Tensor::full([1, 1, 5, 5], 7.0, &device));
        assert!(output.try_to_vec_as::<f32>().unwrap().iter().all(|value| value.abs() < 1e-3));
    }

    #[test]
    fn contrast_begins_at_a_cosine_of_one_half() {
        let device = Device::flex();
        let vector = |values: [f32; 2]| Tensor::<4>::from_data([[[[values[0]]], [[values[1]]]]], &device);
        let along = vector([1.0, 0.0]);
        let at = |degrees: f32| vector([3.0 * degrees.to_radians().cos(), 3.0 * degrees.to_radians().sin()]);
        for (degrees, wanted) in [(0.0, 0.5), (60.0, 0.0), (61.0, 0.0), (180.0, 0.0), (45.0, 0.207_106_8)] {
            assert!((value(excess(at(degrees), along.clone())) - wanted).abs() < 1e-6, "{degrees}");
        }
    }

    #[test]
    fn the_official_transport_is_zero_and_terms_have_the_published_weights() {
        let device = Device::flex();
        let [normal, noisy, noise] = [0, 1, 2].map(|seed| features(&device, seed));
        let projected = Projected { normal, noisy, noise, partners: vec![1, 0] };
        let options = Options::default().with(|options| options.projected.projection = true);
        let weights = |options: &Options| {
            let terms = terms(options, &projected).unwrap();
            terms.into_iter().map(|term| (term.name, term.weight)).collect::<Vec<_>>()
        };
        let official = [("reconstruction", 0.2 * 0.01 / 1.11), ("contrast", 0.2 * 0.1 / 1.11)];
        assert_eq!(weights(&options), official);
        let paired = options.clone().with(|options| options.projected.ssot = Transport::Paired);
        assert_eq!(weights(&paired), [("ssot", 0.2 / 1.11), official[0], official[1]]);
        assert_eq!(
            weights(&options.with(|options| options.projected.contrast = 0.0)),
            [("reconstruction", 0.2 * 0.01 / 1.01)]
        );
    }
}
