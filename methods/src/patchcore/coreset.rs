//! Which patches are remembered.

use super::options::{Greedy, Options};
use crate::memory_bank::{Anchors, greedy, project};
use burn::tensor::Device;
use harness::contract::detector::FitContext;
use harness::contract::error::DetectorError;
use rand::seq::index::sample;

/// Patches whose mean distance starts the approximate search.
const STARTS: usize = 10;

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
            let projected = project(&vectors, (dimension, size), device, &context.random)?;
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
