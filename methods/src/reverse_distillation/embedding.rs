//! The bottleneck: RD4AD's one-class bottleneck embedding (Deng & Li, CVPR 2022, section 3.3).

use crate::backbone::{Features, Mirror};
use crate::kernel::Epilogue;
use crate::layer::{ConvNorm, Init, Resample, Residual};
use burn::module::Module;
use burn::tensor::Tensor;

/// Brings the teacher's three feature maps to the size of the coarsest, joins them and compresses them.
///
/// What the compression leaves out, the decoder cannot restore: that is why anomalies stand out.
#[derive(Module, Debug)]
pub struct Embedding {
    fine_to_middle: ConvNorm,
    fine_to_coarse: ConvNorm,
    middle_to_coarse: ConvNorm,
    blocks: Vec<Residual>,
}

impl Embedding {
    /// For features of these channels; the embedding has twice as many as the coarsest.
    pub fn new(init: &Init<'_>, channels: [usize; 3], mirror: Mirror) -> Self {
        let [fine, middle, coarse] = channels;
        let halve = |name, input, output| ConvNorm::new(&init.at(name), input, output, 3, Resample::Halve);
        Self {
            fine_to_middle: halve("fine_to_middle", fine, middle),
            fine_to_coarse: halve("fine_to_coarse", middle, coarse),
            middle_to_coarse: halve("middle_to_coarse", middle, coarse),
            blocks: Residual::chain(
                &init.at("blocks"),
                mirror.block,
                mirror.embedding_blocks,
                (3 * coarse, 2 * coarse),
                Resample::Halve,
            ),
        }
    }

    /// Features at strides 4, 8 and 16 to the embedding `[batch, 2 * coarse, height / 32, width / 32]`.
    pub fn forward(&self, [fine, middle, coarse]: Features) -> Tensor<4> {
        let fine = self.fine_to_middle.forward(fine, Epilogue::relu());
        let fine = self.fine_to_coarse.forward(fine, Epilogue::relu());
        let middle = self.middle_to_coarse.forward(middle, Epilogue::relu());
        let joined = Tensor::cat(vec![fine, middle, coarse], 1);
        self.blocks.iter().fold(joined, |features, block| block.forward(features))
    }
}
