//! VGG-16 without batch normalisation (Simonyan & Zisserman, "Very Deep Convolutional Networks for Large-Scale
//! Image Recognition", ICLR 2015) in torchvision's layout, without its classifier.
//!
//! Its feature maps of interest are the outputs of its five poolings, at strides 2 to 32, so it is no
//! [`Backbone`](super::Backbone) in three stages; only KDAD uses it.

use super::{Parameters, backbone, published};
use crate::layer::{Chain, Filter};
use burn::tensor::{Device, Tensor, TensorData};

/// Its name among backbones.
pub const NAME: &str = "vgg16";

/// Output channels of the convolutions before each pooling.
const BLOCKS: [&[usize]; 5] = [&[64; 2], &[128; 2], &[256; 3], &[512; 3], &[512; 3]];

/// Channels after each pooling.
pub const CHANNELS: [usize; 5] = [64, 128, 256, 512, 512];

/// The frozen network.
fn network(parameters: &mut Parameters, device: &Device) -> Chain {
    let (mut input, mut index) = (3, 0);
    let mut block = |widths: &&[usize]| {
        let mut filter = |&output: &usize| {
            let shape = [output, input, 3, 3];
            // torchvision numbers convolutions, activations and poolings together.
            let weight = parameters.convolution(&format!("features.{index}.weight"), shape);
            let bias = parameters.vector(&format!("features.{index}.bias"), output, 0.0);
            (input, index) = (output, index + 2);
            Filter {
                weight: Tensor::from_data(TensorData::new(weight, shape), device),
                bias: Tensor::from_data(TensorData::new(bias, [output]), device),
            }
        };
        let filters = widths.iter().map(&mut filter).collect();
        index += 1;
        filters
    };
    Chain { blocks: BLOCKS.iter().map(&mut block).collect() }
}

backbone! {
    Chain {
        name: NAME,
        summary: "VGG-16 without batch normalisation, torchvision's first ImageNet weights; for kdad alone",
        source: "Simonyan & Zisserman, ICLR 2015",
        weights_file: "vgg16-397923af.pth",
        resource: Some(&published::VGG16),
        build: |p, d| network(p, d),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_taps_have_strides_2_to_32() {
        let network = network(&mut Parameters::random(0), &Device::flex());
        let taps = network.taps(Tensor::zeros([1, 3, 32, 32], &Device::flex()));
        for ((tap, channels), side) in taps.iter().zip(CHANNELS).zip([16, 8, 4, 2, 1]) {
            assert_eq!(tap.dims(), [1, channels, side, side]);
        }
        assert_eq!(network.blocks.concat().len(), 13);
    }
}
