//! Frozen backbones: networks trained on ImageNet whose features other methods compare or store.
//!
//! A [`Backbone`] gives three feature maps at strides 4, 8 and 16, a [`TokenBackbone`] a token per patch. Batch normalisation is folded into
//! the convolutions when weights are loaded, and tensors live on a plain device, so no gradient is ever
//! recorded.

mod efficientnet_lite;
mod folded_conv;
mod load;
mod published;
pub mod resnet;
mod tokens;
mod tuned_weights;
pub mod vgg;
mod vit;
mod weights;

pub use folded_conv::FoldedConv;
pub(crate) use load::backbone;
pub use load::{Architecture, Form, Network, load};
pub use tokens::TokenBackbone;
pub use tuned_weights::TunedWeights;
pub use weights::Parameters;

use crate::layer::BlockKind;
use burn::tensor::Tensor;

/// Feature maps at strides 4, 8 and 16: three tensors `[batch, channels, height, width]`.
pub type Features = [Tensor<4>; 3];

/// A frozen network in three stages.
pub trait Backbone: Send + Sync {
    /// Channels of the three feature maps.
    fn channels(&self) -> [usize; 3];

    /// Runs one stage (0, 1 or 2). Stage 0 takes normalised pictures `[batch, 3, height, width]`, each
    /// later one the output of the one before, so that a method may alter features in between.
    fn stage(&self, index: usize, input: Tensor<4>) -> Tensor<4>;

    /// How a student mirrors this network.
    fn mirror(&self) -> Mirror;

    /// The same network with each layer replaced, in a fixed order, by what `change` makes of it. Nothing where
    /// weights cannot be trained.
    fn with_layers(&self, _change: &mut dyn FnMut(&FoldedConv) -> FoldedConv) -> Option<Box<dyn Backbone>> {
        None
    }

    /// All three feature maps of normalised pictures `[batch, 3, height, width]`.
    fn features(&self, pictures: Tensor<4>) -> Features {
        let fine = self.stage(0, pictures);
        let middle = self.stage(1, fine.clone());
        let coarse = self.stage(2, middle.clone());
        [fine, middle, coarse]
    }
}

/// What a student needs to know to be a teacher's mirror image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// Its residual blocks.
    pub block: BlockKind,
    /// Blocks of the bottleneck embedding.
    pub embedding_blocks: usize,
    /// Blocks of the decoder's stages, coarsest first.
    pub decoder_blocks: [usize; 3],
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use harness::contract::backbone::{BackboneChoice, Weights};
    use std::path::Path;

    #[test]
    fn strides_and_channels_are_as_promised() {
        let device = Device::flex();
        for name in ["tiny", "efficientnet_lite0", "resnet18"] {
            let choice = BackboneChoice { name: name.into(), weights: Weights::Random(0) };
            let backbone: Box<dyn Backbone> = load(&choice, Path::new("nowhere"), &device).unwrap();
            let features = backbone.features(Tensor::zeros([1, 3, 64, 64], &device));
            for ((feature, channels), side) in features.iter().zip(backbone.channels()).zip([16, 8, 4]) {
                assert_eq!(feature.dims(), [1, channels, side, side], "{name}");
            }
        }
    }
}
