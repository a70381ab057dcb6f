//! Our CPU operations against the framework's, values and gradients, and against themselves on other numbers of
//! threads.

use burn::tensor::activation::{leaky_relu, relu};
use burn::tensor::module;
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
use burn::tensor::{Device, Tensor};
use methods::kernel::{self, Activation, Epilogue};

/// Sums of up to ten thousand products in another order: 1e-6 of the largest value at worst; ten times that.
const TOLERANCE: f32 = 1e-5;

/// Numbers between -1 and 1 without any pattern.
fn numbers<const D: usize>(shape: [usize; D], seed: u64, device: &Device) -> Tensor<D> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    };
    let values: Vec<f32> = (0..shape.iter().product()).map(|_| next()).collect();
    Tensor::<1>::from_data(values.as_slice(), device).reshape(shape)
}

fn host<const D: usize>(tensor: &Tensor<D>) -> Vec<f32> {
    tensor.try_to_vec_as().unwrap()
}

fn assert_close(what: &str, got: &[f32], wanted: &[f32]) {
    assert_eq!(got.len(), wanted.len(), "{what}");
    let scale = wanted.iter().fold(1e-6_f32, |largest, value| largest.max(value.abs()));
    let worst = got.iter().zip(wanted).fold(0.0_f32, |worst, (a, b)| worst.max((a - b).abs()));
    assert!(worst <= TOLERANCE * scale, "{what}: off by {worst} of {scale}");
}

/// Output and input gradients of an operation on four-dimensional inputs, for an output gradient of numbers.
fn run(inputs: &[Tensor<4>], operation: &dyn Fn(&[Tensor<4>]) -> Tensor<4>) -> Vec<Vec<f32>> {
    let inputs: Vec<_> = inputs.iter().map(|input| input.clone().detach().require_grad()).collect();
    let output = operation(&inputs);
    let weight = numbers(output.dims(), 99, &output.device());
    let gradients = (output.clone() * weight).sum().backward();
    let found = inputs.iter().map(|input| host(&input.grad(&gradients).unwrap()));
    std::iter::once(host(&output)).chain(found).collect()
}

fn compare(
    what: &str,
    inputs: &[Tensor<4>],
    ours: &dyn Fn(&[Tensor<4>]) -> Tensor<4>,
    theirs: &dyn Fn(&[Tensor<4>]) -> Tensor<4>,
) {
    for (index, (got, wanted)) in run(inputs, ours).iter().zip(run(inputs, theirs)).enumerate() {
        let part = if index == 0 { "output".into() } else { format!("gradient {index}") };
        assert_close(&format!("{what}, {part}"), got, &wanted);
    }
}

/// A frozen weight or input among tracked ones is a constant: the same numbers, and a gradient for the other.
#[test]
fn plain_and_tracked_tensors_may_mix() {
    let (plain, tracked) = (Device::flex(), Device::flex().autodiff());
    let both = |shape: [usize; 4], seed: u64| [&plain, &tracked].map(|device| numbers(shape, seed, device));
    let ([x, tracked_x], [w, tracked_w]) = (both([2, 6, 9, 8], 1), both([4, 6, 3, 3], 2));
    let [v, tracked_v] = both([6, 4, 2, 2], 3);
    let convolve = |x: &Tensor<4>, w: &Tensor<4>| kernel::conv2d(x.clone(), w.clone(), 1, 1);
    let double = |x: &Tensor<4>, w: &Tensor<4>| kernel::conv_transpose2d(x.clone(), w.clone());
    type Operation<'a> = &'a dyn Fn(&Tensor<4>, &Tensor<4>) -> Tensor<4>;
    let cases: [(&str, Operation, [&Tensor<4>; 2]); 2] =
        [("conv2d", &convolve, [&w, &tracked_w]), ("double", &double, [&v, &tracked_v])];
    for (what, operation, [weight, tracked_weight]) in cases {
        let leaves = [tracked_x.clone().require_grad(), tracked_weight.clone().require_grad()];
        let whole = operation(&leaves[0], &leaves[1]);
        let gradients = whole.clone().square().sum().backward();
        for (leaf, mixed) in
            [(&leaves[0], operation(&leaves[0], weight)), (&leaves[1], operation(&x, &leaves[1]))]
        {
            assert_eq!(host(&mixed), host(&whole), "{what}");
            let found = mixed.square().sum().backward();
            assert_eq!(host(&leaf.grad(&found).unwrap()), host(&leaf.grad(&gradients).unwrap()), "{what}");
        }
    }
}

