//! The slice kernels as tensor operations of the CPU backend, with their gradients.
//!
//! Every function gives nothing when a tensor lives elsewhere; the caller then uses the framework's operation.

use super::adam::AdamStep;
use super::convolution::Convolution;
use super::dynamic::Mixture;
use super::epilogue::{Activation, Epilogue};
use super::normalisation::{Affine, Moments, Planes, deactivate};
use super::normalised::Normalised;
use super::recorded::record;
use super::slice_epilogue::SliceEpilogue;
use super::upsampling::Upsampling;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Flex};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Tensor, TensorData};

/// A tensor on the CPU.
type Plain = FloatTensor<Flex>;
/// A tensor on the CPU whose gradient may be wanted.
type Tracked = FloatTensor<Autodiff<Flex>>;

fn plain<const D: usize>(tensor: &Tensor<D>) -> Option<Plain> {
    Some(tensor.clone().try_into_primitive::<Flex>().ok()?.to_contiguous())
}

/// A plain one becomes a constant: an operation of which only some tensors are tracked is tracked.
fn tracked<const D: usize>(tensor: &Tensor<D>) -> Option<Tracked> {
    let own = tensor.clone().try_into_primitive::<Autodiff<Flex>>().ok();
    own.or_else(|| Some(Tracked::new(plain(tensor)?)))
}

/// The values of a tracked tensor in order.
fn inner(tensor: &Tracked) -> Plain {
    tensor.primitive().to_contiguous()
}

fn values(tensor: &Plain) -> &[f32] {
    tensor.as_slice().expect("contiguous single-precision values")
}

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> Plain {
    Plain::from_data(TensorData::new(values, shape))
}

/// Factor of negative values.
fn slope(activation: Activation) -> f32 {
    if activation == Activation::Identity { 1.0 } else { 0.0 }
}

/// Highest value that is let through.
fn ceiling(activation: Activation) -> f32 {
    if activation == Activation::Relu6 { 6.0 } else { f32::INFINITY }
}

fn sizes(
    [batch, input, height, width]: [usize; 4],
    output: usize,
    side: usize,
    stride: usize,
    padding: usize,
) -> Convolution {
    Convolution { batch, input, output, size: [height, width], side, stride, padding }
}

/// A layer whose output is linear in its input and in its weight.
trait Linear: Copy + Send + Sync + 'static {
    fn output_shape(&self) -> [usize; 4];
    fn forward(&self, input: &[f32], weight: &[f32]) -> Vec<f32>;
    fn input_gradient(&self, gradient: &[f32], weight: &[f32]) -> Vec<f32>;
    fn weight_gradient(&self, input: &[f32], gradient: &[f32]) -> Vec<f32>;
}

impl Linear for Convolution {
    fn output_shape(&self) -> [usize; 4] {
        let [height, width] = self.output_size();
        [self.batch, self.output, height, width]
    }

    fn forward(&self, input: &[f32], weight: &[f32]) -> Vec<f32> {
        self.forward(input, weight, SliceEpilogue::default())
    }

    fn input_gradient(&self, gradient: &[f32], weight: &[f32]) -> Vec<f32> {
        self.input_gradient(gradient, weight)
    }

    fn weight_gradient(&self, input: &[f32], gradient: &[f32]) -> Vec<f32> {
        self.weight_gradient(input, gradient)
    }
}

impl Linear for Upsampling {
    fn output_shape(&self) -> [usize; 4] {
        [self.batch, self.output, 2 * self.size[0], 2 * self.size[1]]
    }

    fn forward(&self, input: &[f32], weight: &[f32]) -> Vec<f32> {
        self.forward(input, weight)
    }

    fn input_gradient(&self, gradient: &[f32], weight: &[f32]) -> Vec<f32> {
        self.input_gradient(gradient, weight)
    }

    fn weight_gradient(&self, input: &[f32], gradient: &[f32]) -> Vec<f32> {
        self.weight_gradient(input, gradient)
    }
}

fn linear(layer: impl Linear, input: &Tensor<4>, weight: &Tensor<4>) -> Option<Tensor<4>> {
    let (input_shape, weight_shape) = (input.dims(), weight.dims());
    let forward = |input: &Plain, weight: &Plain| {
        tensor(layer.forward(values(input), values(weight)), layer.output_shape())
    };
    if let (Some(input), Some(weight)) = (plain(input), plain(weight)) {
        return Some(Tensor::from_primitive::<Flex>(forward(&input, &weight)));
    }
    let parents = [tracked(input)?, tracked(weight)?];
    let [input, weight] = parents.each_ref().map(inner);
    let result = forward(&input, &weight);
    Some(record(parents, result, move |gradient, wanted| {
        let gradient = values(gradient);
        vec![
            wanted[0].then(|| tensor(layer.input_gradient(gradient, values(&weight)), input_shape)),
            wanted[1].then(|| tensor(layer.weight_gradient(values(&input), gradient), weight_shape)),
        ]
    }))
}

