//! Backbones that give tokens instead of feature maps.

use burn::tensor::Tensor;

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

    /// The patches after the last block and the final normalisation: `[batch, patches, width]`.
    fn patches(&self, pictures: Tensor<4>) -> Tensor<3>;
}