/// (batch, channels in, height, width, channels out, side, stride, padding): one picture and many, tiles within a
/// picture and groups of pictures, odd sizes, sizes smaller than the kernel.
const CONVOLUTIONS: [[usize; 8]; 12] = [
    [3, 64, 33, 18, 72, 3, 1, 1],
    [1, 70, 13, 12, 64, 3, 1, 1],
    [2, 3, 32, 32, 8, 7, 2, 3],
    [1, 16, 128, 96, 4, 3, 1, 1],
    [5, 24, 9, 7, 12, 3, 1, 1],
    [16, 40, 4, 4, 33, 3, 1, 1],
    [3, 8, 15, 15, 6, 3, 2, 1],
    [4, 12, 16, 16, 20, 1, 1, 0],
    [4, 12, 17, 16, 20, 1, 2, 0],
    [2, 6, 2, 2, 5, 3, 2, 1],
    [2, 4, 1, 1, 3, 3, 1, 1],
    [2, 4, 6, 5, 3, 3, 1, 0],
];

#[test]
fn convolutions() {
    let device = Device::flex().autodiff();
    for shape @ [batch, channels, height, width, output, side, stride, padding] in CONVOLUTIONS {
        let inputs = [
            numbers([batch, channels, height, width], 1, &device),
            numbers([output, channels, side, side], 2, &device),
        ];
        compare(
            &format!("convolution {shape:?}"),
            &inputs,
            &|inputs| kernel::conv2d(inputs[0].clone(), inputs[1].clone(), stride, padding),
            &|inputs| {
                let options = ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1);
                module::conv2d(inputs[0].clone(), inputs[1].clone(), None, options)
            },
        );
    }
}

#[test]
fn frozen_convolutions_and_what_follows() {
    let device = Device::flex();
    for shape @ [batch, channels, height, width, output, side, stride, padding] in CONVOLUTIONS {
        let input = numbers([batch, channels, height, width], 1, &device);
        let weight = numbers([output, channels, side, side], 2, &device);
        let bias = numbers([output], 3, &device);
        let options = ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1);
        let plain = module::conv2d(input.clone(), weight.clone(), Some(bias.clone()), options.clone());
        let residual = numbers(plain.dims(), 4, &device);
        let epilogue = |residual, activation| {
            let epilogue = Epilogue { residual, activation };
            host(&kernel::conv2d_frozen(input.clone(), &weight, &bias, &options, epilogue))
        };
        let what = format!("frozen convolution {shape:?}");
        assert_close(&what, &epilogue(None, Activation::Identity), &host(&plain));
        assert_close(&what, &epilogue(None, Activation::Relu6), &host(&plain.clone().clamp(0.0, 6.0)));
        let joined = host(&relu(plain + residual.clone()));
        assert_close(&what, &epilogue(Some(residual), Activation::Relu), &joined);
    }
}

#[test]
fn doubling() {
    let device = Device::flex().autodiff();
    for [batch, channels, height, width, output] in [[1, 3, 4, 5, 2], [5, 24, 8, 8, 16]] {
        let inputs = [
            numbers([batch, channels, height, width], 1, &device),
            numbers([channels, output, 2, 2], 2, &device),
        ];
        compare(
            "doubling",
            &inputs,
            &|inputs| kernel::conv_transpose2d(inputs[0].clone(), inputs[1].clone()),
            &|inputs| {
                let options = ConvTransposeOptions::new([2; 2], [0; 2], [0; 2], [1; 2], 1);
                module::conv_transpose2d(inputs[0].clone(), inputs[1].clone(), None, options)
            },
        );
    }
}

#[test]
fn batch_normalisation_and_what_follows() {
    let device = Device::flex().autodiff();
    for [batch, channels, height, width] in [[4, 6, 9, 7], [2, 3, 40, 33], [7, 2, 1, 1]] {
        // A large mean: variances must not drown in it.
        let inputs = [
            numbers([batch, channels, height, width], 1, &device) * 3.0 + 20.0,
            numbers([1, channels, 1, 1], 2, &device),
            numbers([1, channels, 1, 1], 3, &device),
            numbers([batch, channels, height, width], 4, &device),
        ];
        let vector = |tensor: &Tensor<4>| tensor.clone().reshape([channels]);
        for (activation, joined) in
            [(Activation::Identity, false), (Activation::Relu, false), (Activation::Relu, true)]
        {
            let residual = |inputs: &[Tensor<4>]| joined.then(|| inputs[3].clone());
            let used = if joined { &inputs[..] } else { &inputs[..3] };
            compare(
                &format!("normalisation, {activation:?}, joined: {joined}"),
                used,
                &|inputs| {
                    let epilogue = Epilogue { residual: residual(inputs), activation };
                    kernel::normalise(
                        inputs[0].clone(),
                        vector(&inputs[1]),
                        vector(&inputs[2]),
                        1e-5,
                        epilogue,
                    )
                    .output
                },
                &|inputs| {
                    let [mean, variance] = moments(&inputs[0]);
                    let unit = (inputs[0].clone() - mean) / (variance + 1e-5).sqrt();
                    let mut output = unit * inputs[1].clone() + inputs[2].clone();
                    if let Some(residual) = residual(inputs) {
                        output = output + residual;
                    }
                    if activation == Activation::Relu { relu(output) } else { output }
                },
            );
        }
        let [mean, variance] = moments(&inputs[0]);
        let got = kernel::normalise(
            inputs[0].clone(),
            vector(&inputs[1]),
            vector(&inputs[2]),
            1e-5,
            Epilogue::nothing(),
        );
        assert_close("batch mean", &host(&got.mean), &host(&mean));
        assert_close("batch variance", &host(&got.variance), &host(&variance));

        let plain: Vec<_> = inputs.iter().map(|input| input.clone().inner()).collect();
        let vectors = [1, 2].map(|index| plain[index].clone().reshape([channels]));
        let statistics = [got.mean, got.variance].map(Tensor::inner);
        let [scale, offset] = vectors;
        let [mean, variance] = statistics;
        let frozen = kernel::normalise_frozen(
            plain[0].clone(),
            [scale.clone(), offset.clone(), mean.clone(), variance.clone()],
            1e-5,
            Epilogue::join(plain[3].clone()),
        );
        let wanted = module::batch_norm(plain[0].clone(), scale, offset, mean, variance, 1e-5);
        assert_close("frozen normalisation", &host(&frozen), &host(&relu(wanted + plain[3].clone())));
    }
}

