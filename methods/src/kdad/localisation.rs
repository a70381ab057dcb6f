//! Where: the gradient of the score with respect to the picture.
//!
//! The released code's default is guided back-propagation. How it makes one number of the three channels is
//! not stated; here it is the sum of absolute values.

use super::discrepancy::discrepancy;
use super::{Localisation, SCORED};
use crate::layer::host::gaussian;
use crate::layer::{Backward, Chain};
use burn::tensor::Tensor;

/// For each picture of `[batch, 3, side, side]` a map `[side, side]`: absolute gradients, summed over channels, and
/// brought to 0 to 1 picture by picture. `None` if there are to be none.
pub fn gradients(
    teacher: &Chain,
    cloner: &Chain,
    pictures: Tensor<4>,
    lambda: f64,
    kind: Localisation,
) -> Option<Tensor<3>> {
    let rule = match kind {
        Localisation::Guided => Backward::Guided,
        Localisation::Gradient => Backward::Plain,
        Localisation::None => return None,
    };
    let [teacher_taps, cloner_taps] = [teacher, cloner].map(|network| {
        let taps = network.taps(pictures.clone()).split_off(SCORED);
        taps.into_iter().map(|tap| tap.autodiff().require_grad()).collect::<Vec<_>>()
    });
    let of_taps = discrepancy(&teacher_taps, &cloner_taps, lambda)?.sum().backward();
    let through = |network: &Chain, taps: &[Tensor<4>]| {
        let mut gradients: Vec<Option<Tensor<4>>> = vec![None; SCORED];
        gradients.extend(taps.iter().map(|tap| tap.grad(&of_taps)));
        network.gradient(pictures.clone(), gradients, rule)
    };
    let gradient = through(teacher, &teacher_taps) + through(cloner, &cloner_taps);
    Some(gradient.abs().sum_dim(1).squeeze_dim(1))
}

/// Spreads the values of one map `[side, side]` over 0 to 1, then smooths it; a constant one becomes 0.
pub fn finish(map: &[f32], side: usize, sigma: f64) -> Vec<f32> {
    let (lowest, highest) = map
        .iter()
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &value| (low.min(value), high.max(value)));
    let range = f64::from(highest - lowest);
    let spread = |value: &f32| if range > 0.0 { f64::from(value - lowest) / range } else { 0.0 };
    let spread: Vec<f64> = map.iter().map(spread).collect();
    gaussian(&spread, side, sigma).into_iter().map(|value| value as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_reach_from_zero_to_one() {
        assert_eq!(finish(&[2.0, 4.0, 3.0, 6.0], 2, 0.0), [0.0, 0.5, 0.25, 1.0]);
        assert_eq!(finish(&[7.0; 4], 2, 4.0), [0.0; 4]);
    }
}
