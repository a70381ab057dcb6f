//! Dropout (Srivastava et al., JMLR 2014) from named streams.

use burn::tensor::{Tensor, TensorData};
use harness::contract::seed::Root;
use rand::Rng;
use rayon::prelude::*;

/// Values that share a stream.
const BLOCK: usize = 1 << 16;

/// Dropout in one training step.
#[derive(Debug)]
pub struct Dropout<'a> {
    share: f64,
    random: &'a Root,
    step: usize,
    layer: usize,
}

impl<'a> Dropout<'a> {
    /// Drops this share of the values, at least 0 and below 1.
    pub fn new(share: f64, random: &'a Root, step: usize) -> Self {
        Self { share, random, step, layer: 0 }
    }

    /// Sets values to 0 by chance and scales the others, so that means stay. Every call draws anew.
    pub fn apply<const D: usize>(&mut self, values: Tensor<D>) -> Tensor<D> {
        self.layer += 1;
        if self.share == 0.0 {
            return values;
        }
        let shape = values.dims();
        let mask =
            Tensor::from_data(TensorData::new(self.mask(shape.iter().product()), shape), &values.device());
        values * mask
    }

    fn mask(&self, count: usize) -> Vec<f32> {
        let threshold = (self.share * 65_536.0).round() as u32;
        let kept = (1.0 / (1.0 - self.share)) as f32;
        let mut mask = vec![0.0; count];
        mask.par_chunks_mut(BLOCK).enumerate().for_each(|(block, mask)| {
            let item = format!("{}/{}/{block}", self.step, self.layer);
            let mut stream = self.random.stream("dropout", &item);
            for pair in mask.chunks_mut(2) {
                let draw = stream.next_u32();
                for (value, draw) in pair.iter_mut().zip([draw & 0xffff, draw >> 16]) {
                    *value = if draw < threshold { 0.0 } else { kept };
                }
            }
        });
        mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fifth_is_dropped_and_the_mean_stays() {
        let random = Root::new(0, "toy", "toy");
        let mask = |step: usize| Dropout::new(0.2, &random, step).mask(200_001);
        let values = mask(0);
        let dropped = values.iter().filter(|value| **value == 0.0).count() as f64 / values.len() as f64;
        let mean = values.iter().map(|value| f64::from(*value)).sum::<f64>() / values.len() as f64;
        assert!((dropped - 0.2).abs() < 0.005 && (mean - 1.0).abs() < 0.005, "{dropped} {mean}");
        assert_eq!(values, mask(0));
        assert_ne!(values, mask(1));
    }
}