/// Mean and biased variance per channel, as `[1, channels, 1, 1]`.
fn moments(input: &Tensor<4>) -> [Tensor<4>; 2] {
    let mean = |tensor: Tensor<4>| tensor.mean_dim(0).mean_dim(2).mean_dim(3);
    let centre = mean(input.clone());
    [centre.clone(), mean((input.clone() - centre).square())]
}

#[test]
fn instance_normalisation() {
    let device = Device::flex().autodiff();
    let inputs = [numbers([3, 5, 8, 6], 1, &device)];
    compare(
        "instance normalisation",
        &inputs,
        &|inputs| kernel::instance_norm_leaky(inputs[0].clone(), 1e-5, 0.01),
        &|inputs| {
            let mean = |tensor: Tensor<4>| tensor.mean_dim(2).mean_dim(3);
            let centred = inputs[0].clone() - mean(inputs[0].clone());
            let variance = mean(centred.clone().square());
            leaky_relu(centred / (variance + 1e-5).sqrt(), 0.01)
        },
    );
}

#[test]
fn dynamic_convolution() {
    let device = Device::flex().autodiff();
    let (batch, kernels, output, channels) = (3, 4, 6, 5);
    let inputs = [
        numbers([batch, channels, 9, 8], 1, &device),
        numbers([batch, kernels, 1, 1], 2, &device),
        numbers([kernels, output * channels, 3, 3], 3, &device),
    ];
    compare(
        "dynamic convolution",
        &inputs,
        &|inputs| {
            let weight = inputs[2].clone().reshape([kernels, output, channels, 3, 3]);
            kernel::dynamic_conv2d(inputs[0].clone(), inputs[1].clone().reshape([batch, kernels]), weight)
        },
        &|inputs| {
            let share = inputs[1].clone().reshape([batch, kernels]);
            let weight = share.matmul(inputs[2].clone().reshape([kernels, output * channels * 9]));
            let pictures = (0..batch).map(|picture| {
                let weight = weight.clone().slice([picture..picture + 1, 0..output * channels * 9]);
                let picture = inputs[0].clone().slice([picture..picture + 1, 0..channels, 0..9, 0..8]);
                let options = ConvOptions::new([1; 2], [1; 2], [1; 2], 1);
                module::conv2d(picture, weight.reshape([output, channels, 3, 3]), None, options)
            });
            Tensor::cat(pictures.collect(), 0)
        },
    );
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let device = Device::flex().autodiff();
    let results = [1, 2, 3, 5].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut all = Vec::new();
            for [batch, channels, height, width, output, side, stride, padding] in CONVOLUTIONS {
                let inputs = [
                    numbers([batch, channels, height, width], 1, &device),
                    numbers([output, channels, side, side], 2, &device),
                ];
                all.extend(run(&inputs, &|inputs| {
                    let convolved = kernel::conv2d(inputs[0].clone(), inputs[1].clone(), stride, padding);
                    let ones = Tensor::ones([output], &device);
                    kernel::normalise(convolved, ones.clone(), ones, 1e-5, Epilogue::relu()).output
                }));
            }
            let inputs = [numbers([3, 8, 6, 6], 1, &device), numbers([8, 4, 2, 2], 2, &device)];
            all.extend(run(&inputs, &|inputs| {
                kernel::conv_transpose2d(inputs[0].clone(), inputs[1].clone())
            }));
            all
        })
    });
    for other in &results[1..] {
        for (got, wanted) in other.iter().flatten().zip(results[0].iter().flatten()) {
            assert_eq!(got.to_bits(), wanted.to_bits());
        }
    }
}
