//! FiCo's distribution-invariant features (DiIFi): coarse targets derived from the finest compensation.

use crate::kernel::Epilogue;
use crate::layer::{ConvNorm, Init, Resample};
use burn::module::Module;
use burn::tensor::Tensor;

/// Two halving convolutions from the compensation of the finest scale to those of the coarser two, which
/// are drawn towards them. Training only: no score depends on it.
///
/// The released code evaluates the first layer twice per call, which moves its running averages twice;
/// nothing reads them, so it is evaluated once here.
#[derive(Module, Debug)]
pub struct Invariant {
    middle: ConvNorm,
    coarse: ConvNorm,
}

impl Invariant {
    /// For features of these channels, finest first.
    pub fn new(init: &Init<'_>, [fine, middle, coarse]: [usize; 3]) -> Self {
        Self {
            middle: ConvNorm::new(&init.at("middle"), fine, middle, 3, Resample::Halve),
            coarse: ConvNorm::new(&init.at("coarse"), middle, coarse, 3, Resample::Halve),
        }
    }

    /// The finest compensation to targets for the middle and the coarse scale.
    pub fn forward(&self, fine: Tensor<4>) -> [Tensor<4>; 2] {
        let middle = self.middle.forward(fine, Epilogue::relu());
        let coarse = self.coarse.forward(middle.clone(), Epilogue::relu());
        [middle, coarse]
    }
}
