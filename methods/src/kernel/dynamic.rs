//! Convolution whose kernel is a mixture chosen per picture, on slices: `sum_k share[b, k] kernel[k]`, made in
//! a buffer for one picture at a time and never stored.

use super::convolution::Convolution;
use super::normalisation::dot;
use super::scratch::scratch;
use super::slice_epilogue::SliceEpilogue;
use rayon::prelude::*;

/// A convolution of single pictures with mixtures of `kernels` kernels.
#[derive(Clone, Copy, Debug)]
pub struct Mixture {
    /// The convolution of one picture: `batch` is 1.
    pub one: Convolution,
    /// Pictures.
    pub batch: usize,
    /// Kernels.
    pub kernels: usize,
}

/// The gradients of a dynamic convolution.
#[derive(Debug)]
pub struct Gradients {
    /// Of the input.
    pub input: Vec<f32>,
    /// Of the shares `[batch, kernels]`.
    pub share: Vec<f32>,
    /// Of the kernels `[kernels, output, input, side, side]`.
    pub weight: Vec<f32>,
}

impl Mixture {
    fn pictures<'a>(&self, values: &'a [f32]) -> impl IndexedParallelIterator<Item = &'a [f32]> {
        values.par_chunks_exact(values.len() / self.batch)
    }

    /// `input [batch, input, h, w]`, `share [batch, kernels]` and `weight [kernels, output, input, side, side]`
    /// to `[batch, output, h', w']`.
    pub fn forward(&self, input: &[f32], share: &[f32], weight: &[f32]) -> Vec<f32> {
        let convolved = self.pictures(input).zip(self.pictures(share)).map(|(input, share)| {
            self.mixed(share, weight, |kernel| self.one.forward(input, kernel, SliceEpilogue::default()))
        });
        convolved.collect::<Vec<_>>().concat()
    }

    /// All gradients, from that of the output.
    pub fn gradients(&self, input: &[f32], share: &[f32], weight: &[f32], gradient: &[f32]) -> Gradients {
        let size = weight.len() / self.kernels;
        let mut result = Gradients { input: Vec::new(), share: Vec::new(), weight: vec![0.0; weight.len()] };
        let inputs = self.pictures(gradient).zip(self.pictures(share)).map(|(gradient, share)| {
            self.mixed(share, weight, |kernel| self.one.input_gradient(gradient, kernel))
        });
        result.input = inputs.collect::<Vec<_>>().concat();
        // One picture after the other: what they add to the kernels must not depend on the threads.
        for picture in 0..self.batch {
            let part = |values: &'_ [f32]| {
                let size = values.len() / self.batch;
                picture * size..(picture + 1) * size
            };
            let mixed = self.one.weight_gradient(&input[part(input)], &gradient[part(gradient)]);
            let share = &share[part(share)];
            let of_kernels = result.weight.par_chunks_exact_mut(size).zip(weight.par_chunks_exact(size));
            let of_shares = of_kernels.zip(share).map(|((target, kernel), share)| {
                target.iter_mut().zip(&mixed).for_each(|(target, value)| *target += share * value);
                dot(&mixed, kernel)
            });
            result.share.extend(of_shares.collect::<Vec<_>>());
        }
        result
    }

    /// Calls `work` with the kernel of one picture.
    fn mixed<T>(&self, share: &[f32], weight: &[f32], work: impl FnOnce(&[f32]) -> T) -> T {
        let size = weight.len() / self.kernels;
        scratch(size, |kernel| {
            kernel.fill(0.0);
            for (share, weight) in share.iter().zip(weight.chunks_exact(size)) {
                kernel.iter_mut().zip(weight).for_each(|(target, value)| *target += share * value);
            }
            work(kernel)
        })
    }
}
