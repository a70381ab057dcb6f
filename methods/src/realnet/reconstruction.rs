//! Reconstruction of one feature map by a U-Net (Ronneberger et al., MICCAI 2015) in the form diffusion models
//! use, without their time embedding.

use super::block::{Attention, Residual};
use super::resample::{Doubling, Halving};
use crate::layer::{Convolution, GroupNorm, Init};
use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::activation::silu;

/// Channels at full, half and quarter size in multiples of the width.
const MULTIPLES: [usize; 3] = [1, 2, 4];
/// Residual blocks on the way down at each size; one more on the way up, which joins a skip connection.
const DEPTH: usize = 2;
/// Groups of the normalisations.
const GROUPS: usize = 32;

/// A U-Net whose last convolution is 0 at first, so that it begins by reconstructing nothing.
#[derive(Module, Debug)]
pub struct Reconstruction {
    first: Convolution,
    down: Vec<Stage>,
    middle: Vec<Stage>,
    up: Vec<Stage>,
    norm: GroupNorm,
    last: Convolution,
}

/// A residual block, attention where there is some, and a change of size where there is one.
#[derive(Module, Debug)]
struct Stage {
    residual: Residual,
    attention: Option<Attention>,
    halve: Option<Halving>,
    double: Option<Doubling>,
}

impl Stage {
    fn new(init: &Init<'_>, input: usize, output: usize, attends: bool) -> Self {
        Self {
            residual: Residual::new(&init.at("residual"), input, output, GROUPS),
            attention: attends.then(|| Attention::new(&init.at("attention"), output, GROUPS)),
            halve: None,
            double: None,
        }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let output = self.residual.forward(input);
        match &self.attention {
            Some(attention) => attention.forward(output),
            None => output,
        }
    }
}

impl Reconstruction {
    /// For `channels` channels; `width` is half of them as published.
    pub fn new(init: &Init<'_>, channels: usize, width: usize) -> Self {
        let levels = MULTIPLES.len();
        let (mut down, mut skips, mut input) = (Vec::new(), vec![width], width);
        for (level, multiple) in MULTIPLES.into_iter().enumerate() {
            for repeat in 0..DEPTH {
                let init = init.at("down").at(down.len());
                let mut stage = Stage::new(&init, input, multiple * width, level > 0);
                input = multiple * width;
                skips.push(input);
                if repeat + 1 == DEPTH && level + 1 < levels {
                    stage.halve = Some(Halving::new(&init.at("halve"), input, GROUPS));
                    skips.push(input);
                }
                down.push(stage);
            }
        }
        let middle = (0..2).map(|index| Stage::new(&init.at("middle").at(index), input, input, index == 0));
        let middle = middle.collect();
        let mut up = Vec::new();
        for (level, multiple) in MULTIPLES.into_iter().enumerate().rev() {
            for repeat in 0..=DEPTH {
                let init = init.at("up").at(up.len());
                let joined = input + skips.pop().unwrap_or(0);
                let mut stage = Stage::new(&init, joined, multiple * width, level > 0);
                input = multiple * width;
                stage.double =
                    (repeat == DEPTH && level > 0).then(|| Doubling::new(&init.at("double"), input, GROUPS));
                up.push(stage);
            }
        }
        Self {
            first: Convolution::new(&init.at("first"), channels, width, 3),
            down,
            middle,
            up,
            norm: GroupNorm::new(init, width, GROUPS),
            last: Convolution::zero(init, width, channels, 3),
        }
    }

    /// `[batch, channels, height, width]` to the same shape.
    pub fn forward(&self, features: Tensor<4>) -> Tensor<4> {
        let mut output = self.first.forward(features);
        let mut skips = vec![output.clone()];
        for stage in &self.down {
            output = stage.forward(output);
            skips.push(output.clone());
            if let Some(halve) = &stage.halve {
                output = halve.forward(output);
                skips.push(output.clone());
            }
        }
        output = self.middle.iter().fold(output, |output, stage| stage.forward(output));
        for stage in &self.up {
            if let Some(skip) = skips.pop() {
                // Odd sizes come back one larger than they were.
                let [_, _, height, width] = skip.dims();
                output = Tensor::cat(vec![output.narrow(2, 0, height).narrow(3, 0, width), skip], 1);
            }
            output = stage.forward(output);
            if let Some(double) = &stage.double {
                output = double.forward(output);
            }
        }
        self.last.forward(silu(self.norm.forward(output)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use harness::contract::seed::Root;

    #[test]
    fn an_untrained_one_reconstructs_nothing_at_any_size() {
        let device = Device::flex();
        let root = Root::new(0, "", "");
        let network = Reconstruction::new(&Init::random(&root, &device), 6, 4);
        for side in [1, 2, 5, 8] {
            let output = network.forward(Tensor::ones([2, 6, side, side], &device));
            assert_eq!(output.dims(), [2, 6, side, side]);
            assert_eq!(output.abs().max().into_scalar::<f32>(), 0.0);
        }
    }

    /// What the paper's authors count, and `tests/reference/realnet.py`.
    #[test]
    fn the_published_network_has_518_million_parameters_in_four_scales() {
        let count =
            |width: usize| Reconstruction::new(&Init::blank(&Device::flex()), 2 * width, width).num_params();
        // A count is a w^2 + b w: two narrow networks give both factors, a third one checks them.
        let (one, two) = (count(1), count(2));
        let square = (two - 2 * one) / 2;
        let of = |width: usize| square * width * width + (one - square) * width;
        assert_eq!(of(8), count(8));
        // Of 256, 512, 512 and 256 channels.
        assert_eq!(2 * (of(128) + of(256)), 518_236_160);
    }
}
