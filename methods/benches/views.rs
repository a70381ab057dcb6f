//! Training views and pixel operations for one picture of 256 x 256: `cargo bench --bench views`, beside
//! `tests/reference/views.py`.

#![allow(missing_docs)]

use criterion::{Criterion, criterion_group, criterion_main};
use image::{Rgb, RgbImage};
use methods::view::{AugMix, DrawRule, OpList, PixelOp, Planes, grey_after_normalisation};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use std::hint::black_box;

const SIDE: u32 = 256;

/// A picture with structure at every scale, as photographs have.
fn picture() -> RgbImage {
    let wave = |position: f32, period: f32| (position / period).sin();
    RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let shade = 128.0 + 60.0 * wave(x + y, 70.0) + 40.0 * wave(x, 9.0) * wave(y, 11.0);
        Rgb([shade + 20.0 * wave(y, 40.0), shade, shade - 30.0 * wave(x, 55.0)].map(|level| level as u8))
    })
}

fn augmix(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("view");
    let picture = picture();
    let standard = DrawRule::Standard { severity: 3 };
    for (name, ops, rule) in [
        ("augmix_mvtec", OpList::Mvtec, DrawRule::Released),
        ("augmix_pacs", OpList::Pacs, DrawRule::Released),
        ("augmix_base", OpList::Base, standard),
        ("augmix_all", OpList::All, standard),
    ] {
        let options = AugMix { ops, rule, ..AugMix::default() };
        // Another draw each time: the mean is over chains of every length.
        let mut stream = Xoshiro256PlusPlus::seed_from_u64(0);
        group.bench_function(name, |bencher| {
            bencher.iter(|| options.draw(picture.dimensions(), &mut stream).apply(black_box(&picture)));
        });
    }
    group.bench_function("normalised", |bencher| bencher.iter(|| Planes::normalise(black_box(&picture))));
    // A training has the clean view already.
    let clean = Planes::normalise(&picture);
    group.bench_function("grey", |bencher| bencher.iter(|| grey_after_normalisation(black_box(&clean))));
    group.finish();
}

/// Each with what AugMix draws at level 2.
fn operations(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("operation");
    let picture = picture();
    for (name, operation) in [
        ("autocontrast", PixelOp::Autocontrast),
        ("equalize", PixelOp::Equalize),
        ("posterize", PixelOp::Posterize(4)),
        ("solarize", PixelOp::Solarize(205)),
        ("rotate", PixelOp::Rotate(6.0)),
        ("shear_x", PixelOp::ShearX(0.06)),
        ("shear_y", PixelOp::ShearY(0.06)),
        ("translate_x", PixelOp::TranslateX(17)),
        ("translate_y", PixelOp::TranslateY(17)),
        ("color", PixelOp::Color(0.46)),
        ("contrast", PixelOp::Contrast(0.46)),
        ("brightness", PixelOp::Brightness(0.46)),
        ("sharpness", PixelOp::Sharpness(0.46)),
    ] {
        group.bench_function(name, |bencher| bencher.iter(|| operation.apply(black_box(&picture))));
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = augmix, operations
}
criterion_main!(benches);
