//! Mixing test features with those of a normal picture (ATTA: Cao, Zhu & Pang, "Anomaly Detection under
//! Distribution Shift", ICCV 2023; exact feature distribution matching: Zhang et al., CVPR 2022).
//!
//! At the first two scales of the teacher, the k-th smallest value `t_k` of each channel is replaced by
//! `(1 - alpha) t_k + alpha r_k`, where `r_k` is the reference's k-th smallest. Later stages see the mixed
//! features.
//!
//! Equal values (after ReLU about 30 % of a channel are 0) keep the order of their positions. The
//! released code sorts unstably, so there the order of ties is up to chance.

use crate::backbone::{Backbone, Features};
use crate::device;
use burn::tensor::{Tensor, TensorData};
use harness::contract::error::DetectorError;
use rayon::prelude::*;

/// The sorted features of a normal picture: all that mixing needs.
#[derive(Clone, Debug)]
pub struct Reference {
    /// For the first two scales: each channel's values in ascending order, channel after channel.
    sorted: [Vec<f32>; 2],
}

impl Reference {
    /// Encodes the reference picture `[1, 3, height, width]`.
    ///
    /// # Errors
    /// When the device fails.
    pub fn new(teacher: &dyn Backbone, picture: Tensor<4>) -> Result<Self, DetectorError> {
        let sorted = |features: &Tensor<4>| {
            let positions = positions(features);
            let mut values = device::download(features.clone())?;
            values.chunks_exact_mut(positions).for_each(|channel| channel.sort_by(f32::total_cmp));
            Ok(values)
        };
        let fine = teacher.stage(0, picture);
        let middle = teacher.stage(1, fine.clone());
        Ok(Self { sorted: [sorted(&fine)?, sorted(&middle)?] })
    }

    /// The teacher's features of `pictures` `[batch, 3, height, width]`, mixed with the reference's at
    /// weight `alpha` (0 to 1) of the reference.
    ///
    /// # Errors
    /// When the device fails.
    pub fn features(
        &self,
        teacher: &dyn Backbone,
        pictures: Tensor<4>,
        alpha: f64,
    ) -> Result<Features, DetectorError> {
        let fine = self.mix(0, teacher.stage(0, pictures), alpha)?;
        let middle = self.mix(1, teacher.stage(1, fine.clone()), alpha)?;
        let coarse = teacher.stage(2, middle.clone());
        Ok([fine, middle, coarse])
    }

    fn mix(&self, scale: usize, features: Tensor<4>, alpha: f64) -> Result<Tensor<4>, DetectorError> {
        let (shape, device, positions) = (features.dims(), features.device(), positions(&features));
        let mut values = device::download(features)?;
        match_distribution(&mut values, &self.sorted[scale], positions, alpha as f32);
        Ok(Tensor::from_data(TensorData::new(values, shape), &device))
    }
}

fn positions(features: &Tensor<4>) -> usize {
    let [_, _, height, width] = features.dims();
    height * width
}

/// Moves each channel's distribution of `values` (`[batch, channels, positions]`) towards the reference's
/// (`[channels, positions]`, each channel ascending) by the share `alpha`.
pub fn match_distribution(values: &mut [f32], reference: &[f32], positions: usize, alpha: f32) {
    let channels = reference.len() / positions;
    values.par_chunks_exact_mut(positions).enumerate().for_each(|(index, channel)| {
        let reference = &reference[index % channels * positions..][..positions];
        for (position, &target) in ascending(channel).into_iter().zip(reference) {
            let value = &mut channel[position];
            *value = (1.0 - alpha) * *value + alpha * target;
        }
    });
}

/// Positions in ascending order of value, ties in ascending order of position.
pub(super) fn ascending(values: &[f32]) -> Vec<usize> {
    // Value and position in one integer sort fastest, and cannot tie.
    let key = |(position, value): (usize, &f32)| (u64::from(order(*value)) << 32) | position as u64;
    let mut keys: Vec<u64> = values.iter().enumerate().map(key).collect();
    keys.sort_unstable();
    keys.into_iter().map(|key| (key & u64::from(u32::MAX)) as usize).collect()
}

/// An integer that orders as the number does; both zeros are equal.
fn order(value: f32) -> u32 {
    let bits = (value + 0.0).to_bits();
    if bits >> 31 == 1 { !bits } else { bits | 1 << 31 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(values: &[f32], reference: &[f32], alpha: f32) -> Vec<f32> {
        let (mut values, mut reference) = (values.to_vec(), reference.to_vec());
        reference.sort_by(f32::total_cmp);
        match_distribution(&mut values, &reference, reference.len(), alpha);
        values
    }

    #[test]
    fn the_worked_examples_come_out() {
        assert_eq!(
            matched(&[1.0, 2.0, 3.0, 4.0], &[40.0, 10.0, 30.0, 20.0], 0.75),
            [7.75, 15.5, 23.25, 31.0]
        );
        assert_eq!(matched(&[1.0, 2.0, 3.0, 6.0], &[0.0, 0.0, 0.0, 8.0], 0.5), [0.5, 1.0, 1.5, 7.0]);
    }

    #[test]
    fn nothing_changes_at_zero_and_everything_at_one() {
        let values = [0.0, -0.0, 3.5, -2.0, 0.0, 7.0];
        let reference = [5.0, 4.0, 3.0, 2.0, 1.0, 0.0];
        assert_eq!(matched(&values, &reference, 0.0), values);
        assert_eq!(matched(&values, &values, 0.5), values);
        // Ties rank by position: the zeros take 1, 2 and 3.
        assert_eq!(matched(&values, &reference, 1.0), [1.0, 2.0, 4.0, 0.0, 3.0, 5.0]);
    }

    #[test]
    fn channels_and_pictures_keep_apart() {
        let mut values = [2.0, 1.0, 2.0, 1.0, 1.0, 2.0, 1.0, 2.0];
        match_distribution(&mut values, &[10.0, 20.0, 30.0, 40.0], 2, 1.0);
        assert_eq!(values, [20.0, 10.0, 40.0, 30.0, 10.0, 20.0, 30.0, 40.0]);
    }
}