pub fn conv2d(input: &Tensor<4>, weight: &Tensor<4>, stride: usize, padding: usize) -> Option<Tensor<4>> {
    let [output, _, side, _] = weight.dims();
    linear(sizes(input.dims(), output, side, stride, padding), input, weight)
}

pub fn conv2d_frozen(
    input: &Tensor<4>,
    weight: &Tensor<4>,
    bias: &Tensor<1>,
    options: &ConvOptions<2>,
    epilogue: &Epilogue,
) -> Option<Tensor<4>> {
    let ([output, _, side, _], [stride, _]) = (weight.dims(), options.stride);
    // Depthwise convolutions, and those padded more on one side, are the framework's.
    let (before, after) = options.padding[0];
    if options.groups != 1 || before != after {
        return None;
    }
    let sizes = sizes(input.dims(), output, side, stride, before);
    let [height, width] = sizes.output_size();
    let residual = match &epilogue.residual {
        Some(residual) => Some(plain(residual)?),
        None => None,
    };
    let (input, weight, bias) = (plain(input)?, plain(weight)?, plain(bias)?);
    let clamp = match epilogue.activation {
        Activation::Identity => None,
        Activation::Relu | Activation::Relu6 => Some((0.0, ceiling(epilogue.activation))),
    };
    let epilogue =
        SliceEpilogue { bias: Some(values(&bias)), residual: residual.as_ref().map(values), clamp };
    let result = sizes.forward(values(&input), values(&weight), epilogue);
    Some(Tensor::from_primitive::<Flex>(tensor(result, [sizes.batch, output, height, width])))
}

pub fn conv_transpose2d(input: &Tensor<4>, weight: &Tensor<4>) -> Option<Tensor<4>> {
    let ([batch, channels, height, width], [_, output, ..]) = (input.dims(), weight.dims());
    linear(Upsampling { batch, input: channels, output, size: [height, width] }, input, weight)
}

pub fn dynamic_conv2d(input: &Tensor<4>, share: &Tensor<2>, weight: &Tensor<5>) -> Option<Tensor<4>> {
    let ([batch, channels, height, width], [kernels, output, _, side, _]) = (input.dims(), weight.dims());
    let one = sizes([1, channels, height, width], output, side, 1, side / 2);
    let mixture = Mixture { one, batch, kernels };
    let (input_shape, share_shape, weight_shape) = (input.dims(), share.dims(), weight.dims());
    let forward = |input: &Plain, share: &Plain, weight: &Plain| {
        let result = mixture.forward(values(input), values(share), values(weight));
        tensor(result, [batch, output, height, width])
    };
    if let (Some(input), Some(share), Some(weight)) = (plain(input), plain(share), plain(weight)) {
        return Some(Tensor::from_primitive::<Flex>(forward(&input, &share, &weight)));
    }
    let parents = [tracked(input)?, tracked(share)?, tracked(weight)?];
    let [input, share, weight] = parents.each_ref().map(inner);
    let result = forward(&input, &share, &weight);
    Some(record(parents, result, move |gradient, _| {
        let gradients = mixture.gradients(values(&input), values(&share), values(&weight), values(gradient));
        vec![
            Some(tensor(gradients.input, input_shape)),
            Some(tensor(gradients.share, share_shape)),
            Some(tensor(gradients.weight, weight_shape)),
        ]
    }))
}

