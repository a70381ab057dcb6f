//! A frozen chain of 3x3 convolutions and poolings, and the gradient of what it computes.
//!
//! Localisation by gradients needs them with respect to the picture only, and guided back-propagation alters
//! them at every ReLU, so they are computed here layer by layer instead of by automatic differentiation.

use crate::kernel::{Epilogue, conv2d_frozen};
use burn::tensor::module::{max_pool2d, max_pool2d_with_indices, max_pool2d_with_indices_backward};
use burn::tensor::ops::{ConvOptions, MaxPoolOptions};
use burn::tensor::{Tensor, activation};

/// 3x3 convolution, then ReLU.
#[derive(Clone, Debug)]
pub struct Filter {
    /// `[out, in, 3, 3]`.
    pub weight: Tensor<4>,
    /// `[out]`.
    pub bias: Tensor<1>,
}

/// How a gradient passes a ReLU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backward {
    /// Where the output is above 0.
    Plain,
    /// Where output *and* gradient are above 0 (Springenberg et al., "Striving for Simplicity", ICLR 2015).
    Guided,
}

/// Blocks of filters, each followed by the maximum of 2x2 positions, on a plain device.
#[derive(Clone, Debug)]
pub struct Chain {
    /// In order.
    pub blocks: Vec<Vec<Filter>>,
}

fn halving() -> MaxPoolOptions<2> {
    MaxPoolOptions { stride: [2; 2], ..MaxPoolOptions::new([2; 2]) }
}

/// Halves height and width.
pub fn pool(input: Tensor<4>) -> Tensor<4> {
    max_pool2d(input, halving())
}

fn convolved(input: Tensor<4>, weight: &Tensor<4>, bias: &Tensor<1>, epilogue: Epilogue) -> Tensor<4> {
    conv2d_frozen(input, weight, bias, &ConvOptions::new([1; 2], [1; 2], [1; 2], 1), epilogue)
}

impl Filter {
    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        convolved(input, &self.weight, &self.bias, Epilogue::relu())
    }

    /// From the gradient of `output` to that of the input.
    fn backward(&self, output: Tensor<4>, gradient: Tensor<4>, rule: Backward) -> Tensor<4> {
        let gradient = match rule {
            Backward::Plain => gradient,
            Backward::Guided => activation::relu(gradient),
        };
        let gradient = gradient * output.greater_elem(0.0).float();
        // The gradient of a convolution is a convolution with the mirrored kernels.
        let mirrored = self.weight.clone().swap_dims(0, 1).flip([2, 3]);
        let bias = Tensor::zeros([mirrored.dims()[0]], &mirrored.device());
        convolved(gradient, &mirrored, &bias, Epilogue::nothing())
    }
}

/// From the gradient of a pooling's output to that of its input.
fn unpool(input: Tensor<4>, gradient: Tensor<4>) -> Tensor<4> {
    let (_, indices) = max_pool2d_with_indices(input.clone(), halving());
    max_pool2d_with_indices_backward(input, [2; 2], [2; 2], [0; 2], [1; 2], false, gradient, indices)
}

impl Chain {
    /// The outputs of all poolings for `[batch, channels, height, width]`, finest first.
    pub fn taps(&self, input: Tensor<4>) -> Vec<Tensor<4>> {
        let mut output = input;
        let tap = |block: &Vec<Filter>| {
            output = pool(block.iter().fold(output.clone(), |output, filter| filter.forward(output)));
            output.clone()
        };
        self.blocks.iter().map(tap).collect()
    }

    /// The gradient with respect to `input` of a function whose gradients with respect to the taps are
    /// `of_taps`; `None` where it does not depend on a tap.
    pub fn gradient(&self, input: Tensor<4>, of_taps: Vec<Option<Tensor<4>>>, rule: Backward) -> Tensor<4> {
        // Per block the outputs of all its filters.
        let mut start = input.clone();
        let outputs = |block: &Vec<Filter>| {
            let mut outputs = Vec::with_capacity(block.len());
            for filter in block {
                outputs.push(filter.forward(outputs.last().unwrap_or(&start).clone()));
            }
            start = pool(outputs.last().unwrap_or(&start).clone());
            outputs
        };
        let values: Vec<Vec<Tensor<4>>> = self.blocks.iter().map(outputs).collect();
        let mut gradient: Option<Tensor<4>> = None;
        for ((block, outputs), of_tap) in self.blocks.iter().zip(values).zip(of_taps).rev() {
            gradient = match (gradient, of_tap) {
                (Some(later), Some(here)) => Some(later + here),
                (later, here) => later.or(here),
            };
            let last = outputs.last().cloned();
            gradient = gradient.zip(last).map(|(gradient, last)| unpool(last, gradient));
            for (filter, output) in block.iter().zip(outputs).rev() {
                gradient = gradient.map(|gradient| filter.backward(output, gradient, rule));
            }
        }
        gradient.unwrap_or_else(|| input.zeros_like())
    }
}

#[cfg(test)]
mod tests {
    use super::super::pattern::pattern;
    use super::*;
    use burn::tensor::Device;

    fn chain() -> Chain {
        let filter = |output, input, seed| Filter {
            weight: pattern([output, input, 3, 3], seed),
            bias: Tensor::full([output], 0.1, &Device::flex()),
        };
        Chain { blocks: vec![vec![filter(4, 2, 1), filter(4, 4, 5)], vec![filter(3, 4, 2)]] }
    }

    /// The sum of the squares of both taps, differentiated by hand and by the framework.
    #[test]
    fn the_plain_gradient_is_the_frameworks() {
        let (chain, input) = (chain(), pattern([2, 2, 8, 8], 3));
        let of_taps = chain.taps(input.clone()).into_iter().map(|tap| Some(tap * 2.0)).collect();
        let by_hand = chain.gradient(input.clone(), of_taps, Backward::Plain);
        let leaf = input.autodiff().require_grad();
        let mut x = leaf.clone();
        let mut total = Tensor::zeros([1], &x.device());
        for block in &chain.blocks {
            for Filter { weight, bias } in block {
                let bias = bias.clone().autodiff().reshape([1, -1, 1, 1]);
                x = activation::relu(crate::kernel::conv2d(x, weight.clone().autodiff(), 1, 1) + bias);
            }
            x = pool(x);
            total = total + x.clone().square().sum();
        }
        let gradients = total.backward();
        let expected = leaf.grad(&gradients).unwrap();
        let difference = (by_hand.clone() - expected).abs().max().into_scalar::<f32>();
        let size = by_hand.abs().max().into_scalar::<f32>();
        assert!(size > 0.1 && difference < 1e-4 * size, "{difference} of {size}");
    }

    #[test]
    fn guided_gradients_do_not_pass_where_they_are_negative() {
        let (chain, input) = (chain(), pattern([1, 2, 8, 8], 4));
        let negative = chain.taps(input.clone()).into_iter().map(|tap| Some(tap.neg() - 1.0)).collect();
        let gradient = chain.gradient(input, negative, Backward::Guided);
        assert_eq!(gradient.abs().max().into_scalar::<f32>(), 0.0);
    }
}
