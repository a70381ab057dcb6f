//! From feature maps to one vector per location.

use burn::tensor::Tensor;
use burn::tensor::module::{adaptive_avg_pool2d, interpolate, unfold4d};
use burn::tensor::ops::{InterpolateMode, InterpolateOptions, UnfoldOptions};

/// How a location is described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbourhood {
    /// Side of the neighbourhood in locations; odd. Beyond the map there are zeros.
    pub patch: usize,
    /// Values that are kept of each map's neighbourhood, and of all of them together.
    pub dimension: usize,
}

impl Neighbourhood {
    /// Describes each location of the first, finest, of these maps `[batch, channels, height, width]`:
    /// `[batch, height * width, dimension]`.
    ///
    /// The released code up-samples the coarse map's `patch * patch` values of every channel and averages
    /// them afterwards. Both are linear, one over space and one over channels, so here the average comes
    /// first, at a fraction of the memory.
    pub fn vectors(&self, maps: Vec<Tensor<4>>) -> Tensor<3> {
        let [_, _, height, width] = maps[0].dims();
        let layer = |map: Tensor<4>| {
            let [batch, _, own_height, own_width] = map.dims();
            let kept = self.pooled(map).reshape([batch, self.dimension, own_height, own_width]);
            let kept = if [own_height, own_width] == [height, width] {
                kept
            } else {
                let options = InterpolateOptions::new(InterpolateMode::Bilinear).with_align_corners(false);
                interpolate(kept, options.with_output_size([height, width]))
            };
            kept.flatten(2, 3)
        };
        let layers: Vec<Tensor<3>> = maps.into_iter().map(layer).collect();
        average_bins(Tensor::cat(layers, 1), self.dimension).swap_dims(1, 2)
    }

    /// The neighbourhoods of one map, channel-major, averaged to `dimension` values: `[batch, dimension,
    /// height * width]`.
    fn pooled(&self, map: Tensor<4>) -> Tensor<3> {
        let margin = self.patch / 2;
        let unfolded = unfold4d(map, [self.patch; 2], UnfoldOptions::new([1; 2], [margin; 2], [1; 2]));
        average_bins(unfolded, self.dimension)
    }
}

/// Adaptive average pooling of the middle dimension: `[batch, values, locations]` to `[batch, bins, locations]`.
/// Bin `i` averages the values from `floor(i * values / bins)` to `ceil((i + 1) * values / bins)`, so
/// neighbouring bins overlap where the lengths do not divide.
fn average_bins(values: Tensor<3>, bins: usize) -> Tensor<3> {
    let [batch, _, locations] = values.dims();
    adaptive_avg_pool2d(values.unsqueeze_dim::<4>(1), [bins, locations]).reshape([batch, bins, locations])
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    fn ramp(count: usize) -> Tensor<1> {
        let values: Vec<f32> = (0..count).map(|index| index as f32).collect();
        Tensor::from_data(values.as_slice(), &Device::flex())
    }

    fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.try_to_vec_as().unwrap()
    }

    #[test]
    fn bins_overlap_as_published() {
        // [0, 5) and [4, 9).
        assert_eq!(values(average_bins(ramp(9).reshape([1, 9, 1]), 2)), [2.0, 6.0]);
        // [0, 5), [4, 9), [9, 14), [13, 18).
        let bins = values(average_bins(ramp(4608).reshape([1, 4608, 1]), 1024));
        assert_eq!(bins[..4], [2.0, 6.0, 11.0, 15.0]);
    }

    /// Values of a map that no symmetry hides.
    fn map(channels: usize, side: usize, phase: f32) -> Tensor<4> {
        let count = 2 * channels * side * side;
        let values: Vec<f32> = (0..count).map(|index| (index as f32 * 0.7 + phase).sin()).collect();
        Tensor::<1>::from_data(values.as_slice(), &Device::flex()).reshape([2, channels, side, side])
    }

    /// The released order: unfold, up-sample every plane, average channels, pair layers.
    fn as_released(neighbourhood: Neighbourhood, maps: [Tensor<4>; 2]) -> Vec<f32> {
        let [fine, coarse] = maps;
        let [batch, _, side, _] = fine.dims();
        let options = UnfoldOptions::new([1; 2], [1; 2], [1; 2]);
        let unfold = |map: Tensor<4>| {
            let side = map.dims()[2];
            let planes = unfold4d(map, [3; 2], options.clone());
            let count = planes.dims()[1];
            planes.reshape([batch, count, side, side])
        };
        let upsample = InterpolateOptions::new(InterpolateMode::Bilinear)
            .with_align_corners(false)
            .with_output_size([side, side]);
        let layers = [unfold(fine), interpolate(unfold(coarse), upsample)]
            .map(|planes| average_bins(planes.flatten(2, 3), neighbourhood.dimension));
        values(average_bins(Tensor::cat(layers.to_vec(), 1), neighbourhood.dimension).swap_dims(1, 2))
    }

    #[test]
    fn averaging_before_up_sampling_changes_nothing() {
        let neighbourhood = Neighbourhood { patch: 3, dimension: 8 };
        let maps = || [map(5, 4, 0.0), map(8, 2, 1.0)];
        let ours = neighbourhood.vectors(maps().to_vec());
        assert_eq!(ours.dims(), [2, 16, 8]);
        let released = as_released(neighbourhood, maps());
        for (ours, released) in values(ours).into_iter().zip(released) {
            assert!((ours - released).abs() < 1e-6);
        }
    }

    #[test]
    fn equal_channels_are_plain_means_that_count_the_zeros_beyond_the_border() {
        let ones = Tensor::ones([1, 2, 3, 3], &Device::flex());
        let pooled = values(Neighbourhood { patch: 3, dimension: 2 }.pooled(ones));
        let expected = [4.0, 6.0, 4.0, 6.0, 9.0, 6.0, 4.0, 6.0, 4.0].map(|count: f32| count / 9.0);
        for (value, expected) in pooled.iter().zip(expected.iter().chain(&expected)) {
            assert!((value - expected).abs() < 1e-6);
        }
    }
}
