//! The hypersphere: its centre, its radius, and what they make of distances.

use super::network::{EMBEDDING, Encoder};
use crate::layer::Init;
use crate::layer::host::quantile;
use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};

/// Coordinates of the centre nearer to 0 than this are moved away: a unit could reach 0 by weights alone.
const NEAREST: f32 = 0.1;

/// What training leaves behind, on a plain device.
#[derive(Module, Debug)]
pub struct Sphere {
    /// `phi`.
    pub encoder: Encoder,
    /// `[128]`.
    pub centre: Param<Tensor<1>>,
    /// `[1]`; 0 with the objective `one_class`.
    pub radius: Param<Tensor<1>>,
    /// What becomes 0 and 1: `[2]`.
    pub range: Param<Tensor<1>>,
}

impl Sphere {
    /// For pictures of `side` pixels, about to be loaded.
    pub fn blank(side: u32, device: &Device) -> Self {
        let init = Init::blank(device);
        let encoder = Encoder::new(&init, side);
        let vector = |length: usize| init.constant([length], 0.0);
        Self { encoder, centre: vector(EMBEDDING), radius: vector(1), range: vector(2) }
    }
}

/// The mean embedding with every coordinate at least 0.1 from 0, on the side where it is; an exact 0 stays.
pub fn centre(mean: &[f32]) -> Vec<f32> {
    let away = |&value: &f32| match value {
        value if value > 0.0 && value < NEAREST => NEAREST,
        value if value < 0.0 && value > -NEAREST => -NEAREST,
        value => value,
    };
    mean.iter().map(away).collect()
}

/// Squared distances of embeddings `[batch, length]` to the centre `[length]`: `[batch]`.
pub fn distances(embeddings: Tensor<2>, centre: Tensor<1>) -> Tensor<1> {
    (embeddings - centre.unsqueeze()).square().sum_dim(1).squeeze_dim(1)
}

/// The soft-boundary loss `R^2 + mean(max(0, d - R^2)) / nu` of squared distances `[batch]`.
pub fn soft_boundary(distances: Tensor<1>, radius: f64, nu: f64) -> Tensor<1> {
    (distances - radius * radius).clamp_min(0.0).mean() / nu + radius * radius
}

/// The radius that `nu` of these squared distances lie beyond: the quantile `1 - nu` of the distances,
/// interpolated linearly.
pub fn radius(distances: &[f32], nu: f64) -> f64 {
    let roots = distances.iter().map(|&distance| f64::from(distance).max(0.0).sqrt()).collect();
    quantile(roots, 1.0 - nu).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_centre_keeps_away_from_zero_but_for_an_exact_zero() {
        assert_eq!(centre(&[0.05, -0.02, 0.3, 0.0]), [0.1, -0.1, 0.3, 0.0]);
    }

    #[test]
    fn the_worked_examples_of_the_soft_boundary() {
        let distances = [1.0, 4.0, 9.0, 16.0];
        let tensor = Tensor::from_data(distances, &Device::flex());
        assert!((soft_boundary(tensor, 2.0, 0.25).into_scalar::<f32>() - 21.0).abs() < 1e-5);
        assert!((radius(&distances, 0.25) - 3.25).abs() < 1e-9);
    }

    #[test]
    fn a_collapsed_network_scores_the_square_of_the_centre() {
        let device = Device::flex();
        let centre = Tensor::from_data([3.0, 4.0], &device);
        let scores = distances(Tensor::zeros([2, 2], &device), centre).try_to_vec_as::<f32>().unwrap();
        assert_eq!(scores, [25.0, 25.0]);
    }
}