pub fn normalise(
    input: &Tensor<4>,
    scale: &Tensor<1>,
    offset: &Tensor<1>,
    epsilon: f64,
    epilogue: &Epilogue,
) -> Option<Normalised> {
    if !(input.is_autodiff() || scale.is_autodiff() || offset.is_autodiff()) {
        return None;
    }
    let shape @ [_, channels, height, width] = input.dims();
    let (planes, epsilon) = (Planes { channels, pixels: height * width }, epsilon as f32);
    let (slope, ceiling) = (slope(epilogue.activation), ceiling(epilogue.activation));
    let mut parents = vec![tracked(input)?, tracked(scale)?, tracked(offset)?];
    if let Some(residual) = &epilogue.residual {
        parents.push(tracked(residual)?);
    }
    let [input, scale, offset] = [0, 1, 2].map(|index| inner(&parents[index]));
    let residual = parents.get(3).map(inner);
    let moments = planes.moments(values(&input));
    let affine = Affine {
        scale: values(&scale),
        offset: values(&offset),
        residual: residual.as_ref().map(values),
        slope,
        ceiling,
        epsilon,
    };
    let output = tensor(planes.apply(values(&input), &moments, affine), shape);
    let statistic = |of: fn(&Moments) -> f32| {
        let values: Vec<f32> = moments.iter().map(of).collect();
        Tensor::from_primitive::<Autodiff<Flex>>(Tracked::new(tensor(values, [channels])))
    };
    let (mean, variance) = (statistic(|moments| moments.mean), statistic(|moments| moments.variance));
    let after = (slope < 1.0).then(|| output.clone());
    let rule = move |gradient: &Plain, wanted: &[bool]| {
        let mut gradient = gradient.clone();
        if let Some(after) = &after {
            deactivate(gradient.storage_mut(), values(after), slope, ceiling);
        }
        let affine = Affine {
            scale: values(&scale),
            offset: values(&offset),
            residual: None,
            slope,
            ceiling,
            epsilon,
        };
        let gradients = planes.gradients(values(&input), &moments, affine, values(&gradient));
        let mut result = vec![
            Some(tensor(gradients.input, shape)),
            Some(tensor(gradients.scale, [channels])),
            Some(tensor(gradients.offset, [channels])),
        ];
        result.extend((wanted.len() > 3).then_some(Some(gradient)));
        result
    };
    let output = match <[Tracked; 4]>::try_from(parents) {
        Ok(parents) => record(parents, output, rule),
        Err(parents) => record(<[Tracked; 3]>::try_from(parents).ok()?, output, rule),
    };
    Some(Normalised { output, mean, variance })
}

pub fn normalise_frozen(
    input: &Tensor<4>,
    vectors: [&Tensor<1>; 4],
    epsilon: f64,
    epilogue: &Epilogue,
) -> Option<Tensor<4>> {
    let shape @ [_, channels, height, width] = input.dims();
    let input = plain(input)?;
    let [scale, offset, mean, variance] = vectors.map(plain);
    let (scale, offset, mean, variance) = (scale?, offset?, mean?, variance?);
    let residual = match &epilogue.residual {
        Some(residual) => Some(plain(residual)?),
        None => None,
    };
    let moments: Vec<Moments> = values(&mean)
        .iter()
        .zip(values(&variance))
        .map(|(&mean, &variance)| Moments { mean, variance })
        .collect();
    let affine = Affine {
        scale: values(&scale),
        offset: values(&offset),
        residual: residual.as_ref().map(values),
        slope: slope(epilogue.activation),
        ceiling: ceiling(epilogue.activation),
        epsilon: epsilon as f32,
    };
    let planes = Planes { channels, pixels: height * width };
    Some(Tensor::from_primitive::<Flex>(tensor(planes.apply(values(&input), &moments, affine), shape)))
}

pub fn instance_norm_leaky(input: &Tensor<4>, epsilon: f64, slope: f64) -> Option<Tensor<4>> {
    let shape @ [batch, channels, height, width] = input.dims();
    // Every plane is a channel of its own.
    let count = batch * channels;
    let planes = Planes { channels: count, pixels: height * width };
    let (epsilon, slope, ceiling) = (epsilon as f32, slope as f32, f32::INFINITY);
    let (ones, zeros) = (vec![1.0; count], vec![0.0; count]);
    let forward = |input: &Plain| {
        let moments = planes.moments(values(input));
        let affine = Affine { scale: &ones, offset: &zeros, residual: None, slope, ceiling, epsilon };
        (tensor(planes.apply(values(input), &moments, affine), shape), moments)
    };
    if let Some(input) = plain(input) {
        return Some(Tensor::from_primitive::<Flex>(forward(&input).0));
    }
    let parent = tracked(input)?;
    let input = inner(&parent);
    let (output, moments) = forward(&input);
    let after = output.clone();
    Some(record([parent], output, move |gradient, _| {
        let mut gradient = gradient.clone();
        deactivate(gradient.storage_mut(), values(&after), slope, ceiling);
        let affine = Affine { scale: &ones, offset: &zeros, residual: None, slope, ceiling, epsilon };
        let gradients = planes.gradients(values(&input), &moments, affine, values(&gradient));
        vec![Some(tensor(gradients.input, shape))]
    }))
}

/// The values are changed where they lie, and copied first only if somebody else holds them too.
pub fn adam(step: AdamStep, [value, gradient, first, second]: [Tensor<1>; 4]) -> [Tensor<1>; 3] {
    let own = |tensor: Tensor<1>| {
        let tensor = tensor.try_into_primitive::<Flex>().expect("a plain tensor on the CPU");
        if tensor.is_contiguous() { tensor } else { tensor.to_contiguous() }
    };
    let (mut value, gradient, mut first, mut second) = (own(value), own(gradient), own(first), own(second));
    step.apply(value.storage_mut(), values(&gradient), first.storage_mut(), second.storage_mut());
    [value, first, second].map(Tensor::from_primitive::<Flex>)
}
