//! The cloner: VGG-16's layout with narrow layers in between, so that it can imitate normal pictures only.

use crate::kernel::{Epilogue, conv2d};
use crate::layer::{BatchNorm, Chain, Filter, Init, pool};
use burn::module::{Module, Param};
use burn::tensor::Tensor;
use burn::tensor::activation::relu;

/// Output channels of the convolutions before each pooling. The last of a block has the teacher's.
const BLOCKS: [&[usize]; 5] = [&[16, 16], &[16, 128], &[16, 16, 256], &[16, 16, 512], &[16, 16, 512]];

/// A student of VGG-16. The first pooling's output is not compared, so its channels are free.
#[derive(Module, Debug)]
pub struct Cloner {
    blocks: Vec<Block>,
}

#[derive(Module, Debug)]
struct Block {
    layers: Vec<Layer>,
}

/// 3x3 convolution without bias, batch normalisation unless a pooling follows, ReLU.
#[derive(Module, Debug)]
struct Layer {
    /// `[out, in, 3, 3]`.
    weight: Param<Tensor<4>>,
    norm: Option<BatchNorm>,
}

impl Cloner {
    /// With Xavier-uniform weights.
    pub fn new(init: &Init<'_>) -> Self {
        let mut input = 3;
        let mut layer = |init: Init<'_>, output: usize, last: bool| {
            let weight = init.at("weight").xavier([output, input, 3, 3], 1.0);
            input = output;
            Layer { weight, norm: (!last).then(|| BatchNorm::new(&init.at("norm"), output)) }
        };
        let mut block = |(index, widths): (usize, &&[usize])| {
            let place = |layer: usize| init.at("blocks").at(index).at("layers").at(layer);
            let layers = widths.iter().enumerate();
            let layers = layers.map(|(at, &width)| layer(place(at), width, at + 1 == widths.len())).collect();
            Block { layers }
        };
        Self { blocks: BLOCKS.iter().enumerate().map(&mut block).collect() }
    }

    /// The outputs of all poolings for pictures `[batch, 3, height, width]` on a differentiating device.
    pub fn taps(&self, pictures: Tensor<4>) -> Vec<Tensor<4>> {
        let mut features = pictures;
        let block = |block: &Block| {
            let end = block.layers.iter().fold(features.clone(), |features, layer| layer.forward(features));
            features = pool(end);
            features.clone()
        };
        self.blocks.iter().map(block).collect()
    }

    /// The trained network with normalisation folded into its convolutions. It must live on a plain device.
    pub fn chain(&self) -> Chain {
        let filters = |block: &Block| block.layers.iter().map(Layer::filter).collect();
        Chain { blocks: self.blocks.iter().map(filters).collect() }
    }
}

impl Layer {
    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let convolved = conv2d(input, self.weight.val(), 1, 1);
        match &self.norm {
            Some(norm) => norm.forward(convolved, Epilogue::relu()),
            None => relu(convolved),
        }
    }

    fn filter(&self) -> Filter {
        let weight = self.weight.val();
        let output = weight.dims()[0];
        match self.norm.as_ref().map(BatchNorm::affine) {
            Some([factor, bias]) => Filter { weight: weight * factor.reshape([output, 1, 1, 1]), bias },
            None => Filter { bias: Tensor::zeros([output], &weight.device()), weight },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backbone::vgg;
    use burn::tensor::Device;
    use harness::contract::seed::Root;

    #[test]
    fn it_has_eight_normalisations_and_344_thousand_parameters() {
        let cloner = Cloner::new(&Init::blank(&Device::flex()));
        let layers = cloner.blocks.iter().flat_map(|block| &block.layers);
        assert_eq!(layers.filter(|layer| layer.norm.is_some()).count(), 8);
        assert!(cloner.blocks.iter().all(|block| block.layers.last().unwrap().norm.is_none()));
        assert_eq!(cloner.num_params(), 343_984 + 2 * 8 * 16);
    }

    #[test]
    fn it_has_the_teachers_shapes_where_they_are_compared_and_is_the_same_when_frozen() {
        let device = Device::flex().autodiff();
        let cloner = Cloner::new(&Init::random(&Root::new(0, "", ""), &device));
        let picture = Tensor::full([1, 3, 64, 64], 0.5, &device);
        let trained = cloner.taps(picture.clone());
        for ((tap, channels), side) in trained.iter().zip(vgg::CHANNELS).zip([32, 16, 8, 4, 2]).skip(1) {
            assert_eq!(tap.dims(), [1, channels, side, side]);
        }
        let plain = cloner.valid();
        let frozen = plain.chain().taps(picture.clone().inner());
        for (frozen, tap) in frozen.into_iter().zip(plain.taps(picture.inner())) {
            assert!((frozen - tap).abs().max().into_scalar::<f32>() < 1e-5);
        }
    }
}
