//! Backbones that give tokens instead of feature maps.

use super::{Parameters, open};
use burn::tensor::{Device, Tensor};
use harness::contract::backbone::BackboneChoice;
use harness::contract::error::DetectorError;
use std::path::Path;

/// A frozen vision transformer.
pub trait TokenBackbone: Send + Sync {
    /// Side of a patch in pixels; sides of pictures must be multiples of it.
    fn patch(&self) -> usize;

    /// Values of a token.
    fn width(&self) -> usize;

    /// Heads of its attention.
    fn heads(&self) -> usize;

    /// Blocks.
    fn depth(&self) -> usize;

    /// Tokens before those of the patches: class and registers.
    fn prefix(&self) -> usize;

    /// What the blocks of these indices (ascending) make of normalised pictures `[batch, 3, height, width]`: all
    /// tokens `[batch, prefix + patches, width]`, patches row by row. Later blocks are not run.
    fn blocks(&self, pictures: Tensor<4>, wanted: &[usize]) -> Vec<Tensor<3>>;

    /// The patches behind the last block and the final normalisation: `[batch, patches, width]`.
    fn patches(&self, pictures: Tensor<4>) -> Tensor<3>;
}

/// How a token backbone of this name computes. Registered beside its `BackboneEntry`.
pub struct TokenArchitecture {
    /// The entry's name.
    pub name: &'static str,
    /// Builds it from parameters on a plain device.
    pub build: fn(&mut Parameters, &Device) -> Box<dyn TokenBackbone>,
}

inventory::collect!(TokenArchitecture);

/// Builds the token backbone a suite asks for.
///
/// # Errors
/// One sentence: the name is unknown or that of a convolutional network, the weights are not there (with the ways
/// to get them), or they do not fit (with the first few tensors that do not).
pub fn load_tokens(
    choice: &BackboneChoice,
    data_root: &Path,
    device: &Device,
) -> Result<Box<dyn TokenBackbone>, DetectorError> {
    let mut parameters = open(choice, data_root)?;
    let architectures = || inventory::iter::<TokenArchitecture>.into_iter();
    let Some(architecture) = architectures().find(|architecture| architecture.name == choice.name) else {
        let mut names: Vec<_> = architectures().map(|architecture| architecture.name).collect();
        names.sort_unstable();
        return Err(DetectorError::Weights(format!(
            "backbone '{}' is no vision transformer, which this method needs; name one of {}",
            choice.name,
            names.join(", ")
        )));
    };
    let backbone = (architecture.build)(&mut parameters, device);
    parameters.finish()?;
    Ok(backbone)
}
