//! Frozen backbones: networks trained on ImageNet whose features other methods compare or store.
//!
//! A [`Backbone`] gives three feature maps at strides 4, 8 and 16, a [`TokenBackbone`] a token per patch. Batch normalisation is folded into
//! the convolutions when weights are loaded, and tensors live on a plain device, so no gradient is ever
//! recorded.

mod efficientnet_lite;
mod folded;
pub mod resnet;
mod thawed;
mod tokens;
pub mod vgg;
mod vit;
mod weights;

pub use folded::Folded;
pub use thawed::Thawed;
pub use tokens::{TokenArchitecture, TokenBackbone, load_tokens};
pub use weights::Parameters;

use crate::layer::BlockKind;
use burn::tensor::{Device, Tensor};
use harness::contract::backbone::BackboneEntry;
use harness::contract::backbone::{BackboneChoice, Weights};
use harness::contract::error::DetectorError;
use harness::contract::registry;
use harness::contract::weights::published_weights;
use std::path::Path;

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
    fn with_layers(&self, _change: &mut dyn FnMut(&Folded) -> Folded) -> Option<Box<dyn Backbone>> {
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

/// How a backbone of this name computes. Registered beside its [`BackboneEntry`].
pub struct Architecture {
    /// The entry's name.
    pub name: &'static str,
    /// Builds it from parameters on a plain device.
    pub build: fn(&mut Parameters, &Device) -> Box<dyn Backbone>,
}

inventory::collect!(Architecture);

/// Builds the backbone a suite asks for.
///
/// # Errors
/// One sentence: the name is unknown, the weights are not there (with the ways to get them), or they do
/// not fit (with the first few tensors that do not).
pub fn load(
    choice: &BackboneChoice,
    data_root: &Path,
    device: &Device,
) -> Result<Box<dyn Backbone>, DetectorError> {
    let mut parameters = open(choice, data_root)?;
    let architectures = || inventory::iter::<Architecture>.into_iter();
    let Some(architecture) = architectures().find(|architecture| architecture.name == choice.name) else {
        let mut names: Vec<_> = architectures().map(|architecture| architecture.name).collect();
        names.sort_unstable();
        return Err(DetectorError::Weights(format!(
            "backbone '{}' has no feature maps at strides 4, 8 and 16, which this method needs; name one of {}",
            choice.name,
            names.join(", ")
        )));
    };
    let backbone = (architecture.build)(&mut parameters, device);
    parameters.finish()?;
    Ok(backbone)
}

/// The parameters a suite asks for.
fn open(choice: &BackboneChoice, data_root: &Path) -> Result<Parameters, DetectorError> {
    let unknown = DetectorError::Weights;
    let entry = registry::find::<BackboneEntry>(&choice.name).map_err(|error| unknown(error.to_string()))?;
    match &choice.weights {
        Weights::Pretrained => Parameters::open(&published_weights(entry, data_root).map_err(unknown)?),
        Weights::Random(seed) => Ok(Parameters::random(*seed)),
        Weights::File(path) => Parameters::open(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_an_architecture_and_the_other_way_round() {
        let mut architectures: Vec<_> = inventory::iter::<Architecture>.into_iter().map(|a| a.name).collect();
        architectures.sort_unstable();
        // Those that are no `Backbone` in three stages have loaders of their own.
        let tokens = inventory::iter::<TokenArchitecture>.into_iter().map(|a| a.name);
        let own_loader: Vec<_> = tokens.chain([vgg::NAME]).collect();
        assert_eq!(own_loader.len(), 6);
        let entries = registry::all::<BackboneEntry>().into_iter().map(|entry| entry.name);
        let entries: Vec<_> = entries.filter(|name| !own_loader.contains(name)).collect();
        assert_eq!(architectures, entries);
        assert_eq!(
            entries,
            ["efficientnet_lite0", "resnet18", "resnet50", "tiny", "wide_resnet101_2", "wide_resnet50_2"]
        );
    }

    #[test]
    fn a_backbone_of_another_kind_is_refused() {
        let message = |name: &str| {
            let choice = BackboneChoice { name: name.into(), weights: Weights::Random(0) };
            load(&choice, Path::new("nowhere"), &Device::flex()).err().unwrap().to_string()
        };
        assert!(
            message("tiny_vit").starts_with("backbone 'tiny_vit' has no feature maps at strides 4, 8 and 16")
        );
        let message = message(vgg::NAME);
        assert!(
            message.starts_with("backbone 'vgg16' has no feature maps at strides 4, 8 and 16"),
            "{message}"
        );
        assert!(message.contains("name one of efficientnet_lite0, resnet18"), "{message}");
    }

    #[test]
    fn strides_and_channels_are_as_promised() {
        let device = Device::flex();
        for name in ["tiny", "efficientnet_lite0", "resnet18"] {
            let choice = BackboneChoice { name: name.into(), weights: Weights::Random(0) };
            let backbone = load(&choice, Path::new("nowhere"), &device).unwrap();
            let features = backbone.features(Tensor::zeros([1, 3, 64, 64], &device));
            for ((feature, channels), side) in features.iter().zip(backbone.channels()).zip([16, 8, 4]) {
                assert_eq!(feature.dims(), [1, channels, side, side], "{name}");
            }
        }
    }

    #[test]
    fn missing_weights_name_every_way_out() {
        let message = |name: &str| {
            let choice = BackboneChoice { name: name.into(), weights: Weights::Pretrained };
            load(&choice, Path::new("nowhere"), &Device::flex()).err().unwrap().to_string()
        };
        let lite = message("efficientnet_lite0");
        assert!(
            lite.contains("`cargo xtask fetch efficientnet-lite0`, or put the file at nowhere/weights/"),
            "{lite}"
        );
        assert!(message("resnet18").contains("put the file at nowhere/weights/resnet18-f37072fd.pth"));
        assert!(message("tiny").starts_with("no weights for tiny: `--set 'backbone.weights=random(0)'`"));
        assert_eq!(message("tyni"), "unknown backbone 'tyni': did you mean 'tiny'?");
    }
}
