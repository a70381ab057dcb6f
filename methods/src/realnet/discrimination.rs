//! Reconstruction residual selection (RRS) and the head that finds anomalies in what is selected.

use crate::device;
use crate::kernel::{Epilogue, conv2d};
use crate::layer::{BatchNorm, Convolution, Init};
use burn::module::{Module, Param};
use burn::tensor::activation::{relu, silu};
use burn::tensor::module::interpolate;
use burn::tensor::ops::{InterpolateMode, InterpolateOptions};
use burn::tensor::{Int, Tensor, TensorData};
use harness::contract::error::DetectorError;

/// Added to variances of the ranking; PyTorch's default.
const EPSILON: f64 = 1e-5;
/// Share of the newest batch in the ranking's running averages.
const MOMENTUM: f64 = 0.9;

/// `[batch, channels, height, width]` at another size, corner on corner.
pub fn resize(input: Tensor<4>, side: usize) -> Tensor<4> {
    let options = InterpolateOptions::new(InterpolateMode::Bilinear).with_align_corners(true);
    interpolate(input, options.with_output_size([side; 2]))
}

/// `norm(conv1x1(relu(conv3x3(relu(x))))) + x`, its convolutions without bias.
#[derive(Module, Debug)]
struct Residual {
    /// `[channels, channels, 3, 3]`.
    wide: Param<Tensor<4>>,
    /// `[channels, channels, 1, 1]`.
    narrow: Param<Tensor<4>>,
    norm: BatchNorm,
}

impl Residual {
    fn new(init: &Init<'_>, channels: usize) -> Self {
        let convolution = |name: &str, side: usize| {
            let bound = 1.0 / ((channels * side * side) as f64).sqrt();
            init.at(name).uniform([channels, channels, side, side], bound)
        };
        Self {
            wide: convolution("wide", 3),
            narrow: convolution("narrow", 1),
            norm: BatchNorm::new(&init.at("norm"), channels),
        }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let inner = conv2d(relu(input.clone()), self.wide.val(), 1, 1);
        let inner = conv2d(relu(inner), self.narrow.val(), 1, 0);
        self.norm.forward(inner, Epilogue::nothing()) + input
    }
}

/// Ranks residuals, and turns the highest into anomaly maps.
#[derive(Module, Debug)]
pub struct Discrimination {
    ranking: BatchNorm,
    blocks: Vec<Residual>,
    convolutions: Vec<Convolution>,
    /// Residuals kept for their maximum, and as many for their mean.
    #[module(skip)]
    kept: usize,
}

impl Discrimination {
    /// For `channels` residuals, of which a sixth is kept for the maximum and a sixth for the mean: 256 of 1536, as
    /// published.
    pub fn new(init: &Init<'_>, channels: usize) -> Self {
        let kept = (channels / 6).max(1);
        let block = |index| Residual::new(&init.at("blocks").at(index), 2 * kept);
        let widths = [2 * kept, 128, 32, 8, 4, 2];
        let convolution = |(index, pair): (usize, &[usize])| {
            Convolution::new(&init.at("convolutions").at(index), pair[0], pair[1], 3)
        };
        Self {
            ranking: BatchNorm::unscaled(init, channels, EPSILON, MOMENTUM),
            blocks: (0..2).map(block).collect(),
            convolutions: widths.windows(2).enumerate().map(convolution).collect(),
            kept,
        }
    }

    /// Logits `[batch, 2, side, side]`, normal first, for residuals `[batch, channels, side / 4, side / 4]`.
    ///
    /// # Errors
    /// When the device fails.
    pub fn forward(&self, residuals: Tensor<4>, side: usize) -> Result<Tensor<4>, DetectorError> {
        let normalised = self.ranking.forward(residuals.clone().detach(), Epilogue::nothing());
        let selected = highest(residuals, normalised, self.kept)?;
        let [_, _, height, _] = selected.dims();
        let mut output = self.blocks.iter().fold(selected, |features, block| block.forward(features));
        for (index, convolution) in self.convolutions.iter().enumerate() {
            output = convolution.forward(output);
            match index {
                2 => output = resize(silu(output), 2 * height),
                4 => {}
                _ => output = silu(output),
            }
        }
        Ok(resize(output, side))
    }
}

/// For each picture by itself: the `count` channels of `residuals` whose normalised values have the highest maximum,
/// then those with the highest mean, each in the order of their rank.
fn highest(residuals: Tensor<4>, normalised: Tensor<4>, count: usize) -> Result<Tensor<4>, DetectorError> {
    let [batch, channels, height, width] = residuals.dims();
    let normalised = device::download(normalised)?;
    let planes: Vec<&[f32]> = normalised.chunks_exact(height * width).collect();
    let maximum = |plane: &[f32]| plane.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mean = |plane: &[f32]| plane.iter().sum::<f32>() / plane.len() as f32;
    let ranked = |planes: &[&[f32]], by: &dyn Fn(&[f32]) -> f32| {
        let values: Vec<f32> = planes.iter().map(|plane| by(plane)).collect();
        let mut order: Vec<usize> = (0..planes.len()).collect();
        order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
        order.truncate(count);
        order
    };
    let of_picture = |(picture, planes): (usize, &[&[f32]])| {
        let order = [ranked(planes, &maximum), ranked(planes, &mean)].concat();
        let order: Vec<i32> = order.into_iter().map(|channel| channel as i32).collect();
        let length = order.len();
        let order = Tensor::<1, Int>::from_data(TensorData::new(order, [length]), &residuals.device());
        residuals.clone().narrow(0, picture, 1).select(1, order)
    };
    debug_assert_eq!(planes.len(), batch * channels);
    Ok(Tensor::cat(planes.chunks_exact(channels).enumerate().map(of_picture).collect(), 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn each_picture_selects_its_own_channels_in_the_order_of_their_rank() {
        let device = Device::flex();
        // Channel 0 has the highest peak of the first picture, channel 1 the highest mean; the second is the reverse.
        let residuals = Tensor::from_data(
            [[[[9.0, 0.0]], [[6.0, 6.0]], [[1.0, 1.0]]], [[[6.0, 6.0]], [[9.0, 0.0]], [[1.0, 1.0]]]],
            &device,
        );
        let values = |count| {
            let selected: Tensor<4> = highest(residuals.clone(), residuals.clone(), count).unwrap();
            selected.try_to_vec_as::<f32>().unwrap()
        };
        assert_eq!(values(1), [9.0, 0.0, 6.0, 6.0, 9.0, 0.0, 6.0, 6.0]);
        assert_eq!(values(2)[..8], [9.0, 0.0, 6.0, 6.0, 6.0, 6.0, 9.0, 0.0]);
    }

    #[test]
    fn the_published_head_has_nearly_six_million_parameters() {
        let head = Discrimination::new(&Init::blank(&Device::flex()), 1536);
        assert!((5.85e6..5.95e6).contains(&(head.num_params() as f64)), "{}", head.num_params());
        assert_eq!(head.kept, 256);
    }
}
