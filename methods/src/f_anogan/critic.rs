//! Critic and encoder: the same residual trunk, which halves a picture four times, under two heads.

use super::norm::{Norm, Over};
use super::signal::{Changing, Signal};
use crate::layer::{Convolution, Init, Linear};
use burn::module::{Module, Param};
use burn::tensor::Tensor;

/// Channels after the four blocks in multiples of the width.
const WIDTHS: [usize; 4] = [2, 4, 8, 8];

/// Pictures to features.
#[derive(Module, Debug)]
struct Trunk {
    first: Convolution,
    blocks: Vec<Down>,
}

/// `halve(conv(relu(norm(conv(relu(norm(x))))))) + conv1x1(halve(x))`.
#[derive(Module, Debug)]
struct Down {
    norms: Vec<Norm>,
    /// `[in, in, 3, 3]`, without bias: normalisation follows.
    first: Param<Tensor<4>>,
    second: Convolution,
    shortcut: Convolution,
}

impl Down {
    fn new(init: &Init<'_>, input: usize, output: usize, over: Over) -> Self {
        let norm = |index| Norm::new(&init.at("norms").at(index), input, over);
        Self {
            norms: (0..2).map(norm).collect(),
            first: Convolution::new(&init.at("first"), input, input, 3).weight,
            second: Convolution::new(&init.at("second"), input, output, 3),
            shortcut: Convolution::new(&init.at("shortcut"), input, output, 1),
        }
    }

    fn forward<S: Signal>(&self, input: S) -> S {
        let inner = input.clone().normalise(&self.norms[0]).convolve(&self.first, None);
        let inner = convolved(inner.normalise(&self.norms[1]), &self.second).halve();
        inner.plus(convolved(input.halve(), &self.shortcut))
    }
}

fn convolved<S: Signal>(input: S, layer: &Convolution) -> S {
    input.convolve(&layer.weight, Some(&layer.bias))
}

impl Trunk {
    fn new(init: &Init<'_>, width: usize, over: Over) -> Self {
        let mut input = width;
        let block = |(index, multiple)| {
            let block = Down::new(&init.at("blocks").at(index), input, multiple * width, over);
            input = multiple * width;
            block
        };
        Self {
            first: Convolution::new(&init.at("first"), 3, width, 3),
            blocks: WIDTHS.into_iter().enumerate().map(block).collect(),
        }
    }

    fn forward<S: Signal>(&self, pictures: S) -> S {
        let start = convolved(pictures, &self.first);
        self.blocks.iter().fold(start, |features, block| block.forward(features))
    }
}

/// Length of the features of pictures of `side` pixels.
fn length(width: usize, side: usize) -> usize {
    WIDTHS[3] * width * (side / 16) * (side / 16)
}

/// `D`: how real a picture looks, without bound, and the features it judges by.
#[derive(Module, Debug)]
pub struct Critic {
    trunk: Trunk,
    last: Linear,
}

impl Critic {
    /// For pictures of `side` pixels, a multiple of 16; `width` is 64 as published.
    pub fn new(init: &Init<'_>, width: usize, side: usize) -> Self {
        Self {
            trunk: Trunk::new(&init.at("trunk"), width, Over::Picture),
            last: Linear::new(&init.at("last"), length(width, side), 1),
        }
    }

    /// `f`: `[batch, 3, side, side]` to `[batch, features]`.
    pub fn features(&self, pictures: Tensor<4>) -> Tensor<2> {
        self.trunk.forward(pictures).flatten(1, 3)
    }

    /// `[batch, 3, side, side]` to `[batch]`.
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<1> {
        self.last.forward(self.features(pictures)).squeeze_dim(1)
    }

    /// How fast the judgement of `points` grows when they move in `direction`: `grad D(x) . u`, both
    /// `[batch, 3, side, side]`, to `[batch]`. Its derivative with respect to the critic's parameters is exact.
    pub fn slope(&self, points: Tensor<4>, direction: Tensor<4>) -> Tensor<1> {
        let features = self.trunk.forward(Changing { value: points, change: direction });
        let change: Tensor<2> = features.change.flatten(1, 3);
        change.matmul(self.last.weight.val().transpose()).squeeze_dim(1)
    }
}

/// `E`: pictures to latent vectors.
#[derive(Module, Debug)]
pub struct Encoder {
    trunk: Trunk,
    last: Linear,
}

impl Encoder {
    /// For pictures of `side` pixels, a multiple of 16.
    pub fn new(init: &Init<'_>, latent: usize, width: usize, side: usize) -> Self {
        Self {
            trunk: Trunk::new(&init.at("trunk"), width, Over::Batch),
            last: Linear::new(&init.at("last"), length(width, side), latent),
        }
    }

    /// `[batch, 3, side, side]` to `[batch, latent]`, -1 to 1: narrower than the Gaussian that the generator
    /// learned from, as published.
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<2> {
        self.last.forward(self.trunk.forward(pictures).flatten(1, 3)).tanh()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use harness::contract::seed::Root;

    #[test]
    fn the_published_ones_have_seven_and_a_half_and_eight_and_a_half_million_parameters() {
        let device = Device::flex();
        let init = Init::blank(&device);
        let critic = Critic::new(&init, 64, 64).num_params() as f64;
        let encoder = Encoder::new(&init, 128, 64, 64).num_params() as f64;
        assert!((7.4e6..7.6e6).contains(&critic), "{critic}");
        assert!((8.4e6..8.6e6).contains(&encoder), "{encoder}");
    }

    #[test]
    fn the_critic_judges_each_picture_by_itself_and_codes_are_bounded() {
        let device = Device::flex().autodiff();
        let root = Root::new(0, "", "");
        let init = Init::random(&root, &device);
        let pictures: Tensor<4> =
            Tensor::cat([0.9, -0.4, 0.1].map(|value| Tensor::full([1, 3, 32, 32], value, &device)).into(), 0);
        let critic = Critic::new(&init.at("critic"), 2, 32);
        let together = critic.forward(pictures.clone());
        let alone = critic.forward(pictures.clone().narrow(0, 1, 1));
        assert!((together.narrow(0, 1, 1) - alone).abs().into_scalar::<f32>() < 1e-5);
        let codes = Encoder::new(&init.at("encoder"), 5, 2, 32).forward(pictures * 100.0);
        assert!(codes.abs().max().into_scalar::<f32>() <= 1.0);
    }

    /// Kinks and rounding are all that is between them.
    #[test]
    fn a_slope_is_the_limit_of_differences() {
        let device = Device::flex();
        let root = Root::new(0, "", "");
        let critic = Critic::new(&Init::random(&root, &device), 2, 16);
        let wave = |phase: f32| {
            let values: Vec<f32> = (0..2 * 3 * 256).map(|index| (index as f32 * 0.7 + phase).sin()).collect();
            Tensor::<1>::from_data(values.as_slice(), &device).reshape([2, 3, 16, 16])
        };
        let (points, direction) = (wave(0.0), wave(1.0) / 28.0);
        let slopes = critic.slope(points.clone(), direction.clone()).try_to_vec_as::<f32>().unwrap();
        let at = |share: f64| critic.forward(points.clone() + direction.clone() * share);
        let differences = ((at(0.01) - at(-0.01)) / 0.02).try_to_vec_as::<f32>().unwrap();
        for (slope, difference) in slopes.iter().zip(&differences) {
            assert!((slope - difference).abs() < 0.02 * slope.abs() + 1e-4, "{slopes:?} {differences:?}");
        }
    }
}
