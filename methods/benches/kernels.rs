//! Our CPU operations beside the framework's: `cargo bench --bench kernels`.

use burn::tensor::module;
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
use burn::tensor::{Device, Distribution, Tensor};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use methods::kernel::{self, Epilogue};
use std::hint::black_box;

/// Layers of the students here: (pictures, channels in, side of the map, channels out, side of the kernel, stride).
const LAYERS: [[usize; 6]; 6] = [
    [16, 64, 32, 64, 3, 1],
    [16, 256, 8, 256, 3, 1],
    [4, 128, 64, 128, 3, 1],
    [4, 512, 16, 512, 3, 1],
    [4, 256, 64, 128, 1, 1],
    [4, 256, 64, 512, 3, 2],
];

fn numbers<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), device).require_grad()
}

/// Forward and both gradients.
fn convolution(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("convolution");
    let device = Device::flex().autodiff();
    for [batch, input, size, output, side, stride] in LAYERS {
        let name = format!("{batch}x{input}x{size}x{size} to {output}, side {side}, stride {stride}");
        let x = numbers([batch, input, size, size], &device);
        let w = numbers([output, input, side, side], &device);
        group.bench_function(BenchmarkId::new("shiftbench", &name), |bencher| {
            bencher.iter(|| {
                black_box(kernel::conv2d(x.clone(), w.clone(), stride, side / 2).sum().backward());
            });
        });
        group.bench_function(BenchmarkId::new("burn", &name), |bencher| {
            let options = ConvOptions::new([stride; 2], [side / 2; 2], [1; 2], 1);
            bencher.iter(|| {
                let output = module::conv2d(x.clone(), w.clone(), None, options.clone());
                black_box(output.sum().backward());
            });
        });
    }
    group.finish();
}

fn doubling(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("doubling");
    let device = Device::flex().autodiff();
    let x = numbers([4, 512, 16, 16], &device);
    let w = numbers([512, 256, 2, 2], &device);
    group.bench_function("shiftbench", |bencher| {
        bencher.iter(|| black_box(kernel::conv_transpose2d(x.clone(), w.clone()).sum().backward()));
    });
    group.bench_function("burn", |bencher| {
        let options = ConvTransposeOptions::new([2; 2], [0; 2], [0; 2], [1; 2], 1);
        bencher.iter(|| {
            let output = module::conv_transpose2d(x.clone(), w.clone(), None, options.clone());
            black_box(output.sum().backward());
        });
    });
    group.finish();
}

fn normalisation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("batch normalisation and ReLU");
    let device = Device::flex().autodiff();
    let x = numbers([4, 256, 64, 64], &device);
    let vectors = || [Tensor::ones([256], &device), Tensor::zeros([256], &device)];
    group.bench_function("shiftbench", |bencher| {
        bencher.iter(|| {
            let [scale, offset] = vectors();
            let result = kernel::normalise(x.clone(), scale, offset, 1e-5, Epilogue::relu());
            black_box(result.output.sum().backward());
        });
    });
    group.bench_function("burn", |bencher| {
        bencher.iter(|| {
            let [scale, offset] = vectors();
            let result = module::batch_norm_train(x.clone(), scale, offset, 1e-5);
            black_box(burn::tensor::activation::relu(result.output).sum().backward());
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = convolution, doubling, normalisation
}
criterion_main!(benches);
