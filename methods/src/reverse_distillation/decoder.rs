//! The decoder: the teacher run backwards, from the embedding to its feature maps (Deng & Li, CVPR 2022).

use crate::backbone::{Features, Mirror};
use crate::layer::{Init, Resample, Residual};
use burn::module::Module;
use burn::tensor::Tensor;

/// Three stages, each of which doubles the size.
#[derive(Module, Debug)]
pub struct Decoder {
    /// Coarsest first.
    stages: Vec<Vec<Residual>>,
}

impl Decoder {
    /// For a teacher whose features have these channels, finest first.
    pub fn new(init: &Init<'_>, [fine, middle, coarse]: [usize; 3], mirror: Mirror) -> Self {
        let widths = [(2 * coarse, coarse), (coarse, middle), (middle, fine)];
        let stage = |index: usize| {
            let (blocks, width) = (mirror.decoder_blocks[index], widths[index]);
            Residual::chain(&init.at("stages").at(index), mirror.block, blocks, width, Resample::Double)
        };
        Self { stages: (0..3).map(stage).collect() }
    }

    /// The embedding to maps of the shapes of the teacher's, finest first.
    pub fn forward(&self, embedding: Tensor<4>) -> Features {
        let run = |stage: usize, input: Tensor<4>| {
            self.stages[stage].iter().fold(input, |features, block| block.forward(features))
        };
        let coarse = run(0, embedding);
        let middle = run(1, coarse.clone());
        let fine = run(2, middle.clone());
        [fine, middle, coarse]
    }
}
