//! Exact nearest neighbours, in blocks.

use crate::device::download;
use burn::tensor::{Device, Int, Tensor, TensorData};
use harness::contract::error::DetectorError;

/// Cells of the largest matrix of products that is ever held: 32 MiB.
const CELLS: usize = 1 << 23;

/// Vectors in memory, to be searched.
#[derive(Clone, Debug)]
pub struct MemoryBank {
    /// `[count, dimension]`.
    vectors: Tensor<2>,
    /// Their mean `[1, dimension]`.
    centre: Tensor<2>,
    /// Squared distances from it `[1, count]`.
    norms: Tensor<2>,
}

/// The nearest vector of each query.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    /// Squared Euclidean distances, not negative.
    pub squared: Vec<f32>,
    /// Which vectors they are.
    pub index: Vec<usize>,
}

impl MemoryBank {
    /// At least one vector of `dimension` values, one after another.
    pub fn new(values: Vec<f32>, dimension: usize, device: &Device) -> Self {
        let count = values.len() / dimension;
        let vectors = Tensor::<2>::from_data(TensorData::new(values, [count, dimension]), device);
        let centre = vectors.clone().mean_dim(0);
        let norms = (vectors.clone() - centre.clone()).square().sum_dim(1).reshape([1, count]);
        Self { vectors, centre, norms }
    }

    /// Vectors.
    pub fn count(&self) -> usize {
        self.vectors.dims()[0]
    }

    /// Values of a vector.
    pub fn dimension(&self) -> usize {
        self.vectors.dims()[1]
    }

    /// Values in all.
    pub fn numbers(&self) -> u64 {
        (self.count() * self.dimension()) as u64
    }

    /// All values, vector after vector.
    ///
    /// # Errors
    /// When the device fails.
    pub fn values(&self) -> Result<Vec<f32>, DetectorError> {
        download(self.vectors.clone())
    }

    /// The nearest vector of every query `[queries, dimension]`; of equally near ones the first.
    ///
    /// Blocks of the bank are searched by matrix products, relative to the bank's mean, where squares are
    /// smallest. Rounding may still confuse vectors whose distances differ by a millionth of these squares. The
    /// best of each block is therefore measured by its differences: a query which is in the bank has distance 0.
    ///
    /// # Errors
    /// When the device fails.
    pub fn nearest(&self, queries: Tensor<2>) -> Result<Nearest, DetectorError> {
        let (count, rows) = (self.count(), queries.dims()[0]);
        let block = (CELLS / rows.max(1)).clamp(1, count);
        let doubled = (queries.clone() - self.centre.clone()) * -2.0;
        let search = |start: usize| {
            let range = start..(start + block).min(count);
            let vectors = self.vectors.clone().slice([range.clone()]) - self.centre.clone();
            let norms = self.norms.clone().slice([0..1, range]);
            let (_, index) = (doubled.clone().matmul(vectors.transpose()) + norms).min_dim_with_indices(1);
            let index = index.reshape([rows]) + start as i64;
            (self.squared(queries.clone(), index.clone()), index)
        };
        let blocks = (0..count).step_by(block).map(search);
        let nearer = |(best, index): (Tensor<1>, Tensor<1, Int>), (other, other_index)| {
            let other: Tensor<1> = other;
            let mask = other.clone().lower(best.clone());
            (best.mask_where(mask.clone(), other), index.mask_where(mask, other_index))
        };
        let Some((squared, index)) = blocks.reduce(nearer) else {
            return Ok(Nearest { squared: Vec::new(), index: Vec::new() });
        };
        let index = index.try_to_vec_as::<i64>().map_err(|error| {
            DetectorError::Device(format!("the device returned no result: {error}; try --device cpu"))
        })?;
        let index = index.into_iter().map(|index| index as usize).collect();
        Ok(Nearest { squared: download(squared)?, index })
    }

    /// The distances of every query `[queries, dimension]` to every vector, query after query. By matrix products, so
    /// that a query which is in the bank may be a thousandth of the bank's extent away from itself.
    ///
    /// # Errors
    /// When the device fails.
    pub fn distances(&self, queries: Tensor<2>) -> Result<Vec<f32>, DetectorError> {
        let queries = queries - self.centre.clone();
        let own = queries.clone().square().sum_dim(1);
        let products = queries.matmul((self.vectors.clone() - self.centre.clone()).transpose());
        download((products * -2.0 + own + self.norms.clone()).clamp_min(0.0).sqrt())
    }

