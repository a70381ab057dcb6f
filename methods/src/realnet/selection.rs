//! Anomaly-aware feature selection (AFS): the channels of the frozen network that change where the picture does.

use crate::device;
use burn::tensor::{Int, Tensor, TensorData};
use harness::contract::error::DetectorError;
use rayon::prelude::*;

/// Added to the range of a channel's changes, as released.
const EPSILON: f64 = 1e-4;

/// Costs of the channels of one feature map, summed over batches; lower is better.
#[derive(Clone, Debug)]
pub struct Costs(Vec<f64>);

impl Costs {
    /// No batch seen yet.
    pub fn new(channels: usize) -> Self {
        Self(vec![0.0; channels])
    }

    /// Adds a batch: features of altered and of clean pictures `[batch, channels, height, width]`, and where they
    /// were altered, `side * side` pixels for each picture.
    ///
    /// # Errors
    /// When the device fails.
    pub fn add(
        &mut self,
        altered: Tensor<4>,
        clean: Tensor<4>,
        masks: &[Vec<bool>],
    ) -> Result<(), DetectorError> {
        let [_, channels, height, width] = altered.dims();
        let masks: Vec<f32> = masks.iter().flat_map(|mask| nearest(mask, height, width)).collect();
        let changes = device::download((altered - clean).square())?;
        let costs = costs(&changes, channels, height * width, &masks);
        self.0.iter_mut().zip(costs).for_each(|(sum, cost)| *sum += cost);
        Ok(())
    }

    /// The `count` cheapest channels, in ascending order; of equals the first.
    pub fn cheapest(&self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        order.sort_by(|&a, &b| self.0[a].total_cmp(&self.0[b]));
        order.truncate(count);
        order.sort_unstable();
        order
    }
}

/// For each channel the mean squared difference between its changes, brought to 0 to 1 over the batch, and the mask.
/// `changes` is `[batch, channels, positions]`, `masks` `[batch, positions]`. A channel that changes by the same
/// everywhere counts as unchanged; one that is not finite costs the most.
fn costs(changes: &[f32], channels: usize, positions: usize, masks: &[f32]) -> Vec<f64> {
    let cost = |channel: usize| {
        let pictures =
            || changes.chunks_exact(channels * positions).map(|all| &all[channel * positions..][..positions]);
        if pictures().flatten().any(|value| !value.is_finite()) {
            return f64::INFINITY;
        }
        let start = (f32::INFINITY, f32::NEG_INFINITY);
        let (lowest, highest) =
            pictures().flatten().fold(start, |(low, high), &value| (low.min(value), high.max(value)));
        let range = f64::from(highest - lowest) + EPSILON;
        let square =
            |(value, mask): (&f32, &f32)| (f64::from(value - lowest) / range - f64::from(*mask)).powi(2);
        pictures().flatten().zip(masks).map(square).sum::<f64>() / masks.len().max(1) as f64
    };
    (0..channels).into_par_iter().map(cost).collect()
}

/// A square mask at another size, as the framework's nearest-neighbour resizing has it.
fn nearest(mask: &[bool], height: usize, width: usize) -> Vec<f32> {
    let side = mask.len().isqrt();
    let at = |index: usize| {
        let (row, column) = (index / width * side / height, index % width * side / width);
        f32::from(u8::from(mask[row * side + column]))
    };
    (0..height * width).map(at).collect()
}

/// These channels of `[batch, channels, height, width]`.
pub fn select(features: Tensor<4>, channels: &[usize]) -> Tensor<4> {
    let indices: Vec<i32> = channels.iter().map(|&channel| channel as i32).collect();
    let indices = Tensor::<1, Int>::from_data(TensorData::new(indices, [channels.len()]), &features.device());
    features.select(1, indices)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn the_toy_of_three_channels() {
        let device = Device::flex();
        let mask = vec![true, false, false, false];
        // The first channel changes where the mask is, the second by the same everywhere, the third elsewhere.
        let altered = Tensor::from_data(
            [[[[3.0, 0.0], [0.0, 0.0]], [[2.0, 2.0], [2.0, 2.0]], [[0.0, 5.0], [5.0, 5.0]]]],
            &device,
        );
        let mut costs = Costs::new(3);
        costs.add(altered.clone(), altered.zeros_like(), std::slice::from_ref(&mask)).unwrap();
        let near = |cost: &f64, wanted: f64| (cost - wanted).abs() < 1e-4;
        assert!(
            costs.0.iter().zip([0.0, 0.25, 1.0]).all(|(cost, wanted)| near(cost, wanted)),
            "{:?}",
            costs.0
        );
        assert_eq!([1, 2, 3].map(|count| costs.cheapest(count)), [vec![0], vec![0, 1], vec![0, 1, 2]]);
        let broken = altered.clone() / altered.clone().zeros_like();
        costs.add(broken, altered.zeros_like(), &[mask]).unwrap();
        assert!(costs.0.iter().all(|cost| cost.is_infinite()));
    }

    /// Where it changes, by 1e-2 whose square is as large as what is added: half of the mask.
    #[test]
    fn a_channel_that_hardly_changes_does_not_pass_for_the_mask() {
        let costs = costs(&[1e-4, 0.0, 0.0, 0.0], 1, 4, &[1.0, 0.0, 0.0, 0.0]);
        assert!((costs[0] - 0.25 / 4.0).abs() < 1e-6, "{costs:?}");
    }

    #[test]
    fn selected_channels_come_in_their_order() {
        let features = Tensor::from_data([[[[1.0]], [[2.0]], [[3.0]]]], &Device::flex());
        assert_eq!(select(features, &[0, 2]).try_to_vec_as::<f32>().unwrap(), [1.0, 3.0]);
        assert_eq!(nearest(&[true, false, false, true], 4, 4)[..4], [1.0, 1.0, 0.0, 0.0]);
    }
}
