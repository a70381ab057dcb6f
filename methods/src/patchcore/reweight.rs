//! The picture's score of the paper (Roth et al., CVPR 2022, equation 7).

use crate::memory_bank::{MemoryBank, Nearest};
use burn::tensor::Tensor;
use harness::contract::error::DetectorError;

/// Remembered patches around the nearest one, itself included.
const NEIGHBOURS: usize = 9;

/// `(1 - exp(s) / sum_m exp(|q - m|)) s` with the patch `q` that is farthest from memory, its distance `s`, and `m`
/// over the neighbours in memory of the one nearest to it. Distances are not squared. `patches` is
/// `[positions, dimension]`.
///
/// # Errors
/// When the device fails.
pub fn score(bank: &MemoryBank, patches: Tensor<2>, nearest: &Nearest) -> Result<f32, DetectorError> {
    among(NEIGHBOURS, bank, patches, nearest)
}

fn among(
    neighbours: usize,
    bank: &MemoryBank,
    patches: Tensor<2>,
    nearest: &Nearest,
) -> Result<f32, DetectorError> {
    let farthest =
        (0..nearest.squared.len()).max_by(|&a, &b| nearest.squared[a].total_cmp(&nearest.squared[b]));
    let Some(farthest) = farthest else { return Ok(0.0) };
    let distance = f64::from(nearest.squared[farthest]).sqrt();
    let around = bank.neighbours(nearest.index[farthest], neighbours)?;
    let squared = bank.squared_to(patches.narrow(0, farthest, 1), &around)?;
    // Relative to s, so that no exponential overflows.
    let sum: f64 = squared.iter().map(|squared| (f64::from(*squared).sqrt() - distance).exp()).sum();
    Ok(((1.0 - 1.0 / sum) * distance) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn three_remembered_numbers_by_hand() {
        let device = Device::flex();
        let bank = MemoryBank::new(vec![0.0, 1.0, 4.0], 1, &device);
        let query = Tensor::<2>::from_data([[6.0]], &device);
        let nearest = bank.nearest(query.clone()).unwrap();
        assert_eq!((nearest.squared[0], nearest.index[0]), (4.0, 2));
        assert!((among(3, &bank, query, &nearest).unwrap() - 1.973_574_2).abs() < 1e-6);
    }
}
