//! How long every registered shift takes for one picture of 300 x 300 and of 900 x 900 pixels, at severity 3.

#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use datasets as _;
use harness::contract::registry::all;
use harness::contract::seed::Root;
use harness::prelude::*;
use image::Rgb;

/// A picture with structure at every scale, as photographs have.
fn picture(side: u32) -> Sample {
    let wave = |position: f32, period: f32| (position / period).sin();
    let image = RgbImage::from_fn(side, side, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let shade = 128.0 + 60.0 * wave(x + y, 70.0) + 40.0 * wave(x, 9.0) * wave(y, 11.0);
        Rgb([shade + 20.0 * wave(y, 40.0), shade, shade - 30.0 * wave(x, 55.0)].map(|level| level as u8))
    });
    Sample { image, mask: None }
}

fn shifts(criterion: &mut Criterion) {
    for side in [300, 900] {
        let sample = picture(side);
        let mut group = criterion.benchmark_group(format!("{side}x{side}"));
        group.throughput(Throughput::Elements(1)).sample_size(10);
        for entry in all::<ShiftEntry>() {
            let shift = (entry.build)(&(entry.card.resolve)(&[]).unwrap()).unwrap();
            let root = Root::new(0, "bench", "");
            group.bench_function(entry.card.name, |bencher| {
                let work =
                    |sample| shift.apply(sample, Severity::ALL[2], &mut root.stream("shift", "")).unwrap();
                bencher.iter_batched(|| sample.clone(), work, BatchSize::LargeInput);
            });
        }
        group.finish();
    }
}

criterion_group!(benches, shifts);
criterion_main!(benches);
