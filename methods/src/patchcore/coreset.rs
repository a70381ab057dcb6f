//! Which patches are remembered.

use super::options::{Greedy, Options};
use crate::device::download;
use crate::memory_bank::{Anchors, greedy};
use burn::tensor::{Device, Tensor, TensorData};
use harness::detector::FitContext;
use harness::error::DetectorError;
use rand::RngExt;
use rand::seq::index::sample;

/// Patches whose mean distance starts the approximate search.
const STARTS: usize = 10;

/// Rows that are projected at once.
const ROWS: usize = 1 << 14;

/// The kept ones of `vectors` (`dimension` values each), in the order in which they were picked; all of them in
/// their own order where nothing is left out.
///
/// # Errors
/// When the device fails.
pub fn reduce(
    vectors: Vec<f32>,
    dimension: usize,
    options: &Options,
    device: &Device,
    context: &FitContext<'_>,
) -> Result<Vec<f32>, DetectorError> {
    let count = vectors.len() / dimension;
    let keep = ((count as f64 * options.coreset) as usize).max(1);
    if keep == count {
        return Ok(vectors);
    }
    let picks = match options.projection.filter(|size| *size != dimension) {
        Some(size) => {
            let projected = project(&vectors, (dimension, size), device, context)?;
            pick(&projected, size, keep, options, context)
        }
        None => pick(&vectors, dimension, keep, options, context),
    };
    Ok(picks.into_iter().flat_map(|index| &vectors[index * dimension..][..dimension]).copied().collect())
}

fn pick(
    vectors: &[f32],
    dimension: usize,
    keep: usize,
    options: &Options,
    context: &FitContext<'_>,
) -> Vec<usize> {
    match options.greedy {
        Greedy::Exact => greedy(vectors, dimension, Anchors::RowNorm, keep),
        Greedy::Approximate => {
            let count = vectors.len() / dimension;
            let mut stream = context.random.stream("coreset", "starts");
            let starts = sample(&mut stream, count, STARTS.min(count)).into_vec();
            greedy(vectors, dimension, Anchors::MeanTo(&starts), keep)
        }
    }
}

/// By a random linear map as PyTorch initialises one: uniform on `-1 / sqrt(from)..1 / sqrt(from)`.
fn project(
    vectors: &[f32],
    (from, to): (usize, usize),
    device: &Device,
    context: &FitContext<'_>,
) -> Result<Vec<f32>, DetectorError> {
    let mut stream = context.random.stream("coreset", "projection");
    let bound = 1.0 / (from as f32).sqrt();
    let weight: Vec<f32> = (0..from * to).map(|_| bound * (2.0 * stream.random::<f32>() - 1.0)).collect();
    let weight = Tensor::<2>::from_data(TensorData::new(weight, [to, from]), device).transpose();
    let mut projected = Vec::with_capacity(vectors.len() / from * to);
    for rows in vectors.chunks(ROWS * from) {
        let data = TensorData::new(rows.to_vec(), [rows.len() / from, from]);
        projected.extend(download(Tensor::<2>::from_data(data, device).matmul(weight.clone()))?);
    }
    Ok(projected)
}
