//! Where: the gradient of the score with respect to the picture.
//!
//! The released code's default is guided back-propagation: the cloner's ReLUs pass positive gradients only, the
//! teacher's pass all. What is above the 99th percentile of a map is cut off. How it makes one number of the three
//! channels is not known to us; here it is the sum of absolute values.

use super::discrepancy::{SCORED, discrepancy};
use super::options::Localisation;
use crate::layer::host::{gaussian, quantile};
use crate::layer::{Backward, Chain};
use burn::tensor::Tensor;

/// Share of a map's values below its ceiling.
const CEILING: f64 = 0.99;

/// For each picture of `[batch, 3, side, side]` a map `[side, side]`: absolute gradients, summed over channels. `None`
/// if there are to be none.
pub fn gradients(
    teacher: &Chain,
    cloner: &Chain,
    pictures: Tensor<4>,
    lambda: f64,
    kind: Localisation,
) -> Option<Tensor<3>> {
    let of_cloner = match kind {
        Localisation::Guided => Backward::Guided,
        Localisation::Gradient => Backward::Plain,
        Localisation::None => return None,
    };
    let [teacher_taps, cloner_taps] = [teacher, cloner].map(|network| {
        let taps = network.taps(pictures.clone()).split_off(SCORED);
        taps.into_iter().map(|tap| tap.autodiff().require_grad()).collect::<Vec<_>>()
    });
    let of_taps = discrepancy(&teacher_taps, &cloner_taps, lambda)?.sum().backward();
    let through = |network: &Chain, taps: &[Tensor<4>], rule: Backward| {
        let mut gradients: Vec<Option<Tensor<4>>> = vec![None; SCORED];
        gradients.extend(taps.iter().map(|tap| tap.grad(&of_taps)));
        network.gradient(pictures.clone(), gradients, rule)
    };
    let gradient =
        through(teacher, &teacher_taps, Backward::Plain) + through(cloner, &cloner_taps, of_cloner);
    Some(gradient.abs().sum_dim(1).squeeze_dim(1))
}

/// Spreads the values of one map `[side, side]`, up to their 99th percentile, over 0 to 1, then smooths it; what is
/// above becomes 1. A map without range becomes 0.
pub fn finish(map: &[f32], side: usize, sigma: f64) -> Vec<f32> {
    let values: Vec<f64> = map.iter().map(|&value| f64::from(value)).collect();
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let range = quantile(values.clone(), CEILING).map_or(0.0, |ceiling| ceiling - lowest);
    let spread = |value: f64| if range > 0.0 { ((value - lowest) / range).min(1.0) } else { 0.0 };
    let spread: Vec<f64> = values.into_iter().map(spread).collect();
    gaussian(&spread, side, sigma).into_iter().map(|value| value as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Filter;
    use crate::layer::pattern::{assert_sampled, pattern};
    use burn::tensor::{Device, TensorData};

    /// Channels, block by block, of the toy networks of `tests/reference/kdad.py`.
    const BLOCKS: [&[usize]; 5] = [&[3, 4], &[4, 4, 4], &[4, 5], &[5, 6], &[6, 6]];

    fn chain(mut seed: usize) -> Chain {
        let mut filter = |widths: &[usize]| {
            seed += 1;
            let weight = pattern([widths[1], widths[0], 3, 3], seed) / 3.0;
            Filter { weight, bias: Tensor::full([widths[1]], 0.1, &Device::flex()) }
        };
        Chain { blocks: BLOCKS.map(|widths| widths.windows(2).map(&mut filter).collect()).into() }
    }

    /// Only the cloner's ReLUs are guided, and the highest hundredth of a map is cut off.
    #[test]
    fn maps_are_those_of_guided_backpropagation_in_pytorch() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/kdad.json");
        let golden: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let pictures = pattern([2, 3, 32, 32], 3);
        let maps = gradients(&chain(0), &chain(20), pictures, 0.5, Localisation::Guided).unwrap();
        assert_sampled("gradients", &maps, &golden["gradients"], 1e-4);
        let values = maps.try_to_vec_as::<f32>().unwrap();
        let finished = values.chunks_exact(32 * 32).flat_map(|map| finish(map, 32, 4.0)).collect();
        let finished = Tensor::<3>::from_data(TensorData::new(finished, [2, 32, 32]), &Device::flex());
        assert_sampled("maps", &finished, &golden["maps"], 1e-4);
    }

    #[test]
    fn maps_reach_from_zero_to_one() {
        // The 99th percentile of these is 5.94.
        let map = finish(&[2.0, 4.0, 3.0, 6.0], 2, 0.0);
        assert!((map[1] - 2.0 / 3.94).abs() < 1e-6 && (map[2] - 1.0 / 3.94).abs() < 1e-6, "{map:?}");
        assert_eq!([map[0], map[3]], [0.0, 1.0]);
        assert_eq!(finish(&[7.0; 4], 2, 4.0), [0.0; 4]);
    }
}
