//! The generator: a latent vector to a picture, through residual blocks that double its size.

use super::norm::{Norm, Over};
use crate::kernel::conv2d;
use crate::layer::{Convolution, Init, Linear};
use burn::module::{Module, Param};
use burn::tensor::Tensor;
use burn::tensor::module::interpolate;
use burn::tensor::ops::{InterpolateMode, InterpolateOptions};

/// Channels after the four blocks in multiples of the width.
const WIDTHS: [usize; 4] = [8, 4, 2, 1];

/// `G`.
#[derive(Module, Debug)]
pub struct Generator {
    first: Linear,
    blocks: Vec<Up>,
    norm: Norm,
    last: Convolution,
    #[module(skip)]
    start: [usize; 3],
}

/// `conv(relu(norm(conv(upsample(relu(norm(x))))))) + conv1x1(upsample(x))`.
#[derive(Module, Debug)]
struct Up {
    norms: Vec<Norm>,
    /// `[out, in, 3, 3]`, without bias: normalisation follows.
    first: Param<Tensor<4>>,
    second: Convolution,
    shortcut: Convolution,
}

fn upsample(features: Tensor<4>) -> Tensor<4> {
    interpolate(features, InterpolateOptions::new(InterpolateMode::Nearest).with_scale_factor([2.0; 2]))
}

impl Up {
    fn new(init: &Init<'_>, input: usize, output: usize) -> Self {
        let norm = |(index, channels)| Norm::new(&init.at("norms").at(index), channels, Over::Batch);
        Self {
            norms: [input, output].into_iter().enumerate().map(norm).collect(),
            first: Convolution::new(&init.at("first"), input, output, 3).weight,
            second: Convolution::new(&init.at("second"), output, output, 3),
            shortcut: Convolution::new(&init.at("shortcut"), input, output, 1),
        }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let inner = conv2d(upsample(self.norms[0].forward(input.clone())), self.first.val(), 1, 1);
        // A 1x1 convolution and doubling commute; the smaller map is cheaper.
        self.second.forward(self.norms[1].forward(inner)) + upsample(self.shortcut.forward(input))
    }
}

impl Generator {
    /// From `latent` numbers to pictures of `side` pixels, a multiple of 16; `width` is 64 as published.
    pub fn new(init: &Init<'_>, latent: usize, width: usize, side: usize) -> Self {
        let start = [WIDTHS[0] * width, side / 16, side / 16];
        let mut input = start[0];
        let block = |(index, multiple)| {
            let block = Up::new(&init.at("blocks").at(index), input, multiple * width);
            input = multiple * width;
            block
        };
        Self {
            first: Linear::new(&init.at("first"), latent, start.iter().product()),
            blocks: WIDTHS.into_iter().enumerate().map(block).collect(),
            norm: Norm::new(&init.at("norm"), width, Over::Batch),
            last: Convolution::new(&init.at("last"), width, 3, 3),
            start,
        }
    }

    /// `[batch, latent]` to pictures `[batch, 3, side, side]`, -1 to 1.
    pub fn forward(&self, latent: Tensor<2>) -> Tensor<4> {
        let ([batch, _], [channels, height, width]) = (latent.dims(), self.start);
        let start = self.first.forward(latent).reshape([batch, channels, height, width]);
        let features = self.blocks.iter().fold(start, |features, block| block.forward(features));
        self.last.forward(self.norm.forward(features)).tanh()
    }

    /// The trained generator on a plain device, with normalisation by constants.
    pub fn settle(&self) -> Self {
        let mut plain = self.valid();
        for block in &mut plain.blocks {
            block.norms = std::mem::take(&mut block.norms).into_iter().map(Norm::settle).collect();
        }
        plain.norm = plain.norm.settle();
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use harness::contract::seed::Root;

    impl Generator {
        /// One that generates grey whatever it is given.
        pub fn silenced(mut self) -> Self {
            let width = self.last.weight.dims()[1];
            self.last = Convolution::zero(&Init::blank(&self.last.weight.val().device()), width, 3, 3);
            self
        }
    }

    #[test]
    fn the_published_one_has_eight_and_a_half_million_parameters() {
        let generator = Generator::new(&Init::blank(&Device::flex()), 128, 64, 64);
        assert!((8.45e6..8.6e6).contains(&(generator.num_params() as f64)), "{}", generator.num_params());
    }

    #[test]
    fn settled_it_generates_the_same() {
        let device = Device::flex().autodiff();
        let generator = Generator::new(&Init::random(&Root::new(0, "", ""), &device), 4, 2, 32);
        let latent = Tensor::from_data([[0.1, -1.0, 0.5, 2.0], [1.0, 0.0, -0.5, 0.3]], &device);
        // Moves the running statistics.
        assert_eq!(generator.forward(latent.clone()).dims(), [2, 3, 32, 32]);
        let plain = generator.valid().forward(latent.clone().inner());
        let settled = generator.settle().train().forward(latent).inner();
        assert!((plain - settled).abs().max().into_scalar::<f32>() < 1e-5);
    }
}