    /// The `count` nearest vectors of the one at `index`, itself included, nearest first.
    ///
    /// # Errors
    /// When the device fails.
    pub fn neighbours(&self, index: usize, count: usize) -> Result<Vec<usize>, DetectorError> {
        let own = self.vectors.clone().narrow(0, index, 1);
        // Relative to the centre without a centred copy of the bank: (v - c) d = v d - c d.
        let doubled = (own - self.centre.clone()) * -2.0;
        let offset = doubled.clone().matmul(self.centre.clone().transpose());
        let products = doubled.matmul(self.vectors.clone().transpose()) - offset;
        let distances = download(products + self.norms.clone())?;
        let mut order: Vec<usize> = (0..distances.len()).collect();
        // The vector itself comes first, whatever rounding says.
        let key = |&at: &usize| (at != index, distances[at]);
        order.sort_by(|a, b| key(a).0.cmp(&key(b).0).then(key(a).1.total_cmp(&key(b).1)));
        order.truncate(count);
        Ok(order)
    }

    /// Squared distances of one query `[1, dimension]` to the vectors at these indices.
    ///
    /// # Errors
    /// When the device fails.
    pub fn squared_to(&self, query: Tensor<2>, indices: &[usize]) -> Result<Vec<f32>, DetectorError> {
        let list: Vec<i64> = indices.iter().map(|&index| index as i64).collect();
        let index = Tensor::<1, Int>::from_data(list.as_slice(), &query.device());
        download(self.squared(query, index))
    }

    /// Squared distances of queries (as many as indices, or one) to vectors, by differences: `[indices]`.
    fn squared(&self, queries: Tensor<2>, index: Tensor<1, Int>) -> Tensor<1> {
        let count = index.dims()[0];
        (queries - self.vectors.clone().select(0, index)).square().sum_dim(1).reshape([count])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bank(values: Vec<f32>, dimension: usize) -> MemoryBank {
        MemoryBank::new(values, dimension, &Device::flex())
    }

    fn scattered(count: usize, dimension: usize, phase: f32) -> Vec<f32> {
        let value = |index: usize| ((index * index) as f64 * 1.618 + f64::from(phase)).sin() as f32 * 5.0;
        (0..count * dimension).map(value).collect()
    }

    fn queries(values: &[f32], dimension: usize) -> Tensor<2> {
        Tensor::<1>::from_data(values, &Device::flex()).reshape([values.len() / dimension, dimension])
    }

    #[test]
    fn blocks_find_what_a_plain_search_finds() {
        let (dimension, stored, asked) = (7, scattered(20_000, 7, 0.0), scattered(900, 7, 2.0));
        let found = bank(stored.clone(), dimension).nearest(queries(&asked, dimension)).unwrap();
        const { assert!(CELLS / 900 < 20_000, "more than one block") };
        for (row, query) in asked.chunks_exact(dimension).enumerate() {
            let squared =
                |other: &[f32]| -> f32 { query.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum() };
            let best = stored.chunks_exact(dimension).map(squared).fold(f32::INFINITY, f32::min);
            let own = squared(&stored[found.index[row] * dimension..][..dimension]);
            assert!((found.squared[row] - best).abs() < 1e-4 && (own - best).abs() < 1e-4);
        }
    }

    #[test]
    fn a_remembered_vector_has_distance_zero() {
        let stored: Vec<f32> = scattered(3_000, 16, 0.5).iter().map(|value| value + 100.0).collect();
        let found = bank(stored.clone(), 16).nearest(queries(&stored[16 * 64..16 * 96], 16)).unwrap();
        assert_eq!(found.squared, [0.0; 32]);
    }

    #[test]
    fn neighbours_start_with_the_vector_itself() {
        let bank = bank(vec![0.0, 1.0, 4.0], 1);
        assert_eq!(bank.neighbours(2, 3).unwrap(), [2, 1, 0]);
        assert_eq!(bank.neighbours(0, 2).unwrap(), [0, 1]);
        assert_eq!(bank.squared_to(queries(&[6.0], 1), &[2, 1, 0]).unwrap(), [4.0, 25.0, 36.0]);
    }
}
