//! Fewer values for a search whose distances need not be exact.

use crate::device::download;
use burn::tensor::{Device, Tensor, TensorData};
use harness::contract::error::DetectorError;
use harness::contract::seed::Root;
use rand::RngExt;

/// Rows that are projected at once.
const ROWS: usize = 1 << 14;

/// Vectors of `from` values, one after another, as vectors of `to` values: by a random linear map as PyTorch initialises
/// one, uniform on `-1 / sqrt(from)..1 / sqrt(from)`.
///
/// # Errors
/// When the device fails.
pub fn project(
    vectors: &[f32],
    (from, to): (usize, usize),
    device: &Device,
    random: &Root,
) -> Result<Vec<f32>, DetectorError> {
    let mut stream = random.stream("coreset", "projection");
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
