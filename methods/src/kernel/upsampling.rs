//! Transposed convolution of side 2 and stride 2, on slices: every input pixel becomes a square of four, so
//! nothing overlaps and it is one matrix product and a rearrangement.

use super::matrix::{Matrix, Write, multiply};
use super::scratch::scratch;
use rayon::prelude::*;

/// The sizes of one doubling layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upsampling {
    /// Pictures.
    pub batch: usize,
    /// Channels in.
    pub input: usize,
    /// Channels out.
    pub output: usize,
    /// Height and width in.
    pub size: [usize; 2],
}

impl Upsampling {
    fn pixels(&self) -> usize {
        self.size.iter().product()
    }

    /// Values that one picture's product has: four per output channel and input pixel.
    fn spread(&self) -> usize {
        4 * self.output * self.pixels()
    }

    /// `input [batch, input, h, w]` and `weight [input, output, 2, 2]` to `[batch, output, 2 h, 2 w]`.
    pub fn forward(&self, input: &[f32], weight: &[f32]) -> Vec<f32> {
        let pixels = self.pixels();
        let weight = Matrix::new(weight, self.input, 4 * self.output, 4 * self.output).transposed();
        let mut result = vec![0.0; self.batch * self.spread()];
        let parallel = self.batch < rayon::current_num_threads();
        result.par_chunks_exact_mut(self.spread()).enumerate().for_each(|(picture, target)| {
            let input = Matrix::new(&input[picture * self.input * pixels..], self.input, pixels, pixels);
            scratch(self.spread(), |squares| {
                multiply((squares, pixels), weight, input, Write::Replace, parallel);
                self.rearrange(|spread, dense| target[dense] = squares[spread]);
            });
        });
        result
    }

    /// The gradient of the input, from that of the output.
    pub fn input_gradient(&self, gradient: &[f32], weight: &[f32]) -> Vec<f32> {
        let pixels = self.pixels();
        let weight = Matrix::new(weight, self.input, 4 * self.output, 4 * self.output);
        let mut result = vec![0.0; self.batch * self.input * pixels];
        let parallel = self.batch < rayon::current_num_threads();
        result.par_chunks_exact_mut(self.input * pixels).enumerate().for_each(|(picture, target)| {
            scratch(self.spread(), |squares| {
                self.gather(&gradient[picture * self.spread()..], squares);
                let squares = Matrix::new(squares, 4 * self.output, pixels, pixels);
                multiply((target, pixels), weight, squares, Write::Replace, parallel);
            });
        });
        result
    }

    /// The gradient of the weight, from that of the output.
    pub fn weight_gradient(&self, input: &[f32], gradient: &[f32]) -> Vec<f32> {
        let pixels = self.pixels();
        let mut result = vec![0.0; self.input * 4 * self.output];
        for picture in 0..self.batch {
            let input = Matrix::new(&input[picture * self.input * pixels..], self.input, pixels, pixels);
            scratch(self.spread(), |squares| {
                self.gather(&gradient[picture * self.spread()..], squares);
                let squares = Matrix::new(squares, 4 * self.output, pixels, pixels).transposed();
                multiply((&mut result, 4 * self.output), input, squares, Write::Add, true);
            });
        }
        result
    }

    fn gather(&self, gradient: &[f32], squares: &mut [f32]) {
        self.rearrange(|spread, dense| squares[spread] = gradient[dense]);
    }

    /// Calls `pair` with each index of `[output, 2, 2, h, w]` and the matching one of `[output, 2 h, 2 w]`.
    fn rearrange(&self, mut pair: impl FnMut(usize, usize)) {
        let [height, width] = self.size;
        for plane in 0..4 * self.output {
            let (channel, down, right) = (plane / 4, plane / 2 % 2, plane % 2);
            for row in 0..height {
                let spread = (plane * height + row) * width;
                let dense = ((channel * height + row) * 2 + down) * 2 * width + right;
                (0..width).for_each(|column| pair(spread + column, dense + 2 * column));
            }
        }
    }
}
